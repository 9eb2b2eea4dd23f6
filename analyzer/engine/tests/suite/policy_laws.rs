//! Laws of the evaluator over small worlds, and an oracle that was written independently of it: it knows
//! nothing of YAML, indexes, outcomes or tiers, and asks every rule of every policy about one connection.

use std::collections::BTreeMap;
use std::net::IpAddr;

use kubereach_engine::policy::{Answer, Connection, End, Ends, Policies, PolicyOptions, PolicyView, Protocol, Sight};
use kubereach_model::snapshot::{Assumption, Builder, Snapshot};
use kubereach_testkit::snapshots::decoded_as;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Ways in which something cannot be evaluated; the last one is that policies were not collected.
const DOUBTS: usize = 6;
const NOT_COLLECTED: usize = 5;

type Labels = BTreeMap<&'static str, &'static str>;

#[derive(Debug, Clone)]
struct Pod {
    namespace: &'static str,
    labels: Labels,
    v4: bool,
    v6: bool,
    /// The number behind the port name `http`, if it is declared.
    http: Option<u16>,
}

#[derive(Debug, Clone)]
enum Sel {
    All,
    Is(&'static str, &'static str),
    NotIn(&'static str, &'static str),
    Exists(&'static str),
}

#[derive(Debug, Clone)]
enum Peer {
    Pods(Sel),
    Namespaces(Sel),
    Both(Sel, Sel),
    Block(&'static str, Option<&'static str>),
}

#[derive(Debug, Clone)]
enum Port {
    All(&'static str),
    One(&'static str, u16),
    Range(&'static str, u16, u16),
    Named(&'static str),
}

#[derive(Debug, Clone)]
struct Rule {
    peers: Vec<Peer>,
    ports: Vec<Port>,
}

#[derive(Debug, Clone)]
struct Policy {
    namespace: &'static str,
    selects: Sel,
    types: Vec<&'static str>,
    ingress: Option<Vec<Rule>>,
    egress: Option<Vec<Rule>>,
}

#[derive(Debug, Clone)]
struct Small {
    pods: Vec<Pod>,
    policies: Vec<Policy>,
    /// Team of namespace `a` and of `b`.
    teams: [&'static str; 2],
}

impl Small {
    fn addresses(&self, index: usize) -> Vec<IpAddr> {
        let pod = &self.pods[index];
        let mut all = Vec::new();
        if pod.v4 {
            all.push(format!("10.0.{}.{}", index % 2, index + 1).parse().unwrap());
        }
        if pod.v6 {
            all.push(format!("fd00::{}:{}", index % 2, index + 1).parse().unwrap());
        }
        all
    }

    fn team(&self, namespace: &str) -> Labels {
        let team = if namespace == "a" { self.teams[0] } else { self.teams[1] };
        Labels::from([("team", team)])
    }

    fn objects(&self) -> Vec<(&'static str, &'static str, Value)> {
        let mut objects: Vec<(&'static str, &'static str, Value)> = Vec::new();
        for namespace in ["a", "b"] {
            let labels = self.team(namespace);
            objects.push(("v1", "Namespace", json!({"metadata": {"name": namespace, "labels": labels}})));
        }
        for (index, pod) in self.pods.iter().enumerate() {
            let ips: Vec<Value> = self.addresses(index).iter().map(|ip| json!({"ip": ip.to_string()})).collect();
            let ports: Vec<Value> = pod.http.iter().map(|n| json!({"name": "http", "containerPort": n})).collect();
            objects.push((
                "v1",
                "Pod",
                json!({
                    "metadata": {"name": format!("p{index}"), "namespace": pod.namespace, "labels": pod.labels},
                    "spec": {"containers": [{"name": "c", "ports": ports}]},
                    "status": {"phase": "Running", "podIPs": ips},
                }),
            ));
        }
        for (index, policy) in self.policies.iter().enumerate() {
            let mut spec = json!({"podSelector": sel(&policy.selects)});
            if !policy.types.is_empty() {
                spec["policyTypes"] = json!(policy.types);
            }
            for (key, peers, rules) in [("ingress", "from", &policy.ingress), ("egress", "to", &policy.egress)] {
                if let Some(rules) = rules {
                    spec[key] = rules.iter().map(|r| rule(r, peers)).collect();
                }
            }
            let meta = json!({"name": format!("n{index}"), "namespace": policy.namespace});
            objects.push(("networking.k8s.io/v1", "NetworkPolicy", json!({"metadata": meta, "spec": spec})));
        }
        objects
    }

    fn snapshot(&self, reversed: bool) -> Snapshot {
        let mut objects = self.objects();
        if reversed {
            objects.reverse();
        }
        let mut builder = Builder::default();
        builder.coverage.assume(Assumption { kind: None, namespace: None });
        for (api, kind, value) in objects {
            builder.push(decoded_as(api, kind, &value), 0, false);
        }
        builder.build()
    }

    /// The cluster as a live cluster, with a doubt or without one.
    fn build(&self, doubt: Option<usize>) -> Snapshot {
        let mut snapshot = Builder::default();
        for kind in ["Namespace", "Pod", "Service", "CustomResourceDefinition"] {
            snapshot.coverage.assume(Assumption { kind: Some(kind.to_owned()), namespace: None });
        }
        if doubt != Some(NOT_COLLECTED) {
            snapshot.coverage.assume(Assumption { kind: Some("NetworkPolicy".to_owned()), namespace: None });
        }
        for (api, kind, mut value) in self.objects() {
            if kind == "NetworkPolicy" && doubt == Some(NOT_COLLECTED) {
                continue;
            }
            value["metadata"]["uid"] = json!(format!("{kind}-{}", value["metadata"]["name"]));
            snapshot.push(decoded_as(api, kind, &value), 0, false);
        }
        let more = match doubt {
            None | Some(NOT_COLLECTED) => None,
            Some(0) => Some((
                "crd.projectcalico.org/v1",
                "GlobalNetworkPolicy",
                json!({"metadata": {"name": "g"},
                "spec": {"selector": "app = 'x'", "types": ["Ingress", "Egress"]}}),
            )),
            Some(1) => Some((
                "cilium.io/v2",
                "CiliumNetworkPolicy",
                json!({"metadata": {"name": "c", "namespace": "a"},
                "spec": {"endpointSelector": {"matchLabels": {"tier": "y"}}, "ingress": [{"unheardOf": {}, "fromEndpoints": 1}]}}),
            )),
            Some(2) => Some((
                "security.istio.io/v1",
                "AuthorizationPolicy",
                json!({"metadata": {"name": "i", "namespace": "b"}, "spec": {}}),
            )),
            Some(3) => Some((
                "policy.networking.k8s.io/v1alpha1",
                "AdminNetworkPolicy",
                json!({"metadata": {"name": "u"},
                "spec": {"priority": 5, "subject": {"unheardOf": {}}, "ingress": [
                    {"action": "Sometimes", "from": [{"unheardOf": {}}]}]}}),
            )),
            Some(_) => {
                Some(("crd.antrea.io/v1beta1", "ClusterNetworkPolicy", json!({"metadata": {"name": "t"}, "spec": {}})))
            }
        };
        if let Some((api, kind, mut value)) = more {
            value["metadata"]["uid"] = json!("more");
            snapshot.push(decoded_as(api, kind, &value), 0, false);
        }
        snapshot.build()
    }

    // The oracle.

    fn allowed(&self, from: usize, to: usize, protocol: &str, port: u16) -> Option<bool> {
        if from == to {
            return Some(true);
        }
        let out = self.side(from, to, to, protocol, port, false);
        let into = self.side(to, from, to, protocol, port, true);
        match (out, into) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }

    /// `None` where a pod has an address inside of a range and another outside of it.
    fn side(&self, own: usize, other: usize, to: usize, protocol: &str, port: u16, ingress: bool) -> Option<bool> {
        let mut isolated = false;
        let mut doubt = false;
        for policy in &self.policies {
            let types: Vec<&str> = if policy.types.is_empty() {
                let egress = policy.egress.as_ref().is_some_and(|rules| !rules.is_empty());
                if egress { vec!["Ingress", "Egress"] } else { vec!["Ingress"] }
            } else {
                policy.types.clone()
            };
            let pod = &self.pods[own];
            let word = if ingress { "Ingress" } else { "Egress" };
            if policy.namespace != pod.namespace || !holds(&policy.selects, &pod.labels) || !types.contains(&word) {
                continue;
            }
            isolated = true;
            let rules = if ingress { &policy.ingress } else { &policy.egress };
            for rule in rules.iter().flatten() {
                if !rule.ports.is_empty() && !rule.ports.iter().any(|p| self.port(p, to, protocol, port)) {
                    continue;
                }
                if rule.peers.is_empty() {
                    return Some(true);
                }
                for peer in &rule.peers {
                    match self.peer(peer, other, policy.namespace) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => doubt = true,
                    }
                }
            }
        }
        if doubt { None } else { Some(!isolated) }
    }

    fn port(&self, port: &Port, to: usize, protocol: &str, number: u16) -> bool {
        match port {
            Port::All(p) => *p == protocol,
            Port::One(p, n) => *p == protocol && *n == number,
            Port::Range(p, a, b) => *p == protocol && *a <= number && number <= *b,
            // Declared without a protocol, so by TCP.
            Port::Named(p) => *p == protocol && protocol == "TCP" && self.pods[to].http == Some(number),
        }
    }

    fn peer(&self, peer: &Peer, other: usize, own: &str) -> Option<bool> {
        let pod = &self.pods[other];
        let mut around = self.team(pod.namespace);
        around.insert("kubernetes.io/metadata.name", pod.namespace);
        match peer {
            Peer::Pods(selector) => Some(pod.namespace == own && holds(selector, &pod.labels)),
            Peer::Namespaces(selector) => Some(holds(selector, &around)),
            Peer::Both(pods, namespaces) => Some(holds(pods, &pod.labels) && holds(namespaces, &around)),
            Peer::Block(range, hole) => {
                let inside: Vec<bool> = self
                    .addresses(other)
                    .iter()
                    .map(|a| within(range, *a) && !hole.is_some_and(|hole| within(hole, *a)))
                    .collect();
                match (inside.iter().all(|x| *x), inside.iter().any(|x| *x)) {
                    (true, true) => Some(true),
                    (_, false) if !inside.is_empty() => Some(false),
                    _ => None,
                }
            }
        }
    }
}

/// By bits, not by a library.
fn within(range: &str, address: IpAddr) -> bool {
    let (base, length) = range.split_once('/').unwrap();
    let length: u32 = length.parse().unwrap();
    match (base.parse().unwrap(), address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            (0..length).all(|bit| (u32::from(base) >> (31 - bit)) & 1 == (u32::from(address) >> (31 - bit)) & 1)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            (0..length).all(|bit| (u128::from(base) >> (127 - bit)) & 1 == (u128::from(address) >> (127 - bit)) & 1)
        }
        _ => false,
    }
}

fn holds(selector: &Sel, labels: &Labels) -> bool {
    match selector {
        Sel::All => true,
        Sel::Is(k, v) => labels.get(k) == Some(v),
        Sel::NotIn(k, v) => labels.get(k) != Some(v),
        Sel::Exists(k) => labels.contains_key(k),
    }
}

fn sel(selector: &Sel) -> Value {
    match selector {
        Sel::All => json!({}),
        Sel::Is(k, v) => json!({"matchLabels": {*k: v}}),
        Sel::NotIn(k, v) => json!({"matchExpressions": [{"key": k, "operator": "NotIn", "values": [v]}]}),
        Sel::Exists(k) => json!({"matchExpressions": [{"key": k, "operator": "Exists"}]}),
    }
}

fn rule(rule: &Rule, key: &str) -> Value {
    let peers: Vec<Value> = rule
        .peers
        .iter()
        .map(|peer| match peer {
            Peer::Pods(s) => json!({"podSelector": sel(s)}),
            Peer::Namespaces(s) => json!({"namespaceSelector": sel(s)}),
            Peer::Both(p, n) => json!({"podSelector": sel(p), "namespaceSelector": sel(n)}),
            Peer::Block(range, None) => json!({"ipBlock": {"cidr": range}}),
            Peer::Block(range, Some(hole)) => json!({"ipBlock": {"cidr": range, "except": [hole]}}),
        })
        .collect();
    let ports: Vec<Value> = rule
        .ports
        .iter()
        .map(|port| match port {
            Port::All(p) => json!({"protocol": p}),
            Port::One(p, n) => json!({"protocol": p, "port": n}),
            Port::Range(p, a, b) => json!({"protocol": p, "port": a, "endPort": b}),
            Port::Named(p) => json!({"protocol": p, "port": "http"}),
        })
        .collect();
    json!({key: peers, "ports": ports})
}

fn selector() -> impl Strategy<Value = Sel> {
    prop_oneof![
        Just(Sel::All),
        (label(), value()).prop_map(|(k, v)| Sel::Is(k, v)),
        (label(), value()).prop_map(|(k, v)| Sel::NotIn(k, v)),
        label().prop_map(Sel::Exists),
    ]
}

fn namespaces() -> impl Strategy<Value = Sel> {
    prop_oneof![
        Just(Sel::All),
        value().prop_map(|v| Sel::Is("team", v)),
        value().prop_map(|v| Sel::NotIn("team", v)),
        Just(Sel::Is("kubernetes.io/metadata.name", "a")),
        Just(Sel::Exists("absent")),
    ]
}

fn label() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("app"), Just("tier")]
}

fn value() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("x"), Just("y")]
}

fn namespace() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("a"), Just("b")]
}

fn protocol() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just("TCP"), 1 => Just("UDP"), 1 => Just("SCTP")]
}

fn peer() -> impl Strategy<Value = Peer> {
    prop_oneof![
        selector().prop_map(Peer::Pods),
        namespaces().prop_map(Peer::Namespaces),
        (selector(), namespaces()).prop_map(|(p, n)| Peer::Both(p, n)),
        prop_oneof![
            Just(Peer::Block("0.0.0.0/0", None)),
            Just(Peer::Block("10.0.0.0/16", Some("10.0.1.0/24"))),
            Just(Peer::Block("10.0.0.0/29", None)),
            Just(Peer::Block("fd00::/16", Some("fd00::1:0/112"))),
            Just(Peer::Block("::/0", None)),
        ],
    ]
}

fn port() -> impl Strategy<Value = Port> {
    prop_oneof![
        protocol().prop_map(Port::All),
        (protocol(), 1_u16..6).prop_map(|(p, n)| Port::One(p, n)),
        (protocol(), 1_u16..4, 0_u16..4).prop_map(|(p, a, n)| Port::Range(p, a, a + n)),
        protocol().prop_map(Port::Named),
    ]
}

fn rules() -> impl Strategy<Value = Option<Vec<Rule>>> {
    let one = (prop::collection::vec(peer(), 0..3), prop::collection::vec(port(), 0..3))
        .prop_map(|(peers, ports)| Rule { peers, ports });
    prop::option::weighted(0.8, prop::collection::vec(one, 0..3))
}

fn policy() -> impl Strategy<Value = Policy> {
    let types = prop_oneof![Just(vec![]), Just(vec!["Ingress"]), Just(vec!["Egress"]), Just(vec!["Ingress", "Egress"])];
    (namespace(), selector(), types, rules(), rules()).prop_map(|(namespace, selects, types, ingress, egress)| Policy {
        namespace,
        selects,
        types,
        ingress,
        egress,
    })
}

fn small() -> impl Strategy<Value = Small> {
    let labels = (prop::option::of(value()), prop::option::of(value())).prop_map(|(app, tier)| {
        let pairs = [("app", app), ("tier", tier)];
        pairs.into_iter().filter_map(|(k, v)| Some((k, v?))).collect::<Labels>()
    });
    let pod = (namespace(), labels, 0..3, prop::option::of(1_u16..6)).prop_map(|(namespace, labels, family, http)| {
        Pod { namespace, labels, v4: family != 1, v6: family != 0, http }
    });
    (prop::collection::vec(pod, 2..6), prop::collection::vec(policy(), 0..4), value(), value())
        .prop_map(|(pods, policies, a, b)| Small { pods, policies, teams: [a, b] })
}

fn pods<'s>(snapshot: &'s Snapshot, cluster: &Small, ends: &Ends<'s>) -> Vec<End<'s>> {
    (0..cluster.pods.len())
        .map(|i| End::Pod(ends.pod(snapshot.pods.named(cluster.pods[i].namespace, &format!("p{i}")).next().unwrap())))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_oracle_agrees(cluster in small()) {
        let snapshot = cluster.snapshot(false);
        let (ends, policies) = (Ends::new(&snapshot), Policies::new(&snapshot, PolicyOptions::default()));
        let all = pods(&snapshot, &cluster, &ends);
        for (i, from) in all.iter().enumerate() {
            for (j, to) in all.iter().enumerate() {
                for protocol in Protocol::ALL {
                    let runs = policies.ports(from, to, protocol);
                    for port in 1..9 {
                        let got = policies.evaluate(&Connection { from, to, protocol, port: Some(port), request: None }).answer;
                        let expected = match cluster.allowed(i, j, protocol.word(), port) {
                            Some(true) => Answer::Allowed,
                            Some(false) => Answer::Denied,
                            None => Answer::Unknown,
                        };
                        prop_assert_eq!(got, expected, "p{} -> p{} {}/{}", i, j, port, protocol);
                        // Sets of ports say the same as single ports do.
                        let run = runs.iter().find(|(run, _)| run.contains(&port)).map(|(_, answer)| *answer);
                        prop_assert_eq!(run, Some(got));
                    }
                }
            }
        }
    }

    #[test]
    fn order_changes_nothing(cluster in small()) {
        let (one, two) = (cluster.snapshot(false), cluster.snapshot(true));
        let (a, b) = (Ends::new(&one), Ends::new(&two));
        let (first, second) = (Policies::new(&one, PolicyOptions::default()), Policies::new(&two, PolicyOptions::default()));
        let (left, right) = (pods(&one, &cluster, &a), pods(&two, &cluster, &b));
        for i in 0..left.len() {
            for j in 0..left.len() {
                let one = first.ports(&left[i], &left[j], Protocol::Tcp);
                prop_assert_eq!(one, second.ports(&right[i], &right[j], Protocol::Tcp));
            }
        }
    }

    #[test]
    fn pods_of_one_group_are_answered_alike(cluster in small()) {
        let snapshot = cluster.snapshot(false);
        let (ends, policies) = (Ends::new(&snapshot), Policies::new(&snapshot, PolicyOptions::default()));
        let all = pods(&snapshot, &cluster, &ends);
        let plain: Vec<_> = all.iter().filter_map(|end| end.pod().cloned()).collect();
        for members in Sight::of(&policies, false).group(&plain).iter().map(|group| &group.members) {
            for other in 0..all.len() {
                if members.contains(&other) {
                    continue;
                }
                let runs: Vec<_> = members.iter().map(|m| (policies.ports(&all[*m], &all[other], Protocol::Tcp), policies.ports(&all[other], &all[*m], Protocol::Tcp))).collect();
                prop_assert!(runs.windows(2).all(|pair| pair[0] == pair[1]), "{:?} and p{}: {:?}", members, other, runs);
            }
        }
    }

    #[test]
    fn an_allowing_policy_more_denies_nobody_who_was_admitted_into_the_same_pods(cluster in small(), more in policy()) {
        let mut extended = cluster.clone();
        let isolated_before = |w: &Small, pod: usize, ingress: bool| w.policies.iter().any(|p| {
            let types: Vec<&str> = if p.types.is_empty() {
                if p.egress.as_ref().is_some_and(|r| !r.is_empty()) { vec!["Ingress", "Egress"] } else { vec!["Ingress"] }
            } else { p.types.clone() };
            p.namespace == w.pods[pod].namespace && holds(&p.selects, &w.pods[pod].labels)
                && types.contains(if ingress { &"Ingress" } else { &"Egress" })
        });
        extended.policies.push(more);
        let (one, two) = (cluster.snapshot(false), extended.snapshot(false));
        let (a, b) = (Ends::new(&one), Ends::new(&two));
        let (first, second) = (Policies::new(&one, PolicyOptions::default()), Policies::new(&two, PolicyOptions::default()));
        let (left, right) = (pods(&one, &cluster, &a), pods(&two, &cluster, &b));
        for i in 0..left.len() {
            for j in 0..left.len() {
                if !isolated_before(&cluster, i, false) || !isolated_before(&cluster, j, true) {
                    continue;
                }
                for port in 1..6 {
                    let before = first.evaluate(&Connection { from: &left[i], to: &left[j], protocol: Protocol::Tcp, port: Some(port), request: None }).answer;
                    let after = second.evaluate(&Connection { from: &right[i], to: &right[j], protocol: Protocol::Tcp, port: Some(port), request: None }).answer;
                    // Policies add up: among isolated pods one more can only open.
                    prop_assert!(before != Answer::Allowed || after == Answer::Allowed);
                }
            }
        }
    }

    /// Monotony: what is added and cannot be evaluated only takes certainty away. Policies whose kinds are
    /// foreign, forms that cannot be read, policies that were not collected.
    #[test]
    fn what_cannot_be_evaluated_never_makes_an_answer_more_certain(cluster in small(), doubt in 0..DOUBTS) {
        let (one, two) = (cluster.build(None), cluster.build(Some(doubt)));
        let (before, after) = (PolicyView::new(&one), PolicyView::new(&two));
        let (left, right) = (pods(&one, &cluster, &before.ends), pods(&two, &cluster, &after.ends));
        for i in 0..left.len() {
            for j in 0..left.len() {
                for port in 1..6 {
                    let of = |port| Connection { from: &left[i], to: &left[j], protocol: Protocol::Tcp, port: Some(port), request: None };
                    let was = before.decide(&of(port)).answer;
                    let decision = after
                        .decide(&Connection { from: &right[i], to: &right[j], protocol: Protocol::Tcp, port: Some(port), request: None });
                    let is = decision.answer;
                    // That policies which were not read turn nobody away is assumed, and said.
                    let assumed = doubt == NOT_COLLECTED && is == Answer::Allowed && !decision.unread.is_empty();
                    // Unknown stays unknown; what is still certain says what it said.
                    prop_assert!(is == Answer::Unknown || is == was || assumed, "{was} became {is}: p{i} -> p{j}:{port}");
                }
            }
        }
    }

    #[test]
    fn a_policy_that_is_not_evaluated_never_makes_allowed_of_unknown(cluster in small()) {
        let mut builder = Builder::default();
        builder.coverage.assume(Assumption { kind: None, namespace: None });
        for namespace in ["a", "b"] {
            let selects = json!({"podSelector": {"matchLabels": {"app": "x"}}});
            let third_party = json!({"metadata": {"name": "g", "namespace": namespace}, "spec": selects});
            builder.push(decoded_as("networking.k8s.aws/v1alpha1", "ApplicationNetworkPolicy", &third_party), 0, false);
        }
        for (i, pod) in cluster.pods.iter().enumerate() {
            let value = json!({"metadata": {"name": format!("p{i}"), "namespace": pod.namespace, "labels": pod.labels}, "status": {"phase": "Running"}});
            builder.push(decoded_as("v1", "Pod", &value), 0, false);
        }
        let clouded = builder.build();
        let with = PolicyView::new(&clouded);
        let right = pods(&clouded, &cluster, &with.ends);
        for (i, pod) in cluster.pods.iter().enumerate() {
            for j in 0..right.len() {
                let touched = |k: usize| cluster.pods[k].labels.get("app") == Some(&"x");
                let decision = with.decide(&Connection { from: &right[i], to: &right[j], protocol: Protocol::Tcp, port: Some(80), request: None });
                let expected = if i == j || !(touched(i) || touched(j)) { Answer::Allowed } else { Answer::Unknown };
                prop_assert_eq!(decision.answer, expected, "{:?} p{} -> p{}", pod.labels, i, j);
            }
        }
    }
}
