//! Policies of Calico over small worlds against an oracle that was written independently of the evaluator: it takes one
//! packet, knows addresses and no ends, and walks every tier, policy and rule in turn.

use std::collections::BTreeMap;
use std::net::IpAddr;

use kubereach_engine::policy::{Answer, Connection, End, Ends, Policies, PolicyOptions, Protocol, Sight};
use kubereach_model::snapshot::{Assumption, Builder, Snapshot};
use kubereach_testkit::snapshots::decoded_as;
use proptest::prelude::*;
use serde_json::{Value, json};

type Labels = BTreeMap<String, String>;

/// What of the world is not there to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lacks {
    Nothing,
    Tiers,
    Sets,
    Namespaces,
}

#[derive(Debug, Clone)]
struct Pod {
    namespace: &'static str,
    app: &'static str,
    account: &'static str,
}

#[derive(Debug, Clone)]
enum Sel {
    All,
    App(&'static str),
    NotApp(&'static str),
    Has(&'static str),
    Account(&'static str),
}

impl Sel {
    fn text(&self) -> String {
        match self {
            Self::All => "all()".to_owned(),
            Self::App(app) => format!("app == '{app}'"),
            Self::NotApp(app) => format!("!(app in {{'{app}'}})"),
            Self::Has(key) => format!("has({key})"),
            Self::Account(name) => format!("projectcalico.org/serviceaccount == '{name}'"),
        }
    }

    fn holds(&self, labels: &Labels) -> bool {
        let is = |key: &str, value: &str| labels.get(key).is_some_and(|found| found == value);
        match self {
            Self::All => true,
            Self::App(app) => is("app", app),
            Self::NotApp(app) => !is("app", app),
            Self::Has(key) => labels.contains_key(*key),
            Self::Account(name) => is("projectcalico.org/serviceaccount", name),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    All,
    Global,
    Team(&'static str),
}

#[derive(Debug, Clone)]
struct Entity {
    selector: Option<Sel>,
    not_selector: Option<Sel>,
    around: Around,
    nets: Option<&'static str>,
    not_nets: Option<&'static str>,
}

#[derive(Debug, Clone)]
struct Rule {
    action: &'static str,
    protocol: Option<&'static str>,
    ports: Vec<(u16, u16)>,
    not_ports: Vec<(u16, u16)>,
    source: Entity,
    destination: Entity,
}

#[derive(Debug, Clone)]
struct Policy {
    /// None: global.
    namespace: Option<&'static str>,
    tier: &'static str,
    order: Option<u16>,
    selector: Sel,
    types: Vec<&'static str>,
    ingress: Vec<Rule>,
    egress: Vec<Rule>,
}

/// A policy of Kubernetes that admits pods of its namespace with a label, or nobody.
#[derive(Debug, Clone)]
struct Core {
    namespace: &'static str,
    admits: Option<&'static str>,
}

#[derive(Debug, Clone)]
struct Small {
    pods: Vec<Pod>,
    sets: Vec<(Option<&'static str>, &'static str, &'static str)>,
    tiers: [(Option<u16>, bool); 2],
    policies: Vec<Policy>,
    core: Vec<Core>,
}

struct Packet {
    from: IpAddr,
    to: IpAddr,
    protocol: Protocol,
    port: u16,
}

fn within(net: &str, address: IpAddr) -> bool {
    net.parse::<ipnet::IpNet>().unwrap().contains(&address)
}

fn team(namespace: &str) -> &'static str {
    if namespace == "a" { "red" } else { "blue" }
}

impl Small {
    fn address(index: usize) -> IpAddr {
        format!("10.0.{}.{}", index % 2, index + 1).parse().unwrap()
    }

    /// Labels of everything that has addresses, with these.
    fn holders(&self) -> Vec<(Labels, Vec<String>)> {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let mut all = Vec::new();
        for (index, pod) in self.pods.iter().enumerate() {
            let labels = Labels::from([
                pair("app", pod.app),
                pair("projectcalico.org/namespace", pod.namespace),
                pair("projectcalico.org/serviceaccount", pod.account),
                pair("team", team(pod.namespace)),
            ]);
            all.push((labels, vec![format!("{}/32", Self::address(index))]));
        }
        for (namespace, app, net) in &self.sets {
            let mut labels = Labels::from([pair("app", app)]);
            if let Some(namespace) = namespace {
                labels.extend([pair("projectcalico.org/namespace", namespace), pair("team", team(namespace))]);
            }
            all.push((labels, vec![(*net).to_owned()]));
        }
        all
    }

    fn selected(&self, address: IpAddr, holds: impl Fn(&Labels) -> bool) -> bool {
        self.holders().iter().any(|(labels, nets)| holds(labels) && nets.iter().any(|net| within(net, address)))
    }

    fn means(&self, entity: &Entity, namespace: Option<&str>, address: IpAddr) -> bool {
        let inside = |labels: &Labels| labels.get("projectcalico.org/namespace").cloned();
        let around = |labels: &Labels| match (entity.around, namespace) {
            (Around::All, _) => inside(labels).is_some(),
            (Around::Global, _) => inside(labels).is_none(),
            (Around::Team(name), _) => inside(labels).is_some() && labels.get("team").is_some_and(|team| team == name),
            (Around::Nothing, Some(own)) => inside(labels).as_deref() == Some(own),
            (Around::Nothing, None) => true,
        };
        let own = entity.selector.as_ref();
        let out = entity.not_selector.as_ref();
        let restricted = entity.around != Around::Nothing || (namespace.is_some() && (own.is_some() || out.is_some()));
        let chosen = if own.is_some() || restricted {
            self.selected(address, |labels| {
                around(labels) && own.is_none_or(|sel| sel.holds(labels)) && out.is_none_or(|sel| !sel.holds(labels))
            })
        } else {
            out.is_none_or(|sel| !self.selected(address, |labels| sel.holds(labels)))
        };
        chosen
            && entity.nets.is_none_or(|net| within(net, address))
            && entity.not_nets.is_none_or(|net| !within(net, address))
    }

    fn hits(&self, rule: &Rule, namespace: Option<&str>, packet: &Packet) -> bool {
        let among = |ports: &[(u16, u16)]| ports.iter().any(|(from, to)| (*from..=*to).contains(&packet.port));
        rule.protocol.is_none_or(|word| word == packet.protocol.word())
            && (rule.ports.is_empty() || among(&rule.ports))
            && !among(&rule.not_ports)
            && self.means(&rule.source, namespace, packet.from)
            && self.means(&rule.destination, namespace, packet.to)
    }

    /// What the policies of one pod make of a packet: walked through as it is written.
    fn admits(&self, pod: usize, ingress: bool, packet: &Packet) -> bool {
        let own = &self.pods[pod];
        let labels = &self.holders()[pod].0;
        let order = |order: Option<u16>| order.map_or(f64::INFINITY, f64::from);
        let mut tiers = vec![(1_000_000.0, "default", true)];
        for (name, (number, denies)) in ["one", "two"].into_iter().zip(self.tiers) {
            tiers.push((order(number), name, denies));
        }
        tiers.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
        for (_, tier, denies) in tiers {
            let mut steps: Vec<(f64, String, Option<&Policy>)> = Vec::new();
            for (index, policy) in self.policies.iter().enumerate() {
                let word = if ingress { "Ingress" } else { "Egress" };
                let here = policy.namespace.is_none_or(|namespace| namespace == own.namespace);
                if policy.tier == tier && here && policy.selector.holds(labels) && policy.types.contains(&word) {
                    steps.push((order(policy.order), format!("p{index}"), Some(policy)));
                }
            }
            let core: Vec<&Core> = self.core.iter().filter(|core| core.namespace == own.namespace).collect();
            if tier == "default" && ingress && !core.is_empty() {
                steps.push((1000.0, String::new(), None));
            }
            steps.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let mut decided = None;
            for (_, _, policy) in &steps {
                let Some(policy) = policy else {
                    let from = self.pods.iter().enumerate().find(|(index, _)| Self::address(*index) == packet.from);
                    let admits = |core: &&Core| {
                        core.admits.is_some_and(|app| {
                            from.is_some_and(|(_, pod)| pod.app == app && pod.namespace == core.namespace)
                        })
                    };
                    if core.iter().any(admits) {
                        decided = Some("Allow");
                        break;
                    }
                    continue;
                };
                let rules = if ingress { &policy.ingress } else { &policy.egress };
                decided = rules
                    .iter()
                    .filter(|rule| rule.action != "Log")
                    .find(|rule| self.hits(rule, policy.namespace, packet))
                    .map(|rule| rule.action);
                if decided.is_some() {
                    break;
                }
            }
            match decided {
                Some("Allow") => return true,
                Some("Deny") => return false,
                Some(_) => {}
                None if !steps.is_empty() && denies => return false,
                None => {}
            }
        }
        true
    }

    fn build(&self, lacks: Lacks) -> Snapshot {
        let mut objects: Vec<(&str, &str, Value)> = Vec::new();
        for name in ["a", "b"] {
            objects.push(("v1", "Namespace", json!({"metadata": {"name": name, "labels": {"team": team(name)}}})));
        }
        for (index, pod) in self.pods.iter().enumerate() {
            objects.push((
                "v1",
                "Pod",
                json!({
                    "metadata": {"name": format!("pod{index}"), "namespace": pod.namespace, "labels": {"app": pod.app}},
                    "spec": {"serviceAccountName": pod.account, "containers": [{"name": "c"}]},
                    "status": {"phase": "Running", "podIPs": [{"ip": Self::address(index).to_string()}]},
                }),
            ));
        }
        for (index, (namespace, app, net)) in self.sets.iter().enumerate() {
            let kind = if namespace.is_some() { "NetworkSet" } else { "GlobalNetworkSet" };
            let meta = json!({"name": format!("s{index}"), "namespace": namespace, "labels": {"app": app}});
            objects.push(("projectcalico.org/v3", kind, json!({"metadata": meta, "spec": {"nets": [net]}})));
        }
        for (name, (order, denies)) in ["one", "two"].into_iter().zip(self.tiers) {
            let spec = json!({"order": order, "defaultAction": if denies { "Deny" } else { "Pass" }});
            objects.push(("projectcalico.org/v3", "Tier", json!({"metadata": {"name": name}, "spec": spec})));
        }
        for (index, policy) in self.policies.iter().enumerate() {
            let rules = |rules: &[Rule]| rules.iter().map(written).collect::<Vec<Value>>();
            let kind = if policy.namespace.is_some() { "NetworkPolicy" } else { "GlobalNetworkPolicy" };
            let spec = json!({
                "tier": policy.tier, "order": policy.order, "selector": policy.selector.text(), "types": policy.types,
                "ingress": rules(&policy.ingress), "egress": rules(&policy.egress),
            });
            let meta = json!({"name": format!("p{index}"), "namespace": policy.namespace});
            objects.push(("projectcalico.org/v3", kind, json!({"metadata": meta, "spec": spec})));
        }
        for (index, core) in self.core.iter().enumerate() {
            let peer = |app| json!([{"from": [{"podSelector": {"matchLabels": {"app": app}}}]}]);
            let spec = json!({"podSelector": {}, "policyTypes": ["Ingress"], "ingress": core.admits.map(peer)});
            let meta = json!({"name": format!("n{index}"), "namespace": core.namespace});
            objects.push(("networking.k8s.io/v1", "NetworkPolicy", json!({"metadata": meta, "spec": spec})));
        }
        let mut builder = Builder::default();
        let lost = |kind: &str| match lacks {
            Lacks::Nothing => false,
            Lacks::Tiers => kind == "Tier",
            Lacks::Sets => kind.ends_with("NetworkSet"),
            Lacks::Namespaces => kind == "Namespace",
        };
        let kinds =
            ["Namespace", "Pod", "NetworkPolicy", "GlobalNetworkPolicy", "Tier", "NetworkSet", "GlobalNetworkSet"];
        for kind in kinds.into_iter().filter(|kind| !lost(kind)) {
            builder.coverage.assume(Assumption { kind: Some(kind.to_owned()), namespace: None });
        }
        for (api, kind, mut value) in objects.into_iter().filter(|(_, kind, _)| !lost(kind)) {
            // As a server has stored it: of manifests nothing would be missing.
            value["metadata"]["uid"] = json!("00000000-0000-0000-0000-000000000001");
            builder.push(decoded_as(api, kind, &value), 0, false);
        }
        builder.build()
    }
}

fn written(rule: &Rule) -> Value {
    let ports = |ports: &[(u16, u16)]| ports.iter().map(|(from, to)| format!("{from}:{to}")).collect::<Vec<_>>();
    let entity = |entity: &Entity| {
        json!({
            "selector": entity.selector.as_ref().map(Sel::text),
            "notSelector": entity.not_selector.as_ref().map(Sel::text),
            "namespaceSelector": match entity.around {
                Around::Nothing => None,
                Around::All => Some("all()".to_owned()),
                Around::Global => Some("global()".to_owned()),
                Around::Team(name) => Some(format!("team == '{name}'")),
            },
            "nets": entity.nets.map(|net| [net]),
            "notNets": entity.not_nets.map(|net| [net]),
        })
    };
    let mut destination = entity(&rule.destination);
    destination["ports"] = json!(ports(&rule.ports));
    destination["notPorts"] = json!(ports(&rule.not_ports));
    json!({
        "action": rule.action, "protocol": rule.protocol, "source": entity(&rule.source), "destination": destination,
    })
}

fn app() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["web", "db"])
}

fn selector() -> impl Strategy<Value = Sel> {
    prop_oneof![
        Just(Sel::All),
        app().prop_map(Sel::App),
        app().prop_map(Sel::NotApp),
        Just(Sel::Has("app")),
        Just(Sel::Has("tier")),
        Just(Sel::Account("robot")),
    ]
}

fn entity() -> impl Strategy<Value = Entity> {
    let net = || prop::option::weighted(0.2, prop::sample::select(vec!["10.0.0.0/24", "10.0.1.2/32", "0.0.0.0/0"]));
    let around = prop_oneof![
        4 => Just(Around::Nothing),
        1 => Just(Around::All),
        1 => Just(Around::Global),
        1 => Just(Around::Team("red")),
    ];
    (prop::option::weighted(0.4, selector()), prop::option::weighted(0.2, selector()), around, net(), net()).prop_map(
        |(selector, not_selector, around, nets, not_nets)| Entity { selector, not_selector, around, nets, not_nets },
    )
}

fn rule() -> impl Strategy<Value = Rule> {
    let range = || prop::sample::select(vec![(80, 80), (1, 100), (443, 500)]);
    (
        prop::sample::select(vec!["Allow", "Deny", "Pass", "Log"]),
        prop::sample::select(vec![None, Some("TCP"), Some("UDP")]),
        prop::collection::vec(range(), 0..2),
        prop::collection::vec(range(), 0..2),
        entity(),
        entity(),
    )
        .prop_map(|(action, protocol, ports, not_ports, source, destination)| Rule {
            action,
            protocol,
            ports,
            not_ports,
            source,
            destination,
        })
}

fn policy() -> impl Strategy<Value = Policy> {
    (
        prop::sample::select(vec![None, Some("a"), Some("b")]),
        prop::sample::select(vec!["default", "one", "two"]),
        prop::sample::select(vec![None, Some(1), Some(500), Some(1500)]),
        selector(),
        prop::sample::select(vec![vec!["Ingress"], vec!["Egress"], vec!["Ingress", "Egress"]]),
        prop::collection::vec(rule(), 0..3),
        prop::collection::vec(rule(), 0..3),
    )
        .prop_map(|(namespace, tier, order, selector, types, ingress, egress)| Policy {
            namespace,
            tier,
            order,
            selector,
            types,
            ingress,
            egress,
        })
}

fn small() -> impl Strategy<Value = Small> {
    let namespace = || prop::sample::select(vec!["a", "b"]);
    let pod = (namespace(), app(), prop::sample::select(vec!["robot", "default"]))
        .prop_map(|(namespace, app, account)| Pod { namespace, app, account });
    let tier = || (prop::sample::select(vec![None, Some(10), Some(20)]), any::<bool>());
    let nets = prop::sample::select(vec!["10.0.0.0/24", "10.0.1.2/32", "10.0.0.3/32"]);
    (
        prop::collection::vec(pod, 2..5),
        prop::collection::vec((prop::option::of(namespace()), app(), nets), 0..2),
        (tier(), tier()),
        prop::collection::vec(policy(), 1..5),
        prop::collection::vec(
            (namespace(), prop::option::of(app())).prop_map(|(namespace, admits)| Core { namespace, admits }),
            0..2,
        ),
    )
        .prop_map(|(pods, sets, tiers, policies, core)| Small { pods, sets, tiers: tiers.into(), policies, core })
}

fn ends(snapshot: &Snapshot) -> Vec<(usize, End<'_>)> {
    let ends = Ends::new(snapshot);
    let number = |name: &str| name.strip_prefix("pod").unwrap().parse().unwrap();
    snapshot.pods.iter().map(|pod| (number(&pod.get().metadata.name), End::Pod(ends.pod(pod)))).collect()
}

const ASKED: [(Protocol, u16); 4] =
    [(Protocol::Tcp, 80), (Protocol::Tcp, 443), (Protocol::Udp, 80), (Protocol::Sctp, 8080)];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn every_answer_is_that_of_the_packet(small in small()) {
        let snapshot = small.build(Lacks::Nothing);
        let policies = Policies::new(&snapshot, PolicyOptions::default());
        let pods = ends(&snapshot);
        for ((a, from), (b, to)) in pods.iter().flat_map(|from| pods.iter().map(move |to| (from, to))) {
            for (protocol, port) in ASKED.into_iter().filter(|_| a != b) {
                let got = policies.evaluate(&Connection { from, to, protocol, port: Some(port), request: None });
                let packet = Packet { from: Small::address(*a), to: Small::address(*b), protocol, port };
                let expected = [small.admits(*a, false, &packet), small.admits(*b, true, &packet)];
                for (side, admitted) in [&got.egress, &got.ingress].into_iter().zip(expected) {
                    let word = if admitted { Answer::Allowed } else { Answer::Denied };
                    prop_assert_eq!(side.answer, word, "{} -> {} {}/{}: {:?}", a, b, protocol, port, got);
                }
            }
        }
    }

    #[test]
    fn what_was_not_read_makes_no_answer_wrong(
        small in small(),
        lacks in prop::sample::select(vec![Lacks::Tiers, Lacks::Sets, Lacks::Namespaces]),
    ) {
        let snapshot = small.build(lacks);
        let policies = Policies::new(&snapshot, PolicyOptions::default());
        let pods = ends(&snapshot);
        for ((a, from), (b, to)) in pods.iter().flat_map(|from| pods.iter().map(move |to| (from, to))) {
            for (protocol, port) in ASKED.into_iter().filter(|_| a != b) {
                let got = policies.evaluate(&Connection { from, to, protocol, port: Some(port), request: None });
                let packet = Packet { from: Small::address(*a), to: Small::address(*b), protocol, port };
                let expected = [small.admits(*a, false, &packet), small.admits(*b, true, &packet)];
                for (side, admitted) in [&got.egress, &got.ingress].into_iter().zip(expected) {
                    let word = if admitted { Answer::Allowed } else { Answer::Denied };
                    prop_assert!(
                        side.answer == Answer::Unknown && !side.missing.is_empty() || side.answer == word,
                        "{:?}: {} -> {} {}/{}: {:?}", lacks, a, b, protocol, port, got,
                    );
                }
            }
        }
    }

    #[test]
    fn pods_of_one_group_get_one_answer(small in small()) {
        let snapshot = small.build(Lacks::Nothing);
        let policies = Policies::new(&snapshot, PolicyOptions::default());
        let pods = ends(&snapshot);
        let all: Vec<_> = pods.iter().filter_map(|(_, end)| end.pod()).collect();
        for group in Sight::of(&policies, false).group(all.iter().copied()) {
            let answers = |member: usize| -> Vec<Answer> {
                let from = &pods[member].1;
                let others = pods.iter().enumerate().filter(|(index, _)| !group.members.contains(index));
                let asked = others.flat_map(|(_, (_, to))| ASKED.map(|(protocol, port)| {
                    policies.evaluate(&Connection { from, to, protocol, port: Some(port), request: None }).answer
                }));
                asked.collect()
            };
            for member in &group.members {
                prop_assert_eq!(answers(*member), answers(group.members[0]), "{:?}", group);
            }
        }
    }
}
