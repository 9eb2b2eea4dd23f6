//! Policies of Istio and Linkerd over small worlds against oracles that were written independently of the evaluator:
//! they take one request of one client, and go through the policies as the proxy of the destination does.

use kubereach_engine::policy::{Answer, Connection, End, Ends, PolicyView, Protocol, Request};
use kubereach_model::snapshot::{Assumption, Builder, Snapshot};
use kubereach_testkit::snapshots::decoded_as;
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proxy {
    None,
    Sidecar,
    Ztunnel,
    Linkerd,
}

#[derive(Debug, Clone)]
struct Pod {
    namespace: &'static str,
    app: &'static str,
    account: &'static str,
    proxy: Proxy,
}

/// What a rule asks of one field, and what its twin does.
type Pair = (Option<&'static str>, Option<&'static str>);

#[derive(Debug, Clone, Default)]
struct Source {
    principals: Pair,
    namespaces: Pair,
    addresses: Pair,
}

#[derive(Debug, Clone, Default)]
struct Operation {
    methods: Pair,
    paths: Pair,
    ports: Pair,
}

#[derive(Debug, Clone)]
struct Rule {
    from: Vec<Source>,
    to: Vec<Operation>,
    header: Option<&'static str>,
}

#[derive(Debug, Clone)]
struct Authorization {
    namespace: &'static str,
    app: Option<&'static str>,
    denies: bool,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Peer {
    namespace: &'static str,
    app: Option<&'static str>,
    mode: Option<&'static str>,
    /// Of port 80.
    port: Option<&'static str>,
}

#[derive(Debug, Clone)]
struct Small {
    pods: Vec<Pod>,
    authorizations: Vec<Authorization>,
    peers: Vec<Peer>,
}

/// One request, as it arrives.
#[derive(Debug, Clone, Copy)]
struct Call {
    port: u16,
    method: &'static str,
    path: &'static str,
    header: Option<&'static str>,
}

const ROOT: &str = "root";
const CALLS: [Call; 5] = [
    Call { port: 80, method: "GET", path: "/a", header: None },
    Call { port: 80, method: "POST", path: "/a/b", header: Some("1") },
    Call { port: 80, method: "GET", path: "/b", header: Some("2") },
    Call { port: 90, method: "GET", path: "/a", header: None },
    Call { port: 90, method: "POST", path: "/b", header: Some("1") },
];

fn address(index: usize) -> String {
    format!("10.0.{}.{}", index % 2, index + 1)
}

/// `*` behind or alone.
fn like(pattern: &str, text: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == text, |start| text.starts_with(start) && (!start.is_empty() || !text.is_empty()))
}

/// A value and its twin: both hold, as far as they are there.
fn pair(pair: Pair, holds: impl Fn(&str) -> bool) -> bool {
    pair.0.is_none_or(&holds) && !pair.1.is_some_and(&holds)
}

impl Small {
    /// Is the port one of a Service that says what is spoken there? 80 is HTTP, 90 is not, of pods `web`.
    fn speaks_http(to: &Pod, port: u16) -> bool {
        to.app != "web" || port == 80
    }

    fn mode(&self, to: &Pod, port: u16) -> &'static str {
        let mut mode = "PERMISSIVE";
        let levels: [&dyn Fn(&Peer) -> bool; 3] = [
            &|peer| peer.namespace == ROOT && peer.app.is_none(),
            &|peer| peer.namespace == to.namespace && peer.namespace != ROOT && peer.app.is_none(),
            &|peer| peer.namespace == to.namespace && peer.namespace != ROOT && peer.app == Some(to.app),
        ];
        for (level, is_it) in levels.into_iter().enumerate() {
            // All are of one age: the first by name counts.
            let Some(peer) = self.peers.iter().find(|peer| is_it(peer)) else { continue };
            mode = peer.mode.unwrap_or(mode);
            if level == 2 && port == 80 {
                mode = peer.port.unwrap_or(mode);
            }
        }
        mode
    }

    fn istio_lets(&self, from: usize, to: usize, call: Call) -> bool {
        let (client, server) = (&self.pods[from], &self.pods[to]);
        if matches!(server.proxy, Proxy::None | Proxy::Linkerd) {
            return true;
        }
        let mode = self.mode(server, call.port);
        let in_mesh = matches!(client.proxy, Proxy::Sidecar | Proxy::Ztunnel);
        if mode == "STRICT" && !in_mesh {
            return false;
        }
        let proven = in_mesh && !(mode == "DISABLE" && server.proxy == Proxy::Sidecar);
        let who = proven.then(|| format!("cluster.local/ns/{}/sa/{}", client.namespace, client.account));
        let mut allows = None;
        for policy in &self.authorizations {
            let holds = policy.namespace == ROOT || policy.namespace == server.namespace;
            if !holds || policy.app.is_some_and(|app| app != server.app) {
                continue;
            }
            let named =
                policy.rules.iter().any(|rule| Self::rule(rule, policy.denies, who.as_deref(), from, server, call));
            if policy.denies && named {
                return false;
            }
            if !policy.denies {
                allows = Some(allows.unwrap_or(false) || named);
            }
        }
        allows.unwrap_or(true)
    }

    fn rule(rule: &Rule, denies: bool, who: Option<&str>, from: usize, server: &Pod, call: Call) -> bool {
        let ztunnel = server.proxy == Proxy::Ztunnel;
        let http = !ztunnel && Self::speaks_http(server, call.port);
        let of_http = |operation: &Operation| operation.methods != (None, None) || operation.paths != (None, None);
        if !http && !denies && (rule.header.is_some() || rule.to.iter().any(of_http)) {
            return false;
        }
        let namespace = who.map(|who| who.split('/').nth(2).unwrap());
        let source = |source: &Source| {
            // What asks for nothing names nobody at ztunnel.
            let empty = [source.principals, source.namespaces, source.addresses] == [(None, None); 3];
            !(empty && ztunnel)
                && pair(source.principals, |value| who.is_some_and(|who| like(value, who)))
                && pair(source.namespaces, |value| namespace.is_some_and(|own| like(value, own)))
                && pair(source.addresses, |value| address(from).starts_with(value.trim_end_matches("0/24")))
        };
        let operation = |operation: &Operation| {
            let seen = operation.ports != (None, None) || (http && of_http(operation));
            (seen || !ztunnel)
                && (!http || pair(operation.methods, |value| like(value, call.method)))
                && (!http || pair(operation.paths, |value| like(value, call.path)))
                && pair(operation.ports, |value| value == call.port.to_string())
        };
        let header = match rule.header {
            None => true,
            Some(_) if ztunnel => false,
            Some(value) => !http || call.header == Some(value),
        };
        (rule.from.is_empty() || rule.from.iter().any(source))
            && (rule.to.is_empty() || rule.to.iter().any(operation))
            && header
    }

    fn snapshot(&self, knows_config: bool, more: Vec<(&'static str, &'static str, Value)>) -> Snapshot {
        let mut objects: Vec<(&str, &str, Value)> = more;
        for namespace in ["a", "b", ROOT] {
            objects.push(("v1", "Namespace", json!({"metadata": {"name": namespace}})));
            let ports = json!([
                {"name": "http", "port": 80, "targetPort": 80, "protocol": "TCP"},
                {"name": "tcp", "port": 90, "targetPort": 90, "protocol": "TCP"},
            ]);
            let meta = json!({"name": "web", "namespace": namespace});
            objects.push((
                "v1",
                "Service",
                json!({"metadata": meta, "spec": {"selector": {"app": "web"}, "ports": ports}}),
            ));
        }
        for (index, pod) in self.pods.iter().enumerate() {
            let sidecar = match pod.proxy {
                Proxy::Sidecar => Some("istio-proxy"),
                Proxy::Linkerd => Some("linkerd-proxy"),
                Proxy::None | Proxy::Ztunnel => None,
            };
            let containers: Vec<Value> =
                sidecar.into_iter().chain(["main"]).map(|name| json!({"name": name})).collect();
            let captured = (pod.proxy == Proxy::Ztunnel).then_some("enabled");
            objects.push((
                "v1",
                "Pod",
                json!({
                    "metadata": {
                        "name": format!("pod{index}"), "namespace": pod.namespace, "labels": {"app": pod.app},
                        "annotations": {"ambient.istio.io/redirection": captured},
                    },
                    "spec": {"serviceAccountName": pod.account, "containers": containers},
                    "status": {"phase": "Running", "podIP": address(index), "podIPs": [{"ip": address(index)}]},
                }),
            ));
        }
        if knows_config {
            let meta = json!({"name": "istio", "namespace": "istio-system"});
            objects.push((
                "v1",
                "ConfigMap",
                json!({"metadata": meta, "data": {"mesh": format!("rootNamespace: {ROOT}\n")}}),
            ));
        }
        let selector = |app: Option<&str>| app.map(|app| json!({"matchLabels": {"app": app}}));
        for (index, peer) in self.peers.iter().enumerate() {
            let port = peer.port.map(|mode| json!({"80": {"mode": mode}}));
            let spec = json!({
                "selector": selector(peer.app), "mtls": peer.mode.map(|mode| json!({"mode": mode})), "portLevelMtls": port,
            });
            let meta = json!({"name": format!("p{index}"), "namespace": peer.namespace});
            objects.push(("security.istio.io/v1", "PeerAuthentication", json!({"metadata": meta, "spec": spec})));
        }
        for (index, policy) in self.authorizations.iter().enumerate() {
            let spec = json!({
                "selector": selector(policy.app), "action": if policy.denies { "DENY" } else { "ALLOW" },
                "rules": policy.rules.iter().map(written).collect::<Vec<_>>(),
            });
            let meta = json!({"name": format!("a{index}"), "namespace": policy.namespace});
            objects.push(("security.istio.io/v1", "AuthorizationPolicy", json!({"metadata": meta, "spec": spec})));
        }
        let mut builder = Builder::default();
        for kind in ["Namespace", "Pod", "Service", "NetworkPolicy", "DestinationRule"] {
            builder.coverage.assume(Assumption { kind: Some(kind.to_owned()), namespace: None });
        }
        for (api, kind, mut value) in objects {
            value["metadata"]["uid"] = json!("00000000-0000-0000-0000-000000000001");
            builder.push(decoded_as(api, kind, &value), 0, false);
        }
        builder.build()
    }
}

fn written(rule: &Rule) -> Value {
    let list = |value: Option<&str>| value.map(|value| json!([value]));
    let from = |source: &Source| {
        json!({"source": {
            "principals": list(source.principals.0), "notPrincipals": list(source.principals.1),
            "namespaces": list(source.namespaces.0), "notNamespaces": list(source.namespaces.1),
            "ipBlocks": list(source.addresses.0), "notIpBlocks": list(source.addresses.1),
        }})
    };
    let to = |operation: &Operation| {
        json!({"operation": {
            "methods": list(operation.methods.0), "notMethods": list(operation.methods.1),
            "paths": list(operation.paths.0), "notPaths": list(operation.paths.1),
            "ports": list(operation.ports.0), "notPorts": list(operation.ports.1),
        }})
    };
    json!({
        "from": rule.from.iter().map(from).collect::<Vec<_>>(),
        "to": rule.to.iter().map(to).collect::<Vec<_>>(),
        "when": rule.header.map(|value| json!([{"key": "request.headers[x-a]", "values": [value]}])),
    })
}

fn either(values: &'static [&'static str]) -> impl Strategy<Value = Pair> {
    let one = move || prop::option::weighted(0.25, prop::sample::select(values));
    (one(), one())
}

fn rule() -> impl Strategy<Value = Rule> {
    let principals =
        || either(&["*", "cluster.local/ns/a/sa/robot", "cluster.local/ns/b/*", "cluster.local/ns/root/sa/default"]);
    let source = (principals(), either(&["a", "b", "r*"]), either(&["10.0.0.0/24", "10.0.1.0/24"]))
        .prop_map(|(principals, namespaces, addresses)| Source { principals, namespaces, addresses });
    let operation = (either(&["GET", "P*", "*"]), either(&["/a", "/a*", "/b"]), either(&["80", "90"]))
        .prop_map(|(methods, paths, ports)| Operation { methods, paths, ports });
    (
        prop::collection::vec(source, 0..3),
        prop::collection::vec(operation, 0..3),
        prop::option::weighted(0.2, prop::sample::select(vec!["1", "2"])),
    )
        .prop_map(|(from, to, header)| Rule { from, to, header })
}

fn namespace() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", ROOT])
}

fn app() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["web", "db"])
}

fn pods(proxies: &'static [Proxy]) -> impl Strategy<Value = Vec<Pod>> {
    let account = prop::sample::select(vec!["robot", "default"]);
    let pod = (namespace(), app(), account, prop::sample::select(proxies))
        .prop_map(|(namespace, app, account, proxy)| Pod { namespace, app, account, proxy });
    prop::collection::vec(pod, 2..5)
}

fn small() -> impl Strategy<Value = Small> {
    let authorization = (namespace(), prop::option::of(app()), any::<bool>(), prop::collection::vec(rule(), 0..3))
        .prop_map(|(namespace, app, denies, rules)| Authorization { namespace, app, denies, rules });
    let mode = || prop::option::of(prop::sample::select(vec!["STRICT", "PERMISSIVE", "DISABLE"]));
    let peer = (namespace(), prop::option::of(app()), mode(), mode()).prop_map(|(namespace, app, mode, port)| Peer {
        namespace,
        app,
        mode,
        port: port.filter(|_| app.is_some()),
    });
    (
        pods(&[Proxy::None, Proxy::Sidecar, Proxy::Ztunnel]),
        prop::collection::vec(authorization, 0..4),
        prop::collection::vec(peer, 0..4),
    )
        .prop_map(|(pods, authorizations, peers)| Small { pods, authorizations, peers })
}

fn ends<'s>(view: &PolicyView<'s>, snapshot: &'s Snapshot) -> Vec<(usize, End<'s>)> {
    let number = |name: &str| name.strip_prefix("pod").unwrap().parse().unwrap();
    let ends: &Ends<'s> = &view.ends;
    snapshot.pods.iter().map(|pod| (number(&pod.get().metadata.name), End::Pod(ends.pod(pod)))).collect()
}

/// What the request is, where anybody would look at it.
fn carried(call: Call, http: bool) -> Option<Request> {
    let request = Request {
        method: Some(call.method.to_owned()),
        path: Some(call.path.to_owned()),
        host: Some("web".to_owned()),
        ..Request::default()
    };
    let headers = call.header.map(|value| ("X-A".to_owned(), value.to_owned()));
    http.then(|| request.with_headers(headers))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn istio_is_decided_as_its_proxies_do(small in small()) {
        let snapshot = small.snapshot(true, Vec::new());
        let view = PolicyView::new(&snapshot);
        let ends = ends(&view, &snapshot);
        for (i, from) in &ends {
            for (j, to) in ends.iter().filter(|(j, _)| j != i) {
                for call in CALLS {
                    let request = carried(call, Small::speaks_http(&small.pods[*j], call.port));
                    let connection = Connection {
                        from, to, protocol: Protocol::Tcp, port: Some(call.port), request: request.as_ref(),
                    };
                    let expected = if small.istio_lets(*i, *j, call) { Answer::Allowed } else { Answer::Denied };
                    let got = view.policies.evaluate(&connection);
                    prop_assert_eq!(got.answer, expected, "{} -> {} {:?}: {:?}", i, j, call, got);
                    let udp = Connection { protocol: Protocol::Udp, ..connection };
                    prop_assert_eq!(view.policies.evaluate(&udp).answer, Answer::Allowed);
                }
            }
        }
    }

    #[test]
    fn less_of_istio_is_never_decided_otherwise(small in small()) {
        let (whole, less) = (small.snapshot(true, Vec::new()), small.snapshot(false, Vec::new()));
        let (whole, less) = (PolicyView::new(&whole), PolicyView::new(&less));
        let root = small.peers.iter().map(|p| p.namespace).chain(small.authorizations.iter().map(|a| a.namespace));
        // Without the configuration a policy of this root namespace is taken for one of its own namespace alone.
        prop_assume!(!root.into_iter().any(|namespace| namespace == ROOT));
        let of = |view: &PolicyView<'_>| {
            let snapshot = view.ends.snapshot();
            let ends = ends(view, snapshot);
            let mut answers = Vec::new();
            for (_, from) in &ends {
                for (_, to) in &ends {
                    for call in CALLS {
                        let request = carried(call, true);
                        let (protocol, port, request) = (Protocol::Tcp, Some(call.port), request.as_ref());
                        answers.push(view.policies.evaluate(&Connection { from, to, protocol, port, request }).answer);
                        // A request that is not known is any of them.
                        let any = Connection { from, to, protocol, port, request: None };
                        answers.push(view.policies.evaluate(&any).answer);
                    }
                }
            }
            answers
        };
        for (index, (whole, less)) in of(&whole).into_iter().zip(of(&less)).enumerate() {
            prop_assert!(less == whole || less == Answer::Unknown, "{}: {:?} then {:?}", index, whole, less);
        }
    }

    #[test]
    fn linkerd_is_decided_as_its_proxies_do(
        pods in pods(&[Proxy::None, Proxy::Linkerd]),
        default in prop::sample::select(vec!["all-unauthenticated", "all-authenticated", "cluster-authenticated", "deny"]),
        servers in prop::collection::btree_map((namespace(), app()), prop::option::of(authorization()), 0..3),
    ) {
        let small = Small { pods, authorizations: Vec::new(), peers: Vec::new() };
        let mut objects = Vec::new();
        let values = format!("clusterNetworks: 10.0.0.0/24\nproxy:\n  defaultInboundPolicy: {default}\n");
        let meta = json!({"name": "linkerd-config", "namespace": "linkerd"});
        objects.push(("v1", "ConfigMap", json!({"metadata": meta, "data": {"values": values}})));
        for ((namespace, app), authorization) in &servers {
            let meta = json!({"name": app, "namespace": namespace});
            let spec = json!({"podSelector": {"matchLabels": {"app": app}}, "port": 80, "proxyProtocol": "HTTP/1"});
            objects.push(("policy.linkerd.io/v1beta3", "Server", json!({"metadata": meta, "spec": spec})));
            let Some((account, near)) = authorization else { continue };
            let client = json!({
                "networks": near.then(|| json!([{"cidr": "10.0.1.0/24"}])),
                "unauthenticated": account.is_none(),
                "meshTLS": account.map(|name| json!({"serviceAccounts": [{"name": name}]})),
            });
            let spec = json!({"server": {"name": app}, "client": client});
            objects.push(("policy.linkerd.io/v1beta1", "ServerAuthorization", json!({"metadata": meta, "spec": spec})));
        }
        let snapshot = small.snapshot(true, objects);
        let view = PolicyView::new(&snapshot);
        let ends = ends(&view, &snapshot);
        for (i, from) in &ends {
            for (j, to) in ends.iter().filter(|(j, _)| j != i) {
                for port in [80, 90] {
                    let (client, server) = (&small.pods[*i], &small.pods[*j]);
                    let meshed = client.proxy == Proxy::Linkerd;
                    let in_cluster = address(*i).starts_with("10.0.0.");
                    let expected = if server.proxy == Proxy::Linkerd {
                        match servers.get(&(server.namespace, server.app)).filter(|_| port == 80) {
                            Some(None) => false,
                            Some(Some((account, near))) => {
                                let known = account.is_none_or(|name| {
                                    meshed && client.account == name && client.namespace == server.namespace
                                });
                                known && if *near { !in_cluster } else { in_cluster }
                            }
                            None => match default {
                                "all-authenticated" => meshed,
                                "cluster-authenticated" => meshed && in_cluster,
                                "deny" => false,
                                _ => true,
                            },
                        }
                    } else {
                        true
                    };
                    let connection = Connection { from, to, protocol: Protocol::Tcp, port: Some(port), request: None };
                    let got = view.policies.evaluate(&connection);
                    let expected = if expected { Answer::Allowed } else { Answer::Denied };
                    prop_assert_eq!(got.answer, expected, "{} -> {} {}: {:?}", i, j, port, got);
                }
            }
        }
    }
}

/// Who is let in: an account or anybody, from the near network or from the cluster's.
fn authorization() -> impl Strategy<Value = (Option<&'static str>, bool)> {
    (prop::option::of(prop::sample::select(vec!["robot", "default"])), any::<bool>())
}
