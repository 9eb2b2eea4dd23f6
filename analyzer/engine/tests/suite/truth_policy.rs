//! The evaluator against expectations that nobody here wrote. Every decided answer agrees; what is
//! undecided is counted by its named reason.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use kubereach_engine::policy::{
    AgainstPods, Answer, Connection, End, Ends, PodEnd, Policies, PolicyOptions, Protocol, SideAnswer,
};
use kubereach_model::snapshot::Snapshot;
use kubereach_testkit::snapshots::{json_file, load};
use kubereach_testkit::truth::truth;

#[derive(Default, Debug)]
struct Figures {
    agree: usize,
    undecided: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

impl Figures {
    fn count(
        &mut self,
        got: Answer,
        expected: bool,
        why: impl IntoIterator<Item = &'static str>,
        row: impl Fn() -> String,
    ) {
        match (got, expected) {
            (Answer::Allowed, true) | (Answer::Denied, false) => self.agree += 1,
            (Answer::Unknown, _) => {
                let why: Vec<&str> = why.into_iter().collect();
                *self.undecided.entry(why.join("+")).or_default() += 1;
            }
            _ => self.wrong.push(row()),
        }
    }

    fn finish(self, suite: &str) {
        let undecided: usize = self.undecided.values().sum();
        println!(
            "{suite}: {} agree, {undecided} undecided {:?}, {} wrong",
            self.agree,
            self.undecided,
            self.wrong.len()
        );
        assert!(self.wrong.is_empty(), "{suite}: {:#?}", self.wrong.iter().take(20).collect::<Vec<_>>());
        assert!(self.agree > 0, "{suite}: nothing was decided");
    }
}

fn reasons<'a>(sides: impl IntoIterator<Item = &'a SideAnswer<'a>>) -> Vec<&'static str> {
    sides.into_iter().flat_map(|side| &side.missing).map(kubereach_engine::policy::Missing::key).collect()
}

fn pod<'s>(snapshot: &'s Snapshot, ends: &Ends<'s>, name: &str) -> End<'s> {
    let (namespace, name) = name.split_once('/').expect("namespace/name");
    let found = snapshot.pods.named(namespace, name).next().unwrap_or_else(|| panic!("no pod {namespace}/{name}"));
    End::Pod(ends.pod(found))
}

fn protocol(word: &str) -> Protocol {
    Protocol::of(word).expect("a protocol")
}

#[test]
fn the_kubernetes_end_to_end_suite_agrees() {
    let root = truth("k8s-e2e-netpol");
    let mut figures = Figures::default();
    for case in json_file(&root.join("index.json")).as_array().expect("cases") {
        let snapshot = load(&root.join(case["manifests"].as_str().expect("manifests")));
        let (ends, policies) = (Ends::new(&snapshot), Policies::new(&snapshot, PolicyOptions::default()));
        let expected = json_file(&root.join(case["expected"].as_str().expect("expected")));
        let port = u16::try_from(expected["port"].as_u64().expect("a port")).expect("a port");
        for row in expected["rows"].as_array().expect("rows") {
            let (from, to) = (row[0].as_str().expect("from"), row[1].as_str().expect("to"));
            if from == to {
                continue;
            }
            let (a, b) = (pod(&snapshot, &ends, from), pod(&snapshot, &ends, to));
            let connection = Connection {
                from: &a,
                to: &b,
                protocol: protocol(expected["protocol"].as_str().expect("a protocol")),
                port: Some(port),
                request: None,
            };
            let got = policies.evaluate(&connection);
            let allowed = row[2].as_bool().expect("allowed");
            figures.count(got.answer, allowed, reasons([&got.egress, &got.ingress]), || {
                format!("{} {row} got {got:?}", case["id"])
            });
        }
    }
    figures.finish("k8s-e2e-netpol");
}

#[test]
fn the_cyclonus_simulator_agrees() {
    let root = truth("cyclonus");
    let mut figures = Figures::default();
    let mut loopback = 0;
    for case in json_file(&root.join("index.json")).as_array().expect("cases") {
        let snapshot = load(&root.join(case["manifests"].as_str().expect("manifests")));
        let (ends, policies) = (Ends::new(&snapshot), Policies::new(&snapshot, PolicyOptions::default()));
        let expected = json_file(&root.join(case["expected"].as_str().expect("expected")));
        for row in expected["rows"].as_array().expect("rows") {
            let (from, to) = (row[0].as_str().expect("from"), row[1].as_str().expect("to"));
            let (a, b) = (pod(&snapshot, &ends, from), pod(&snapshot, &ends, to));
            let port = u16::try_from(row[3].as_u64().expect("a port")).expect("a port");
            let connection = Connection {
                from: &a,
                to: &b,
                protocol: protocol(row[2].as_str().expect("a protocol")),
                port: Some(port),
                request: None,
            };
            if from == to {
                // The simulator asks the policies even where no traffic leaves the pod.
                loopback += 1;
                assert_eq!(policies.evaluate(&connection).answer, Answer::Allowed);
                continue;
            }
            let got = policies.evaluate(&connection);
            let say = |what: &str| format!("{} {row} {what} got {got:?}", case["id"]);
            let (ingress, egress) = (row[4].as_bool().expect("bool"), row[5].as_bool().expect("bool"));
            figures.count(got.ingress.answer, ingress, reasons([&got.ingress]), || say("ingress"));
            figures.count(got.egress.answer, egress, reasons([&got.egress]), || say("egress"));
            let both = row[6].as_bool().expect("bool");
            figures.count(got.answer, both, reasons([&got.ingress, &got.egress]), || say("both"));
        }
    }
    println!("cyclonus: {loopback} rows of a pod to itself are allowed by the API and not compared");
    figures.finish("cyclonus");
}

#[test]
fn the_network_policy_api_conformance_suite_agrees() {
    for api in ["anp", "cnp"] {
        let root = truth("npapi-conformance").join(api);
        let mut figures = Figures::default();
        let mut states: BTreeMap<String, Snapshot> = BTreeMap::new();
        let index = json_file(&root.join("index.json"));
        for row in index.as_array().expect("rows") {
            let state = row["state"].as_str().expect("state");
            states.entry(state.to_owned()).or_insert_with(|| load(&root.join(state)));
        }
        for row in index.as_array().expect("rows") {
            let snapshot = &states[row["state"].as_str().expect("state")];
            let (ends, policies) = (Ends::new(snapshot), Policies::new(snapshot, PolicyOptions::default()));
            let from = pod(snapshot, &ends, row["src"].as_str().expect("src"));
            let to = pod(snapshot, &ends, row["dst"].as_str().expect("dst"));
            let connection = Connection {
                from: &from,
                to: &to,
                protocol: protocol(row["protocol"].as_str().expect("a protocol")),
                port: row["port"].as_u64().and_then(|p| u16::try_from(p).ok()),
                request: None,
            };
            let got = policies.evaluate(&connection);
            figures.count(
                got.answer,
                row["allowed"].as_bool().expect("bool"),
                reasons([&got.egress, &got.ingress]),
                || format!("{row} got {got:?}"),
            );
        }
        figures.finish(&format!("npapi-conformance/{api}"));
    }
}

/// Is it the same workload, or a range around the other's?
fn covers(name: &str, other: &str) -> bool {
    let range = |name: &str| {
        let (from, to) = name.strip_suffix("[External]")?.split_once('-')?;
        Some((from.parse::<std::net::Ipv4Addr>().ok()?, to.parse::<std::net::Ipv4Addr>().ok()?))
    };
    match (range(name), range(other)) {
        (Some(outer), Some(inner)) => outer.0 <= inner.0 && inner.1 <= outer.1,
        _ => name == other,
    }
}

/// `All Connections` or `TCP 80,90-95,UDP 53`, per protocol.
fn expected_ports(words: &str) -> BTreeMap<Protocol, Vec<RangeInclusive<u16>>> {
    let mut ports: BTreeMap<Protocol, Vec<RangeInclusive<u16>>> = BTreeMap::new();
    if words == "All Connections" {
        return Protocol::ALL.into_iter().map(|p| (p, vec![1..=u16::MAX])).collect();
    }
    let mut current = None;
    for part in words.split(',') {
        let range = match part.split_once(' ') {
            Some((word, range)) => {
                current = Protocol::of(word);
                range
            }
            None => part,
        };
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let run = from.parse().expect("a port")..=to.parse().expect("a port");
        ports.entry(current.expect("a protocol")).or_default().push(run);
    }
    ports
}

#[test]
fn the_goldens_of_netpol_analyzer_agree() {
    let root = truth("netpol-analyzer");
    let mut figures = Figures::default();
    for case in json_file(&root.join("edges.json")).as_array().expect("cases") {
        let snapshot = load(&root.join(case["dir"].as_str().expect("dir")));
        // These goldens hold that address rules are about addresses outside the cluster only.
        let options = PolicyOptions { address_rules_on_pods: AgainstPods::Never, ..PolicyOptions::default() };
        let (ends, policies) = (Ends::new(&snapshot), Policies::new(&snapshot, options));
        let mut workloads: BTreeMap<String, PodEnd<'_>> = BTreeMap::new();
        for found in snapshot.pods.iter() {
            let meta = &found.get().metadata;
            let name = match meta.owner_references.first() {
                // One golden names an owner without a kind and calls it a pod.
                Some(owner) if owner.kind.is_empty() => format!("{}/{}[Pod]", meta.namespace, owner.name),
                Some(owner) => format!("{}/{}[{}]", meta.namespace, owner.name, owner.kind),
                None => format!("{}/{}[Pod]", meta.namespace, meta.name),
            };
            workloads.entry(name).or_insert_with(|| ends.pod(found));
        }
        for found in snapshot.workloads.iter() {
            if let Some(end) = ends.template(found) {
                workloads.insert(format!("{}/{}[{:?}]", end.namespace, end.name, found.kind), end);
            }
        }
        let mut edges: BTreeMap<(String, String), String> = BTreeMap::new();
        let mut outside: BTreeMap<String, End<'_>> = BTreeMap::new();
        for edge in case["edges"].as_array().expect("edges") {
            let end = |key: &str| edge[key].as_str().expect("an end").to_owned();
            for name in [end("src"), end("dst")] {
                if let Some(range) = name.strip_suffix("[External]") {
                    let first = range.split('-').next().expect("a range").parse().expect("an address");
                    outside.insert(name.clone(), End::Address(first));
                } else {
                    assert!(workloads.contains_key(&name), "{name} in {:?}", workloads.keys());
                }
            }
            edges.insert((end("src"), end("dst")), edge["conns"].as_str().expect("conns").to_owned());
        }
        let ranges: Vec<String> = outside.keys().cloned().collect();
        outside.retain(|name, _| !ranges.iter().any(|inner| inner != name && covers(name, inner)));
        let all: BTreeMap<String, End<'_>> =
            workloads.into_iter().map(|(name, pod)| (name, End::Pod(pod))).chain(outside).collect();
        for (from_name, from) in &all {
            for (to_name, to) in &all {
                if from_name == to_name || (from.pod().is_none() && to.pod().is_none()) {
                    continue;
                }
                // Ranges are merged where a peer sees them alike: an edge holds for every range inside of its own.
                let conns = edges
                    .iter()
                    .find(|((src, dst), _)| covers(src, from_name) && covers(dst, to_name))
                    .map(|(_, conns)| conns);
                let expected = conns.map(|c| expected_ports(c)).unwrap_or_default();
                for protocol in Protocol::ALL {
                    let allowed = expected.get(&protocol).map(Vec::as_slice).unwrap_or_default();
                    for (run, answer) in policies.ports(from, to, protocol) {
                        // Exact: a run is wholly inside or wholly outside of what is expected.
                        let inside = allowed.iter().any(|a| a.contains(run.start()) && a.contains(run.end()));
                        let touches = allowed.iter().any(|a| a.start() <= run.end() && run.start() <= a.end());
                        let got = policies.evaluate(&Connection {
                            from,
                            to,
                            protocol,
                            port: Some(*run.start()),
                            request: None,
                        });
                        let row = || {
                            format!(
                                "{} {from_name} -> {to_name} {protocol} {run:?} {conns:?} got {answer:?}",
                                case["dir"]
                            )
                        };
                        assert!(inside || !touches || answer == Answer::Unknown, "{}", row());
                        figures.count(answer, inside, reasons([&got.egress, &got.ingress]), row);
                    }
                }
            }
        }
    }
    figures.finish("netpol-analyzer");
}
