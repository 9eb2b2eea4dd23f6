//! The promises of `docs/semantics/honesty.md` that concern Services, the snapshot's age, and scale.

use kubereach_engine::Filter;
use kubereach_engine::evaluate::Cluster;
use kubereach_engine::evaluate::service::{Backends, Consumer};
use kubereach_engine::judge_snapshot;
use kubereach_engine::judgement::Judged;
use kubereach_intake::progress::Silent;
use kubereach_intake::{InputSpec, IntakeOptions, read};
use kubereach_model::evidence::Dormant;
use kubereach_model::snapshot::{GroupKind, Snapshot};
use kubereach_reports::report::{ConfigVerdict, PathState, Port, SegmentName, UnknownClass, Verdict};
use kubereach_testkit::snapshots::from_input;
use serde_json::{Value, json};

const TAKEN: &str = "2026-01-01T12:00:00Z";

fn snapshot(objects: &[Value], assume: &str) -> Snapshot {
    // Policies are not the point here: their absence is known everywhere.
    let assume = if assume.is_empty() { "NetworkPolicy".to_owned() } else { format!("{assume},NetworkPolicy") };
    let mut snapshot = from_input(objects, &assume);
    snapshot.taken_at = Some(TAKEN.parse().unwrap());
    snapshot
}

fn meta(name: &str, created: &str) -> Value {
    json!({"name": name, "namespace": "shop", "uid": format!("u-{name}"), "creationTimestamp": created, "labels": {"app": "web"}})
}

const LONG_AGO: &str = "2026-01-01T00:00:00Z";

fn service(spec: &Value) -> Value {
    let mut all = json!({"type": "ClusterIP", "clusterIP": "10.96.0.1", "selector": {"app": "web"},
        "ports": [{"port": 80, "targetPort": 8080, "protocol": "TCP"}]});
    all.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
    json!({"apiVersion": "v1", "kind": "Service", "metadata": meta("web", LONG_AGO), "spec": all, "status": {"loadBalancer": {}}})
}

fn pod(n: usize, ready: bool, created: &str) -> Value {
    let word = if ready { "True" } else { "False" };
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": meta(&format!("web-{n}"), created),
        "spec": {"nodeName": "n1", "containers": [{"name": "app", "readinessProbe": {"httpGet": {"port": 8080}},
            "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]}]},
        "status": {"phase": "Running", "podIP": format!("10.0.0.{n}"), "conditions": [{"type": "Ready", "status": word}],
            "containerStatuses": [{"name": "app", "ready": ready, "started": true, "state": {"running": {}}}]}})
}

fn slice(states: &[(bool, bool, bool)]) -> Value {
    let endpoints: Vec<Value> = states
        .iter()
        .zip(1..)
        .map(|((ready, serving, terminating), n)| {
            json!({"addresses": [format!("10.0.0.{n}")],
                "conditions": {"ready": ready, "serving": serving, "terminating": terminating}})
        })
        .collect();
    let mut metadata = meta("web-abc", LONG_AGO);
    metadata["labels"] = json!({"kubernetes.io/service-name": "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"});
    json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata, "addressType": "IPv4",
        "endpoints": endpoints, "ports": [{"name": "", "port": 8080, "protocol": "TCP"}]})
}

fn judged(snapshot: &Snapshot) -> Judged {
    judge_snapshot(snapshot, &Filter::default()).into_iter().find(|j| j.subject.object.name == "web").unwrap()
}

fn codes(judged: &Judged) -> Vec<&'static str> {
    let paths = judged.subject.paths.iter().flat_map(|p| &p.segments);
    paths.flat_map(|s| s.findings()).map(|f| f.code()).collect()
}

#[test]
fn partial_readiness_is_degraded_not_broken() {
    let cluster = snapshot(&[service(&json!({})), pod(1, true, LONG_AGO), pod(2, false, LONG_AGO)], "*");
    let partial =
        snapshot(&[service(&json!({})), slice(&[(true, true, false), (false, false, false)])], "EndpointSlice");
    // Slices are declared complete and hold nothing in the first: pods then contradict them.
    assert_eq!(judged(&cluster).verdict, Verdict::Unknown);
    assert_eq!(judged(&partial).verdict, Verdict::Degraded);
}

#[test]
fn a_single_chain_still_breaks() {
    let broken = snapshot(&[service(&json!({})), pod(1, false, LONG_AGO), slice(&[(false, false, false)])], "*");
    let judged = judged(&broken);
    assert_eq!(judged.verdict, Verdict::Broken);
    assert_eq!(judged.broken_at.unwrap().segment, SegmentName::Endpoints);
}

#[test]
fn unreadable_pods_are_unknown_never_zero_ready() {
    let mut unread = snapshot(&[service(&json!({}))], "");
    unread.coverage.forget(&GroupKind::known("", "Pod"), "permission refused");
    let judged = judged(&unread);
    assert_eq!(judged.verdict, Verdict::Unknown);
    assert!(!judged.headline.contains('0'), "{}", judged.headline);
}

#[test]
fn doubt_outranks_degraded_and_broken_outranks_doubt() {
    // One port is refused for certain, the other is in doubt: the certain one is not hidden by the doubt.
    let ports = json!({"ports": [{"name": "a", "port": 80, "targetPort": "nope", "protocol": "TCP"}]});
    let broken = snapshot(&[service(&ports), pod(1, true, LONG_AGO)], "Pod");
    assert_eq!(judged(&broken).verdict, Verdict::Broken);
    // Narrowed (one of two ready) and in doubt (a target port that nobody declares): unknown.
    let ports = json!({"ports": [{"port": 80, "targetPort": 9999, "protocol": "TCP"}]});
    let doubt = snapshot(&[service(&ports), pod(1, true, LONG_AGO), pod(2, false, LONG_AGO)], "Pod");
    let doubt = judged(&doubt);
    assert_eq!(doubt.verdict, Verdict::Unknown);
    assert!(codes(&doubt).contains(&"service/some-endpoints-not-ready"));
}

#[test]
fn selectorless_is_open_by_design_unless_something_is_unreadable() {
    let by_hand = snapshot(&[service(&json!({"selector": {}}))], "");
    assert_eq!(judged(&by_hand).unknown_class, Some(UnknownClass::ByDesign));
    let unread = snapshot(&[service(&json!({}))], "");
    assert_eq!(judged(&unread).unknown_class, Some(UnknownClass::Investigate));
}

#[test]
fn pods_seconds_old_are_too_young_and_a_crash_is_no_matter_of_age() {
    let young = |object: Value| snapshot(&[service(&json!({})), object, slice(&[(false, false, false)])], "*");
    let starting = judged(&young(pod(1, false, "2026-01-01T11:59:52Z")));
    assert_eq!(starting.verdict, Verdict::Unknown);
    assert!(codes(&starting).contains(&"endpoints/too-young"));
    let mut crashing = pod(1, false, "2026-01-01T11:59:52Z");
    crashing["status"]["containerStatuses"][0]["state"] = json!({"waiting": {"reason": "CrashLoopBackOff"}});
    assert_eq!(judged(&young(crashing)).verdict, Verdict::Broken);
    assert_eq!(judged(&young(pod(1, false, LONG_AGO))).verdict, Verdict::Broken);
}

#[test]
fn a_pod_without_a_creation_time_is_never_called_young() {
    let mut object = pod(1, false, LONG_AGO);
    object["metadata"].as_object_mut().unwrap().remove("creationTimestamp");
    let snapshot = snapshot(&[service(&json!({})), object, slice(&[(false, false, false)])], "*");
    assert_eq!(judged(&snapshot).verdict, Verdict::Broken);
}

fn state(snapshot: &Snapshot, port: &Port, consumer: Consumer, segment: SegmentName) -> PathState {
    let cluster = Cluster::new(snapshot);
    let service = snapshot.services.named("shop", "web").next().unwrap();
    let behind = Backends::new(&cluster, &kubereach_engine::checks::TABLE).of(service, Some(port), consumer, None);
    behind.segments.iter().find(|s| s.name == segment).unwrap().state()
}

#[test]
fn terminating_endpoints_serve_kube_proxy_and_nobody_else() {
    let fading = snapshot(&[service(&json!({})), slice(&[(false, true, true)])], "EndpointSlice");
    let at = |consumer| state(&fading, &Port::Number(80), consumer, SegmentName::Endpoints);
    assert_eq!(at(Consumer::ClusterIp), PathState::Narrowed);
    assert_eq!(at(Consumer::ReadyEndpoints), PathState::Blocked);
    assert_eq!(at(Consumer::IngressNginx), PathState::Blocked);
}

#[test]
fn ingress_nginx_falls_back_to_a_numeric_target_port_where_names_differ() {
    // docs/semantics/services-and-endpoints.md#slice-ports-are-joined-by-name-and-protocol,
    // docs/semantics/ingress-controllers.md#ingress-nginx-takes-a-numeric-target-port-where-no-slice-port-matches.
    let mut by_hand = slice(&[(true, true, false)]);
    by_hand["metadata"]["labels"].as_object_mut().unwrap().remove("endpointslice.kubernetes.io/managed-by");
    by_hand["ports"][0]["name"] = json!("web");
    let ports = json!({"selector": {}, "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]});
    let named = snapshot(&[service(&ports), by_hand], "EndpointSlice");
    let at = |consumer| state(&named, &Port::Name("http".to_owned()), consumer, SegmentName::Port);
    assert_eq!(at(Consumer::ClusterIp), PathState::Blocked);
    assert_eq!(at(Consumer::IngressNginx), PathState::Open);
}

#[test]
fn ingress_nginx_forwards_tcp_only_and_resolves_an_address_alias() {
    let ports = json!({"ports": [{"port": 53, "targetPort": 8080, "protocol": "UDP"}]});
    let udp = snapshot(&[service(&ports), slice(&[(true, true, false)])], "*");
    assert_eq!(state(&udp, &Port::Number(53), Consumer::IngressNginx, SegmentName::Port), PathState::Blocked);
    // docs/semantics/services-and-endpoints.md#an-externalname-that-is-an-address-does-not-resolve.
    let alias = json!({"type": "ExternalName", "externalName": "10.1.2.3"});
    let alias = snapshot(&[service(&alias)], "*");
    assert_eq!(state(&alias, &Port::Number(80), Consumer::ClusterIp, SegmentName::Service), PathState::Blocked);
    assert_eq!(state(&alias, &Port::Number(80), Consumer::IngressNginx, SegmentName::Service), PathState::Open);
}

#[test]
fn a_reference_to_no_known_port_leaves_the_rest_unknown() {
    let cluster = snapshot(&[service(&json!({})), slice(&[(true, true, false)])], "*");
    for segment in [SegmentName::Endpoints, SegmentName::Port] {
        assert_eq!(state(&cluster, &Port::Number(81), Consumer::ClusterIp, segment), PathState::Unknown);
    }
    assert_eq!(state(&cluster, &Port::Number(81), Consumer::ClusterIp, SegmentName::Service), PathState::Open);
}

#[test]
fn scaled_to_zero_is_dormant_for_every_consumer() {
    let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("web", LONG_AGO),
        "spec": {"replicas": 0, "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": []}}},
        "status": {"replicas": 0}});
    let zero = snapshot(&[service(&json!({})), deployment], "*");
    let cluster = Cluster::new(&zero);
    let found = zero.services.named("shop", "web").next().unwrap();
    for consumer in [Consumer::ClusterIp, Consumer::ReadyEndpoints, Consumer::IngressNginx, Consumer::Unknown] {
        let behind = Backends::new(&cluster, &kubereach_engine::checks::TABLE).of(
            found,
            Some(&Port::Number(80)),
            consumer,
            None,
        );
        assert!(matches!(behind.dormant, Some(Dormant::ScaledToZero(_))), "{consumer:?}");
    }
    let judged = judged(&zero);
    assert_eq!((judged.verdict, judged.config), (Verdict::Degraded, ConfigVerdict::Degraded));
}

#[test]
fn aliases_that_lead_in_a_circle_end() {
    let alias = |name: &str, to: &str| {
        json!({"apiVersion": "v1", "kind": "Service", "metadata": meta(name, LONG_AGO),
            "spec": {"type": "ExternalName", "externalName": format!("{to}.shop.svc.cluster.local")}})
    };
    let circle = snapshot(&[alias("web", "other"), alias("other", "web")], "*");
    assert_eq!(judged(&circle).verdict, Verdict::Broken);
}

#[test]
fn broken_input_values_do_not_panic() {
    let ports =
        json!({"ports": [{"port": "eighty", "targetPort": -1, "protocol": null}, {"port": 80}, {"port": 80}, null]});
    let mut odd = slice(&[(true, true, false)]);
    odd["endpoints"][0]["addresses"] = json!(["not an address"]);
    odd["ports"] = Value::Null;
    let options = IntakeOptions::default();
    for objects in [vec![service(&ports)], vec![service(&json!({"ports": null, "selector": null})), odd]] {
        let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
        let input = InputSpec::Bytes { name: "a.json".to_owned(), bytes: list.to_string().into_bytes().into() };
        for snapshot in read(&[input], &options, &Silent).unwrap().snapshots {
            let _ = judge_snapshot(&snapshot, &Filter::default());
        }
    }
}
