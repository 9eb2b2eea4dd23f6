//! Laws of Cilium's policies over small worlds, and an oracle that was written independently of the engine: it knows
//! nothing of labels with sources, outcomes or tiers, and asks every rule about one connection.

use kubereach_engine::policy::{Answer, Connection, End, PolicyView, Protocol, Request};
use kubereach_model::snapshot::{Assumption, Builder, Snapshot};
use kubereach_testkit::snapshots::decoded_as;
use proptest::prelude::*;
use serde_json::{Value, json};

const NAMESPACES: [&str; 2] = ["a", "b"];
const APPS: [&str; 2] = ["x", "y"];
const NODES: [(&str, &str); 2] = [("n0", "172.18.0.2"), ("n1", "172.18.0.3")];
const OUTSIDE: [&str; 3] = ["203.0.113.9", "203.0.113.200", "198.51.100.1"];
const PORTS: [u16; 3] = [80, 81, 90];

#[derive(Debug, Clone)]
struct Pod {
    namespace: usize,
    app: usize,
    node: usize,
    host: bool,
}

#[derive(Debug, Clone)]
enum Peer {
    /// With this label, in the policy's namespace (or any, of a cluster-wide policy).
    App(Option<usize>),
    /// Of this namespace.
    Namespace(usize),
    Entity(&'static str),
    /// 203.0.113.0/24 without its upper half, or with it.
    Range {
        hole: bool,
    },
    /// Where the nodes are.
    NodeRange,
}

#[derive(Debug, Clone)]
struct Rule {
    /// None: anyone.
    peer: Option<Peer>,
    /// None: every port.
    ports: Option<(u16, u16)>,
    /// Only this method.
    method: Option<&'static str>,
}

#[derive(Debug, Clone)]
struct Policy {
    /// None: cluster-wide.
    namespace: Option<usize>,
    app: Option<usize>,
    ingress: Vec<Rule>,
    ingress_deny: Vec<Rule>,
    egress: Vec<Rule>,
    egress_deny: Vec<Rule>,
    default_deny: Option<bool>,
}

#[derive(Debug, Clone)]
struct Small {
    pods: Vec<Pod>,
    policies: Vec<Policy>,
    /// A core policy that selects an app of namespace `a` and admits an app of it.
    core: Option<(usize, usize)>,
    ranges_match_nodes: bool,
}

/// One end, as the oracle sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Pod(usize),
    Node(usize),
    Outside(usize),
}

impl Small {
    fn snapshot(&self, reversed: bool, more: Option<Value>) -> Snapshot {
        let mut objects: Vec<(&str, &str, Value)> = Vec::new();
        for namespace in NAMESPACES {
            objects.push(("v1", "Namespace", json!({"metadata": {"name": namespace}})));
        }
        for (name, address) in NODES {
            let addresses = json!([{"type": "InternalIP", "address": address}]);
            objects.push(("v1", "Node", json!({"metadata": {"name": name}, "status": {"addresses": addresses}})));
        }
        for (index, pod) in self.pods.iter().enumerate() {
            let address = if pod.host { NODES[pod.node].1.to_owned() } else { format!("10.0.0.{}", index + 1) };
            objects.push((
                "v1",
                "Pod",
                json!({
                    "metadata": {"name": format!("p{index}"), "namespace": NAMESPACES[pod.namespace],
                        "labels": {"app": APPS[pod.app]}},
                    "spec": {"nodeName": NODES[pod.node].0, "hostNetwork": pod.host, "containers": [{"name": "c"}]},
                    "status": {"phase": "Running", "podIPs": [{"ip": address}]},
                }),
            ));
        }
        let template = json!({"metadata": {"labels": {"k": "v"}}, "spec": {"containers": [{"name": "agent"}]}});
        objects.push((
            "apps/v1",
            "DaemonSet",
            json!({"metadata": {"name": "cilium", "namespace": "kube-system"},
                "spec": {"selector": {"matchLabels": {"k": "v"}}, "template": template},
                "status": {"desiredNumberScheduled": 2, "numberReady": 2}}),
        ));
        let mode = if self.ranges_match_nodes { "nodes" } else { "" };
        objects.push((
            "v1",
            "ConfigMap",
            json!({"metadata": {"name": "cilium-config", "namespace": "kube-system"},
                "data": {"policy-cidr-match-mode": mode, "enable-ipv4": "true", "enable-ipv6": "false"}}),
        ));
        for (index, policy) in self.policies.iter().enumerate() {
            objects.push(policy.object(index));
        }
        if let Some((selected, admitted)) = self.core {
            let app = |app: usize| json!({"matchLabels": {"app": APPS[app]}});
            let spec = json!({"podSelector": app(selected), "policyTypes": ["Ingress"],
                "ingress": [{"from": [{"podSelector": app(admitted)}]}]});
            let meta = json!({"name": "core", "namespace": "a"});
            objects.push(("networking.k8s.io/v1", "NetworkPolicy", json!({"metadata": meta, "spec": spec})));
        }
        if let Some(more) = more {
            objects.push(("cilium.io/v2", "CiliumClusterwideNetworkPolicy", more));
        }
        if reversed {
            objects.reverse();
        }
        let mut builder = Builder::default();
        builder.coverage.assume(Assumption { kind: None, namespace: None });
        for (api, kind, mut value) in objects {
            value["metadata"]["uid"] = json!(format!("{kind}-{}", value["metadata"]["name"]));
            builder.push(decoded_as(api, kind, &value), 0, false);
        }
        builder.build()
    }

    fn everyone(&self) -> Vec<Who> {
        let pods = (0..self.pods.len()).map(Who::Pod);
        pods.chain((0..NODES.len()).map(Who::Node)).chain((0..OUTSIDE.len()).map(Who::Outside)).collect()
    }

    // The oracle.

    /// On which node it is, if it is a node to others.
    fn as_node(&self, who: Who) -> Option<usize> {
        match who {
            Who::Node(node) => Some(node),
            Who::Pod(pod) => Some(self.pods[pod].node).filter(|_| self.pods[pod].host),
            Who::Outside(_) => None,
        }
    }

    fn address(&self, who: Who) -> &'static str {
        match (self.as_node(who), who) {
            (Some(node), _) => NODES[node].1,
            (None, Who::Outside(index)) => OUTSIDE[index],
            (None, _) => "",
        }
    }

    fn is_peer(&self, peer: &Peer, own: usize, policy: &Policy, other: Who) -> bool {
        let node = self.as_node(other);
        let endpoint = match other {
            Who::Pod(index) if node.is_none() => Some(&self.pods[index]),
            _ => None,
        };
        let same_node = node == Some(self.pods[own].node);
        match peer {
            Peer::App(app) => endpoint.is_some_and(|pod| {
                policy.namespace.is_none_or(|ns| ns == pod.namespace) && app.is_none_or(|app| app == pod.app)
            }),
            Peer::Namespace(namespace) => endpoint.is_some_and(|pod| pod.namespace == *namespace),
            Peer::Entity("all") => true,
            Peer::Entity("world") => matches!(other, Who::Outside(_)),
            Peer::Entity("cluster") => !matches!(other, Who::Outside(_)),
            Peer::Entity("host") => node.is_some() && same_node,
            Peer::Entity("remote-node") => node.is_some() && !same_node,
            Peer::Entity(_) => false,
            Peer::Range { hole } => match self.address(other) {
                "203.0.113.9" => true,
                "203.0.113.200" => !hole,
                _ => false,
            },
            Peer::NodeRange => self.ranges_match_nodes && node.is_some(),
        }
    }

    fn connects(&self, rule: &Rule, own: usize, policy: &Policy, other: Who, port: u16) -> bool {
        // Neither peers nor ports: isolates and lets nothing through.
        (rule.peer.is_some() || rule.ports.is_some())
            && rule.peer.as_ref().is_none_or(|peer| self.is_peer(peer, own, policy, other))
            && rule.ports.is_none_or(|(from, to)| from <= port && port <= to)
    }

    fn side(&self, own: Who, other: Who, port: u16, method: &str, ingress: bool) -> bool {
        let Who::Pod(index) = own else { return true };
        let pod = &self.pods[index];
        if pod.host {
            return true;
        }
        let (mut isolated, mut admitted, mut refused) = (false, false, false);
        for policy in &self.policies {
            let selected =
                policy.namespace.is_none_or(|ns| ns == pod.namespace) && policy.app.is_none_or(|app| app == pod.app);
            let (allow, deny) =
                if ingress { (&policy.ingress, &policy.ingress_deny) } else { (&policy.egress, &policy.egress_deny) };
            if !selected {
                continue;
            }
            if deny.iter().any(|rule| self.connects(rule, index, policy, other, port)) {
                return false;
            }
            isolated |= policy.default_deny.unwrap_or(!allow.is_empty() || !deny.is_empty());
            for rule in allow.iter().filter(|rule| self.connects(rule, index, policy, other, port)) {
                let matches = rule.method.is_none_or(|wanted| wanted == method);
                admitted |= matches;
                refused |= !matches;
            }
        }
        if ingress && self.as_node(other) == Some(pod.node) {
            return true;
        }
        if let Some((selected, wanted)) = self.core
            && ingress
            && pod.namespace == 0
            && pod.app == selected
        {
            isolated = true;
            admitted |= match other {
                Who::Pod(index) => {
                    let other = &self.pods[index];
                    !other.host && other.namespace == 0 && other.app == wanted
                }
                Who::Node(_) | Who::Outside(_) => false,
            };
        }
        admitted || !(isolated || refused)
    }

    /// May a rule speak of a node where it does not speak of this client from outside? One may stand for the other.
    fn may_be_translated(&self, from: Who) -> bool {
        let of_nodes = |rule: &Rule| match rule.peer {
            Some(Peer::Entity("cluster" | "remote-node")) => true,
            Some(Peer::Range { .. } | Peer::NodeRange) => self.ranges_match_nodes,
            _ => false,
        };
        let any = self.policies.iter().any(|policy| policy.ingress.iter().chain(&policy.ingress_deny).any(of_nodes));
        any && matches!(from, Who::Outside(_))
    }
}

impl Policy {
    fn object(&self, index: usize) -> (&'static str, &'static str, Value) {
        let rules = |rules: &[Rule], direction: &str, deny: bool| -> Value {
            rules.iter().map(|rule| rule.object(direction, deny)).collect()
        };
        let selector = self.app.map_or_else(|| json!({}), |app| json!({"matchLabels": {"app": APPS[app]}}));
        let mut spec = json!({"endpointSelector": selector});
        for (key, list, direction, deny) in [
            ("ingress", &self.ingress, "from", false),
            ("ingressDeny", &self.ingress_deny, "from", true),
            ("egress", &self.egress, "to", false),
            ("egressDeny", &self.egress_deny, "to", true),
        ] {
            if !list.is_empty() {
                spec[key] = rules(list, direction, deny);
            }
        }
        if let Some(deny) = self.default_deny {
            spec["enableDefaultDeny"] = json!({"ingress": deny, "egress": deny});
        }
        let name = format!("c{index}");
        match self.namespace {
            Some(ns) => (
                "cilium.io/v2",
                "CiliumNetworkPolicy",
                json!({"metadata": {"name": name, "namespace": NAMESPACES[ns]}, "spec": spec}),
            ),
            None => {
                ("cilium.io/v2", "CiliumClusterwideNetworkPolicy", json!({"metadata": {"name": name}, "spec": spec}))
            }
        }
    }
}

impl Rule {
    fn object(&self, direction: &str, deny: bool) -> Value {
        let mut rule = json!({});
        let mut set = |key: &str, value: Value| rule[format!("{direction}{key}")] = json!([value]);
        match &self.peer {
            None => {}
            Some(Peer::App(None)) => set("Endpoints", json!({})),
            Some(Peer::App(Some(app))) => set("Endpoints", json!({"matchLabels": {"k8s:app": APPS[*app]}})),
            Some(Peer::Namespace(ns)) => {
                set("Endpoints", json!({"matchLabels": {"k8s:io.kubernetes.pod.namespace": NAMESPACES[*ns]}}));
            }
            Some(Peer::Entity(word)) => set("Entities", json!(word)),
            Some(Peer::Range { hole: false }) => set("CIDR", json!("203.0.113.0/24")),
            Some(Peer::Range { hole: true }) => {
                set("CIDRSet", json!({"cidr": "203.0.113.0/24", "except": ["203.0.113.128/25"]}));
            }
            Some(Peer::NodeRange) => set("CIDR", json!("172.18.0.0/16")),
        }
        if let Some((from, to)) = self.ports {
            let mut port = json!({"ports": [{"port": from.to_string(), "endPort": to, "protocol": "TCP"}]});
            if let Some(method) = self.method.filter(|_| !deny) {
                port["rules"] = json!({"http": [{"method": method}]});
            }
            rule["toPorts"] = json!([port]);
        }
        rule
    }
}

fn peer() -> impl Strategy<Value = Peer> {
    prop_oneof![
        prop::option::of(0..2_usize).prop_map(Peer::App),
        (0..2_usize).prop_map(Peer::Namespace),
        prop::sample::select(vec!["all", "world", "cluster", "host", "remote-node", "ingress"]).prop_map(Peer::Entity),
        any::<bool>().prop_map(|hole| Peer::Range { hole }),
        Just(Peer::NodeRange),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let ports = prop::option::of(prop::sample::select(vec![(80, 80), (81, 81), (80, 85)]));
    let method = prop::option::weighted(0.3, prop::sample::select(vec!["GET", "POST"]));
    (prop::option::weighted(0.8, peer()), ports, method).prop_map(|(peer, ports, method)| Rule {
        peer,
        method: method.filter(|_| ports.is_some()),
        ports,
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let rules = || prop::collection::vec(rule(), 0..3);
    let denies = || prop::collection::vec(rule().prop_map(|rule| Rule { method: None, ..rule }), 0..2);
    let default_deny = prop::option::weighted(0.3, any::<bool>());
    let whom = (prop::option::weighted(0.7, 0..2_usize), prop::option::weighted(0.7, 0..2_usize));
    (whom, rules(), denies(), rules(), denies(), default_deny).prop_map(
        |((namespace, app), ingress, ingress_deny, egress, egress_deny, default_deny)| Policy {
            namespace,
            app,
            ingress,
            ingress_deny,
            egress,
            egress_deny,
            default_deny,
        },
    )
}

fn small() -> impl Strategy<Value = Small> {
    let pod = (0..2_usize, 0..2_usize, 0..2_usize, prop::bool::weighted(0.2))
        .prop_map(|(namespace, app, node, host)| Pod { namespace, app, node, host });
    let core = prop::option::weighted(0.4, (0..2_usize, 0..2_usize));
    (prop::collection::vec(pod, 2..4), prop::collection::vec(policy(), 0..4), core, any::<bool>())
        .prop_map(|(pods, policies, core, ranges_match_nodes)| Small { pods, policies, core, ranges_match_nodes })
}

fn end<'s>(snapshot: &'s Snapshot, view: &PolicyView<'s>, small: &Small, who: Who) -> End<'s> {
    match who {
        Who::Pod(index) => {
            let namespace = NAMESPACES[small.pods[index].namespace];
            End::Pod(view.ends.pod(snapshot.pods.named(namespace, &format!("p{index}")).next().unwrap()))
        }
        Who::Node(index) => {
            let node = snapshot.nodes.iter().find(|node| node.get().value.metadata.name == NODES[index].0).unwrap();
            End::Node(kubereach_engine::policy::Ends::node(node))
        }
        Who::Outside(index) => End::Address(OUTSIDE[index].parse().unwrap()),
    }
}

/// Every answer, in one order.
fn answers(small: &Small, snapshot: &Snapshot, method: Option<&str>) -> Vec<(Who, Who, u16, Answer)> {
    let view = PolicyView::new(snapshot);
    let request = method.map(|method| Request { method: Some(method.to_owned()), ..Request::default() });
    let mut all = Vec::new();
    for from in small.everyone() {
        for to in small.everyone() {
            if from == to || !matches!((from, to), (Who::Pod(_), _) | (_, Who::Pod(_))) {
                continue;
            }
            let (a, b) = (end(snapshot, &view, small, from), end(snapshot, &view, small, to));
            for port in PORTS {
                let connection = Connection {
                    from: &a,
                    to: &b,
                    protocol: Protocol::Tcp,
                    port: Some(port),
                    request: request.as_ref(),
                };
                all.push((from, to, port, view.decide(&connection).answer));
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn every_decided_answer_is_the_oracles(small in small(), method in prop::sample::select(vec!["GET", "POST"])) {
        let snapshot = small.snapshot(false, None);
        for (from, to, port, answer) in answers(&small, &snapshot, Some(method)) {
            let expected = small.side(from, to, port, method, false) && small.side(to, from, port, method, true);
            let expected = if expected { Answer::Allowed } else { Answer::Denied };
            let undecided = answer == Answer::Unknown && small.may_be_translated(from);
            prop_assert!(undecided || answer == expected, "{from:?} -> {to:?}:{port} {method}: {answer}, not {expected}");
        }
    }

    #[test]
    fn without_a_request_nothing_is_said_that_a_request_contradicts(small in small()) {
        let snapshot = small.snapshot(false, None);
        let without = answers(&small, &snapshot, None);
        for method in ["GET", "POST"] {
            for (one, other) in without.iter().zip(answers(&small, &snapshot, Some(method))) {
                prop_assert!(one.3 == Answer::Unknown || one.3 == other.3, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn the_order_of_objects_changes_nothing(small in small()) {
        let (forwards, backwards) = (small.snapshot(false, None), small.snapshot(true, None));
        prop_assert_eq!(answers(&small, &forwards, Some("GET")), answers(&small, &backwards, Some("GET")));
    }

    #[test]
    fn a_policy_that_cannot_be_read_makes_nothing_more_certain(small in small(), form in 0..3_usize) {
        let spec = match form {
            0 => json!({"endpointSelector": {}, "ingress": [{"fromEndpoints": 7}], "egress": [{"toEntities": ["moon"]}]}),
            1 => json!({"endpointSelector": {"matchExpressions": [{"key": "app", "operator": "Near"}]}, "ingress": [{}]}),
            _ => json!({"endpointSelector": {}, "ingressDeny": [{"fromCIDR": ["10.0.0.0/400"]}]}),
        };
        let plain = small.snapshot(false, None);
        let clouded = small.snapshot(false, Some(json!({"metadata": {"name": "odd"}, "spec": spec})));
        for (one, other) in answers(&small, &plain, Some("GET")).iter().zip(answers(&small, &clouded, Some("GET"))) {
            // What is undecided stays so; a policy whose selection is sure may isolate.
            let isolates = form == 2 && other.3 == Answer::Denied;
            prop_assert!(other.3 == Answer::Unknown || other.3 == one.3 || isolates, "{one:?} {other:?}");
            prop_assert!(one.3 != Answer::Unknown || other.3 != Answer::Allowed, "{one:?} {other:?}");
        }
    }
}
