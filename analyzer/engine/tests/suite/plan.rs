//! The plan of every situation: valid, complete, honest about its guesses, and the same whatever the order
//! of the input.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use kubereach_engine::Filter;
use kubereach_engine::checks;
use kubereach_engine::evaluate::Cluster;
use kubereach_engine::plan_snapshot;
use kubereach_intake::progress::Silent;
use kubereach_intake::read;
use kubereach_model::snapshot::Snapshot;
use kubereach_prober::Plan;
use kubereach_prober::plan::Target;
use kubereach_prober::words::{Protocol, Purpose, Segment, VantageKind};
use kubereach_testkit::situations::{args, folders, inputs, options};
use kubereach_testkit::snapshots::{json_file, whole};
use proptest::prelude::*;
use serde_json::{Value, json};

fn plan(snapshot: &Snapshot) -> Plan {
    plan_snapshot(snapshot, &Filter::default(), None)
}

fn validator() -> jsonschema::Validator {
    let path = kubereach_testkit::repository().join("prober/schema/plan-v1.json");
    jsonschema::validator_for(&json_file(&path)).unwrap()
}

fn snapshots(folder: &Path) -> Vec<Snapshot> {
    read(&inputs(folder), &options(&args(folder)), &Silent).map(|intake| intake.snapshots).unwrap_or_default()
}

#[test]
fn every_path_of_every_situation_has_a_dial_or_a_reason() {
    let validator = validator();
    let folders = folders();
    let mut seen = 0_usize;
    for folder in folders {
        for snapshot in snapshots(&folder) {
            let at = folder.display();
            let plan = plan(&snapshot);
            let document = serde_json::to_value(&plan).unwrap();
            let errors: Vec<String> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{at}: {errors:?}");
            assert_eq!(Plan::parse(document.to_string().as_bytes()).unwrap(), plan, "{at}");
            dials_are_told_apart(&plan, &at.to_string());

            let targets = by_path(&plan);
            let left_out: BTreeSet<&str> = plan.left_out.iter().map(|l| l.id.as_str()).collect();
            let cluster = Cluster::new(&snapshot);
            for path in checks::evaluate(&cluster).iter().flat_map(|s| &s.paths) {
                let id = path.key.id();
                let dials = targets.get(id.as_str()).map(Vec::as_slice).unwrap_or_default();
                assert!(!dials.is_empty() || left_out.contains(id.as_str()), "{at}: nothing is said of {:?}", path.key);
                if path.dormant.is_some() {
                    assert!(dials.is_empty(), "{at}: a dormant path is dialled: {:?}", path.key);
                }
                guesses_are_flagged(path, dials, &at.to_string());
                a_name_is_never_all_of_a_path(path, dials, &at.to_string());
                seen += 1;
            }
        }
    }
    assert!(seen > 500, "only {seen} paths");
}

fn by_path(plan: &Plan) -> BTreeMap<&str, Vec<&Target>> {
    let mut all: BTreeMap<&str, Vec<&Target>> = BTreeMap::new();
    for target in plan.targets.iter().filter(|t| t.purpose == Purpose::Path) {
        for id in target.also.iter().chain([&target.id]) {
            all.entry(id).or_default().push(target);
        }
    }
    all
}

/// A row of the result names its dial by id and `dial`; nothing else may have both. Equal questions are
/// asked once.
fn dials_are_told_apart(plan: &Plan, at: &str) {
    let mut names = BTreeSet::new();
    let mut questions = BTreeSet::new();
    for target in &plan.targets {
        assert!(names.insert((&target.id, &target.dial)), "{at}: twice {} {}", target.id, target.dial);
        assert!(target.span.from <= target.span.to, "{at}: {target:?}");
        assert!(target.address.is_some() || target.name.is_some(), "{at}: {target:?}");
        assert!(!target.settles.is_empty() && !target.chosen.is_empty(), "{at}: {target:?}");
        let mut bare = target.clone();
        (bare.id, bare.dial, bare.settles, bare.chosen, bare.also) = Default::default();
        assert!(questions.insert(serde_json::to_string(&bare).unwrap()), "{at}: asked twice: {target:?}");
    }
}

/// A wildcard host and a pattern instead of a path cannot be asked as they are.
fn guesses_are_flagged(path: &kubereach_model::evidence::Path, dials: &[&Target], at: &str) {
    if path.key.entry.kind == "Gateway" {
        return;
    }
    let wildcard = path.key.host.as_deref().is_some_and(|host| host.contains('*'));
    let pattern = path.key.matches.as_deref().is_some_and(|text| text.contains("RegularExpression"));
    let requests = dials.iter().filter(|t| t.dial.starts_with("front-door") && t.protocol != Protocol::Tcp);
    for request in requests.filter(|_| wildcard || pattern) {
        assert!(request.guessed, "{at}: {request:?}");
    }
}

/// Success of DNS is never reachability.
fn a_name_is_never_all_of_a_path(path: &kubereach_model::evidence::Path, dials: &[&Target], at: &str) {
    let ports = path.segment(kubereach_reports::report::SegmentName::Port).is_some();
    for dial in dials.iter().filter(|t| t.protocol == Protocol::Dns) {
        assert!(ports && dial.span.to < Segment::Port, "{at}: {dial:?}");
    }
}

fn object(kind: &str, api: &str, name: &str, rest: Value) -> Value {
    let mut object = json!({"apiVersion": api, "kind": kind, "metadata": {
        "name": name, "namespace": "shop", "uid": format!("uid-{kind}-{name}"), "resourceVersion": "7",
        "creationTimestamp": "2026-01-01T00:00:00Z"}});
    object.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    object
}

/// An Ingress in front of two Services, a canary by weight, a UDP and an SCTP port, a Gateway with a route.
fn cluster() -> Vec<Value> {
    let service =
        |name: &str, spec: Value| object("Service", "v1", name, json!({"spec": spec, "status": {"loadBalancer": {}}}));
    let backend = |name: &str| json!({"service": {"name": name, "port": {"number": 80}}});
    let slice = |name: &str, service: &str, endpoints: Value| {
        let mut slice = object(
            "EndpointSlice",
            "discovery.k8s.io/v1",
            name,
            json!({
            "addressType": "IPv4", "endpoints": endpoints, "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]}),
        );
        slice["metadata"]["labels"] = json!({"kubernetes.io/service-name": service});
        slice
    };
    let ingress = |name: &str, annotations: Value, service: &str| {
        let mut ingress = object(
            "Ingress",
            "networking.k8s.io/v1",
            name,
            json!({
            "spec": {"ingressClassName": "nginx", "rules": [
                {"host": "shop.example", "http": {"paths": [
                    {"path": "/", "pathType": "Prefix", "backend": backend(service)},
                    {"path": "/old(/|$)(.*)", "pathType": "ImplementationSpecific", "backend": backend(service)}]}},
                {"host": "*.shop.example", "http": {"paths": [
                    {"path": "/", "pathType": "Prefix", "backend": backend(service)}]}}],
                "tls": [{"hosts": ["shop.example"], "secretName": "t"}]},
            "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}, {"hostname": "lb.example.net"}]}}}),
        );
        ingress["metadata"]["annotations"] = annotations;
        ingress
    };
    vec![
        service(
            "web",
            json!({"type": "ClusterIP", "clusterIP": "10.96.0.8", "selector": {"app": "web"}, "ports": [
            {"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8080},
            {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
            {"name": "log", "port": 514, "protocol": "UDP", "targetPort": 514},
            {"name": "sig", "port": 2905, "protocol": "SCTP", "targetPort": 2905}]}),
        ),
        service(
            "next",
            json!({"type": "ClusterIP", "clusterIP": "10.96.0.9", "selector": {"app": "next"}, "ports": [
            {"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8080}]}),
        ),
        service(
            "db",
            json!({"type": "ExternalName", "externalName": "db.example.net", "ports": [
            {"name": "postgres", "port": 5432, "protocol": "TCP"}]}),
        ),
        slice(
            "web-1",
            "web",
            json!([
            {"addresses": ["10.1.0.1"], "conditions": {"ready": true}},
            {"addresses": ["10.1.0.2"], "conditions": {"ready": true}},
            {"addresses": ["10.1.0.3"], "conditions": {"ready": true}},
            {"addresses": ["10.1.0.4"], "conditions": {"ready": true}},
            {"addresses": ["10.1.0.5"], "conditions": {"ready": false}}]),
        ),
        slice("next-1", "next", json!([{"addresses": ["10.1.0.9"], "conditions": {"ready": true}}])),
        ingress("web", json!({}), "web"),
        ingress(
            "canary",
            json!({"nginx.ingress.kubernetes.io/canary": "true",
            "nginx.ingress.kubernetes.io/canary-weight": "20"}),
            "next",
        ),
        object(
            "Gateway",
            "gateway.networking.k8s.io/v1",
            "edge",
            json!({
            "spec": {"gatewayClassName": "x", "listeners": [{"name": "http", "port": 8080, "protocol": "HTTP"}]},
            "status": {"addresses": [{"type": "IPAddress", "value": "198.51.100.4"}]}}),
        ),
        object(
            "HTTPRoute",
            "gateway.networking.k8s.io/v1",
            "api",
            json!({
            "spec": {"parentRefs": [{"name": "edge"}], "hostnames": ["api.example"], "rules": [{
                "matches": [
                    {"path": {"type": "PathPrefix", "value": "/v1"}, "headers": [{"name": "X-Canary", "value": "1"}]},
                    {"path": {"type": "RegularExpression", "value": "/v[23]"}},
                    {"path": {"type": "PathPrefix", "value": "/order"}, "method": "POST"}],
                "backendRefs": [{"name": "web", "port": 80}]}]}}),
        ),
    ]
}

fn target<'p>(plan: &'p Plan, settles: &str, dial: &str) -> &'p Target {
    let found = plan.targets.iter().find(|t| t.settles.starts_with(settles) && t.dial.starts_with(dial));
    found.unwrap_or_else(|| panic!("no {dial} for {settles}: {:#?}", plan.targets))
}

#[test]
fn the_dials_of_a_small_world_are_what_they_should_be() {
    let plan = plan(&whole(&cluster()));
    let http = target(&plan, "Service/shop/web cluster-ip port 80", "cluster-ip/10.96.0.8");
    assert_eq!(
        (http.protocol, http.samples, http.vantages.as_slice()),
        (Protocol::Http, 3, &[VantageKind::InCluster][..])
    );
    assert_eq!((http.span.from, http.span.to), (Segment::Service, Segment::Port));
    // The Ingress' and the route's paths lead to the same Service and share its dials.
    assert!(http.also.len() >= 3, "{http:?}");

    // Endpoints: three of the four that carry, and the one that does not as a control.
    let endpoints = plan.targets.iter().filter(|t| t.dial.starts_with("endpoint/10.1.0.") && t.id == http.id).count();
    assert_eq!(endpoints, 3);
    let ineffective = plan.targets.iter().find(|t| t.id == "control/idle/shop/web/10.1.0.5:8080").unwrap();
    assert_eq!((ineffective.purpose, ineffective.address), (Purpose::Control, "10.1.0.5".parse().ok()));
    assert!(plan.left_out.iter().any(|l| l.why.contains("1 further addresses")));

    // Main and canary take the same request: its answer does not tell which of them it is from.
    let front = target(&plan, "Ingress/shop/web shop.example Prefix /", "front-door/https/203.0.113.7:443");
    assert_eq!(front.span.to, Segment::Rule);
    assert_eq!((front.host.as_deref(), front.verify, front.guessed), (Some("shop.example"), true, false));
    let pattern = target(&plan, "Ingress/shop/web shop.example /old", "front-door/https");
    assert_eq!((pattern.path.as_deref(), pattern.guessed), (Some("/old"), true));
    let wildcard = target(&plan, "Ingress/shop/web *.shop.example", "front-door/http/");
    assert_eq!((wildcard.host.as_deref(), wildcard.guessed), (Some("kubereach-probe.shop.example"), true));
    let named = target(&plan, "Ingress/shop/web shop.example Prefix /", "front-door/https/lb.example.net");
    assert_eq!((named.name.as_deref(), named.address), (Some("lb.example.net."), None));

    // The route: its header, a guess for the pattern, and what is never sent.
    let route = target(&plan, "HTTPRoute/shop/api api.example /v1", "front-door/http/198.51.100.4:8080");
    assert_eq!(route.headers.get("x-canary").map(String::as_str), Some("1"));
    assert_eq!((route.span.from, route.span.to), (Segment::Address, Segment::Port));
    assert!(target(&plan, "HTTPRoute/shop/api api.example Regular", "front-door/http").guessed);
    assert!(plan.left_out.iter().any(|l| l.dial == "front-door" && l.why.contains("POST")));

    // UDP: a DNS server can be asked; what else there is ends as not tested.
    assert!(target(&plan, "Service/shop/web cluster-ip port 53", "cluster-ip").query.is_some());
    assert_eq!(target(&plan, "Service/shop/web cluster-ip port 514", "cluster-ip").query, None);
    assert_eq!(target(&plan, "Service/shop/web cluster-ip port 2905", "cluster-ip").protocol, Protocol::Sctp);

    let alias = target(&plan, "Service/shop/db", "service/5432");
    assert_eq!((alias.name.as_deref(), alias.protocol), (Some("db.shop.svc"), Protocol::Tcp));

    for control in ["control/cluster-dns", "control/unknown-host/https/203.0.113.7:443", "control/host/shop.example"] {
        let found = plan.targets.iter().find(|t| t.id == control).unwrap_or_else(|| panic!("{control}"));
        assert_eq!(found.purpose, Purpose::Control);
    }
}

#[test]
fn an_address_that_nodes_take_for_themselves_is_two_dials() {
    let mut objects = cluster();
    objects.push(object(
        "Service",
        "v1",
        "controller",
        json!({
        "spec": {"type": "LoadBalancer", "clusterIP": "10.96.0.20", "selector": {"app": "c"},
            "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 80, "nodePort": 30080}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.7", "ipMode": "VIP"}]}}}),
    ));
    let plan = plan(&whole(&objects));
    let outside = target(&plan, "Ingress/shop/web shop.example Prefix /", "front-door/https/203");
    let inside = target(&plan, "Ingress/shop/web shop.example Prefix /", "front-door-inside/https/203");
    assert_eq!((outside.span.from, outside.vantages.as_slice()), (Segment::Address, &[VantageKind::Local][..]));
    assert_eq!((inside.span.from, inside.vantages.as_slice()), (Segment::Controller, &[VantageKind::InCluster][..]));
}

#[test]
fn a_limit_keeps_what_settles_most_and_names_the_rest() {
    let snapshot = whole(&cluster());
    let whole = plan(&snapshot);
    for most in [1, 3, 10, 20] {
        let some = plan_snapshot(&snapshot, &Filter::default(), Some(most));
        assert!(some.targets.len() <= most, "{most}");
        let named = by_path(&some);
        let left: BTreeSet<&str> = some.left_out.iter().map(|l| l.id.as_str()).collect();
        for id in by_path(&whole).keys() {
            assert!(named.contains_key(id) || left.contains(id), "{most}: {id}");
        }
    }
    assert!(whole.targets.len() > 20);
}

#[test]
fn a_filter_plans_its_subjects_and_what_is_behind_them() {
    let filter = Filter { kinds: vec!["Ingress".to_owned()], names: vec!["web".to_owned()], ..Filter::default() };
    let plan = plan_snapshot(&whole(&cluster()), &filter, None);
    let of_paths: Vec<&Target> = plan.targets.iter().filter(|t| t.purpose == Purpose::Path).collect();
    assert!(of_paths.iter().all(|t| t.settles.starts_with("Ingress/shop/web")));
    assert!(of_paths.iter().any(|t| t.dial.starts_with("cluster-ip/10.96.0.8")));
    assert!(!of_paths.iter().any(|t| t.dial.contains("10.96.0.9")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_input_changes_nothing(items in Just(cluster()).prop_shuffle()) {
        let (a, b) = (plan(&whole(&cluster())), plan(&whole(&items)));
        prop_assert_eq!(a.digest().unwrap(), b.digest().unwrap());
        prop_assert_eq!(a, b);
    }

    #[test]
    fn another_world_has_another_digest(gone in 0..9_usize) {
        let mut items = cluster();
        items.remove(gone);
        let (a, b) = (plan(&whole(&cluster())), plan(&whole(&items)));
        prop_assert_ne!(a.snapshot, b.snapshot);
    }
}
