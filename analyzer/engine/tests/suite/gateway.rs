//! Honesty of the Gateway API part: the promises of `docs/semantics/honesty.md` that concern it.

use kubereach_engine::checks;
use kubereach_engine::evaluate::Cluster;
use kubereach_engine::judgement::config_verdict;
use kubereach_model::evidence::{Dormant, SubjectPaths};
use kubereach_model::snapshot::Snapshot;
use kubereach_reports::report::{ConfigVerdict, PathState};
use kubereach_testkit::snapshots::{part, whole};
use serde_json::{Value, json};

const API: &str = "gateway.networking.k8s.io/v1";

fn object(api: &str, kind: &str, name: &str, spec: impl Into<Value>) -> Value {
    json!({"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec.into()})
}

fn service(name: &str) -> [Value; 2] {
    let template = json!({"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "app", "ports": [{"containerPort": 8080}]}]}});
    [
        object("v1", "Service", name, json!({"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]})),
        object(
            "apps/v1",
            "Deployment",
            name,
            json!({"selector": {"matchLabels": {"app": name}}, "template": template}),
        ),
    ]
}

fn front(listeners: &Value) -> [Value; 2] {
    [
        object(API, "GatewayClass", "public", json!({"controllerName": "example.net/controller"})),
        object(API, "Gateway", "public", json!({"gatewayClassName": "public", "listeners": listeners})),
    ]
}

fn http() -> Value {
    json!([{"name": "http", "port": 80, "protocol": "HTTP"}])
}

fn route(name: &str, rules: &Value) -> Value {
    object(API, "HTTPRoute", name, json!({"parentRefs": [{"name": "public"}], "rules": rules}))
}

fn judge(items: &[Value], everything: bool) -> Vec<SubjectPaths> {
    let snapshot: Snapshot = if everything { whole(items) } else { part(items) };
    checks::evaluate(&Cluster::new(&snapshot))
}

#[allow(clippy::panic, reason = "a helper of tests")]
fn subject<'a>(subjects: &'a [SubjectPaths], name: &str) -> &'a SubjectPaths {
    subjects.iter().find(|s| s.object.to_string() == name).unwrap_or_else(|| panic!("no subject {name}"))
}

fn codes(subject: &SubjectPaths) -> Vec<&'static str> {
    subject.paths.iter().flat_map(|p| &p.segments).flat_map(|s| s.findings()).map(|f| f.code()).collect()
}

/// A weight-0 backend with a carrying sibling is not counted:
/// `docs/semantics/honesty.md#a-weight-0-backend-beside-a-carrying-sibling-is-dormant`.
#[test]
fn a_drained_backend_is_not_counted() {
    let drained = json!([{"backendRefs": [{"name": "web", "port": 80}, {"name": "gone", "port": 80, "weight": 0}]}]);
    let items: Vec<Value> = front(&http()).into_iter().chain(service("web")).chain([route("web", &drained)]).collect();
    let subjects = judge(&items, true);
    let web = subject(&subjects, "HTTPRoute/shop/web");
    assert_eq!(config_verdict(&web.paths), ConfigVerdict::ConfigOk);
    let dormant: Vec<_> = web.paths.iter().filter(|p| matches!(p.dormant, Some(Dormant::NoTraffic(_)))).collect();
    assert_eq!(dormant.len(), 1);
    assert_eq!(dormant[0].state(), PathState::Blocked, "shown as it is, and not counted");
}

/// All weights zero is no draining, and an omitted weight carries:
/// `docs/semantics/gateway-api.md#weight-zero-takes-a-backend-out`.
#[test]
fn all_weights_zero_is_not_drained() {
    let zero = json!([{"backendRefs": [{"name": "web", "port": 80, "weight": 0}]}]);
    let items: Vec<Value> = front(&http()).into_iter().chain(service("web")).chain([route("web", &zero)]).collect();
    let subjects = judge(&items, true);
    let web = subject(&subjects, "HTTPRoute/shop/web");
    assert!(web.paths.iter().all(|p| p.dormant.is_none()));
    assert_eq!(config_verdict(&web.paths), ConfigVerdict::Broken);
}

/// One broken route degrades its Gateway and never condemns it:
/// `docs/semantics/honesty.md#a-broken-route-does-not-condemn-its-gateway`.
#[test]
fn a_broken_route_does_not_condemn_the_gateway() {
    let gone = json!([{"backendRefs": [{"name": "gone", "port": 80}]}]);
    let items: Vec<Value> = front(&http()).into_iter().chain([route("gone", &gone)]).collect();
    let subjects = judge(&items, true);
    assert_eq!(config_verdict(&subject(&subjects, "HTTPRoute/shop/gone").paths), ConfigVerdict::Broken);
    let gateway = subject(&subjects, "Gateway/shop/public");
    assert_eq!(config_verdict(&gateway.paths), ConfigVerdict::Degraded);
    assert!(gateway.paths.iter().all(|p| p.state() != PathState::Blocked));
}

/// Routes of layer 4 attach by kind; a parentRef of another kind does not attach:
/// `docs/semantics/gateway-api.md#a-parent-of-another-kind-does-not-attach-to-a-gateway`.
#[test]
fn only_parent_refs_to_the_gateway_attach() {
    let listeners = json!([{"name": "tcp", "port": 5432, "protocol": "TCP"}]);
    let rules = json!([{"backendRefs": [{"name": "web", "port": 80}]}]);
    let tcp = object(API, "TCPRoute", "db", json!({"parentRefs": [{"name": "public"}], "rules": rules}));
    let mesh = object(
        API,
        "TCPRoute",
        "mesh",
        json!({"parentRefs": [{"group": "", "kind": "Service", "name": "public"}], "rules": rules}),
    );
    let with = |route: Value| {
        let items: Vec<Value> =
            front(&listeners).into_iter().chain(service("web")).chain(service("public")).chain([route]).collect();
        let subjects = judge(&items, true);
        codes(subject(&subjects, "Gateway/shop/public"))
    };
    assert!(!with(tcp).contains(&"gateway/no-routes"));
    assert!(with(mesh).contains(&"gateway/no-routes"));
}

/// What was not collected is not absent: without coverage nothing blocks that rests on an absence.
#[test]
fn nothing_that_was_not_collected_breaks() {
    let rules = json!([{"backendRefs": [{"name": "gone", "namespace": "data", "port": 80}]}]);
    let secure = json!([{"name": "https", "port": 443, "protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "gone", "namespace": "certs"}]}}]);
    let all = object(API, "Gateway", "public", json!({"gatewayClassName": "gone", "listeners": secure}));
    let elsewhere = object(API, "HTTPRoute", "lost", json!({"parentRefs": [{"name": "gone"}], "rules": rules}));
    for subject in judge(&[all, route("web", &rules), elsewhere], false) {
        assert_eq!(config_verdict(&subject.paths), ConfigVerdict::Unknown, "{}: {:?}", subject.object, codes(&subject));
    }
}

/// A route far wider than a report is judged whole, and keeps a path of each state.
#[test]
fn a_very_wide_route_keeps_a_path_of_each_state() {
    let hosts: Vec<String> = (0..200).map(|i| format!("h{i}.example")).collect();
    let paths: Vec<Value> = (0..100).map(|i| json!({"path": {"value": format!("/p{i}")}})).collect();
    let rules = json!([
        {"matches": paths, "backendRefs": [{"name": "gone", "port": 80}]},
        {"matches": [{"path": {"value": "/ok"}}], "backendRefs": [{"name": "web", "port": 80}]}
    ]);
    let wide = object(
        API,
        "HTTPRoute",
        "wide",
        json!({"parentRefs": [{"name": "public"}], "hostnames": hosts, "rules": rules}),
    );
    let items: Vec<Value> = front(&http()).into_iter().chain(service("web")).chain([wide]).collect();
    let subjects = judge(&items, true);
    let wide = subject(&subjects, "HTTPRoute/shop/wide");
    assert_eq!(wide.paths.len(), 500);
    assert_eq!(config_verdict(&wide.paths), ConfigVerdict::Degraded);
    assert_eq!(wide.notes.first().map(|n| n.code()), Some("route/paths-not-listed"));
}

/// Several paths with equal keys must not occur, whatever the input repeats.
#[test]
fn no_two_paths_have_one_id() {
    let rule = json!({"backendRefs": [{"name": "web", "port": 80}, {"name": "web", "port": 80}]});
    let twice = object(
        API,
        "HTTPRoute",
        "twice",
        json!({"parentRefs": [{"name": "public"}, {"name": "public", "sectionName": "http"}, {"name": "gone"}, {"name": "gone"}], "rules": [rule, rule]}),
    );
    let listeners =
        json!([{"name": "http", "port": 80, "protocol": "HTTP"}, {"name": "http", "port": 81, "protocol": "HTTP"}]);
    let items: Vec<Value> = front(&listeners).into_iter().chain(service("web")).chain([twice]).collect();
    for subject in judge(&items, true) {
        let mut ids: Vec<String> = subject.paths.iter().map(|p| p.key.id()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{}", subject.object);
    }
}
