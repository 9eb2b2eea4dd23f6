//! Honesty of Ingress evaluation: `docs/semantics/honesty.md#a-controller-that-nobody-knows-is-never-condemned`.

use kubereach_reports::report::{CoverageState, Effect, PathState, SegmentName};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::evaluate::Cluster;
use crate::evaluate::service::Backends;
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::state::{Address, Tier};
use kubereach_model::evidence::SubjectPaths;
use kubereach_model::snapshot::{AnyObject, Assumption, Builder, Decode, Snapshot};

struct Json(Value);

impl Decode for Json {
    type Error = serde_json::Error;
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Self::Error> {
        serde_json::from_value(self.0.clone())
    }
}

/// A snapshot of these objects, of which these kinds are known completely.
fn snapshot(objects: &[Value], complete: &[&str]) -> Snapshot {
    let mut builder = Builder::default();
    for object in objects {
        let text = |key: &str| object[key].as_str().unwrap();
        let any = AnyObject::decode(text("apiVersion"), text("kind"), &Json(object.clone())).unwrap();
        builder.push(any, 0, false);
    }
    for kind in complete {
        builder.coverage.assume(Assumption { kind: Some((*kind).to_owned()), namespace: None });
    }
    builder.taken_at = Some("2026-02-01T00:00:00Z".parse().unwrap());
    builder.build()
}

fn class(name: &str, controller: &str) -> Value {
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": name, "uid": "c"},
           "spec": {"controller": controller}})
}

fn ingress(class: Option<&str>, address: Option<&str>) -> Value {
    let published = address.map(|ip| vec![json!({"ip": ip})]).unwrap_or_default();
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
           "metadata": {"name": "web", "namespace": "shop", "uid": "i"},
           "spec": {"ingressClassName": class, "rules": [{"host": "shop.example", "http": {"paths": [
               {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]},
           "status": {"loadBalancer": {"ingress": published}}})
}

fn controller_pod(ready: bool) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
           "metadata": {"name": "c-1", "namespace": "edge", "uid": "p", "creationTimestamp": "2026-01-01T00:00:00Z"},
           "spec": {"containers": [{"name": "c", "image": "registry.k8s.io/ingress-nginx/controller:v1"}]},
           "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": if ready {"True"} else {"False"}}]}})
}

fn judged(snapshot: &Snapshot) -> Vec<SubjectPaths> {
    crate::evaluate::ingress::subjects(&Backends::new(&Cluster::new(snapshot), &crate::checks::TABLE))
}

/// Codes of the address and controller segments of the only path, and the evidence of the controller segment.
fn found(objects: &[Value], complete: &[&str]) -> (Vec<(&'static str, Effect)>, String) {
    let snapshot = snapshot(objects, complete);
    let subjects = judged(&snapshot);
    let path = &subjects[0].paths[0];
    let segments = [SegmentName::Address, SegmentName::Controller].map(|segment| path.segment(segment).unwrap());
    let codes = segments.iter().flat_map(|s| s.findings()).map(|f| (f.code(), f.effect())).collect();
    (codes, segments[1].evidence().to_owned())
}

/// What is only configured is never called served, unknown
/// controllers are never condemned, and a class list that was read completely and is empty is an answer.
#[test]
fn ingress_controller_finding_honesty() {
    let (codes, evidence) =
        found(&[class("nginx", "k8s.io/ingress-nginx"), ingress(Some("nginx"), None)], &["IngressClass", "Pod"]);
    assert!(!evidence.contains("served") && evidence.contains("meant for"), "{evidence}");
    assert!(codes.contains(&("ingress/controller-not-seen", Effect::Inconclusive)), "{codes:?}");

    let (codes, _) = found(&[class("own", "example.com/own"), ingress(Some("own"), None)], &["IngressClass", "Pod"]);
    assert!(codes.iter().all(|(_, effect)| *effect != Effect::Blocks), "{codes:?}");

    let (codes, _) = found(&[ingress(Some("nginx"), None)], &["IngressClass"]);
    assert!(
        codes.contains(&("ingress/class-missing", Effect::Blocks)),
        "an empty, complete list is an answer: {codes:?}"
    );
    let (codes, _) = found(&[ingress(Some("nginx"), None)], &[]);
    assert!(codes.contains(&("ingress/class-not-collected", Effect::Inconclusive)), "{codes:?}");
    assert!(codes.iter().all(|(_, effect)| *effect != Effect::Blocks), "{codes:?}");
}

/// Counts only where the pods of the whole cluster were read.
#[test]
fn ingress_controller_status_counts_only_what_was_read_completely() {
    let objects = [class("nginx", "k8s.io/ingress-nginx"), controller_pod(true), ingress(Some("nginx"), None)];
    let (_, evidence) = found(&objects, &["IngressClass", "Pod"]);
    assert!(evidence.contains("1 of 1 controller pods ready"), "{evidence}");
    let (_, evidence) = found(&objects, &["IngressClass"]);
    assert!(evidence.contains("a ready controller pod was read") && !evidence.contains(" of "), "{evidence}");
}

/// No pod ready blocks only with the pods of the whole cluster.
#[test]
fn ingress_controller_status_blocks_only_with_all_pods() {
    let objects =
        [class("nginx", "k8s.io/ingress-nginx"), controller_pod(false), ingress(Some("nginx"), Some("192.0.2.1"))];
    let (codes, _) = found(&objects, &["IngressClass", "Pod"]);
    assert_eq!(codes, [("ingress/controller-not-ready", Effect::Blocks)]);
    let (codes, _) = found(&objects, &["IngressClass"]);
    assert_eq!(codes, [("ingress/controller-doubtful", Effect::Inconclusive)]);
}

/// `IngressEntryAddress`: addresses by IP and by name, and none.
#[test]
fn ingress_entry_address() {
    let mut by_name = ingress(None, None);
    by_name["status"] = json!({"loadBalancer": {"ingress": [{"hostname": "lb.example"}, {"ip": "192.0.2.1"}]}});
    let mut masked = ingress(None, None);
    masked["status"] = json!({"loadBalancer": {"ingress": [{"ip": "x-ipv4-0000000001-x"}]}});
    let mut stripped = ingress(None, None);
    stripped.as_object_mut().unwrap().remove("status");
    let published = |text: &str| Address::Published(text.to_owned());
    for (object, expected, tier) in [
        (ingress(None, Some("192.0.2.1")), published("192.0.2.1"), Tier::Programmed),
        (by_name, published("lb.example, 192.0.2.1"), Tier::Programmed),
        (masked, published("(masked)"), Tier::Programmed),
        (ingress(None, None), Address::None, Tier::Configured),
        (stripped, Address::NotCollected, Tier::Configured),
    ] {
        let snapshot = snapshot(&[object], &[]);
        let cluster = Cluster::new(&snapshot);
        let all = Ingresses::of(&cluster);
        assert_eq!((&all.states[0].address, all.states[0].tier()), (&expected, tier));
    }
}

/// `HasCloudLBAnnotations`: annotations left over from a cloud do not outweigh a class that resolves.
#[test]
fn has_cloud_lb_annotations() {
    let mut stale = ingress(Some("nginx"), None);
    stale["metadata"]["annotations"] =
        json!({"alb.ingress.kubernetes.io/scheme": "internal", "ingress.kubernetes.io/url-map": "x"});
    let objects = [class("nginx", "k8s.io/ingress-nginx"), controller_pod(true), stale];
    let (codes, evidence) = found(&objects, &["IngressClass", "Pod"]);
    assert!(evidence.contains("ingress-nginx"), "{evidence}");
    assert_eq!(codes, [("ingress/address-unpublished", Effect::Notes)]);
}

/// Knowing less never makes an Ingress more certain: with every kind's completeness taken away nothing
/// blocks, whatever is wrong.
#[test]
fn without_complete_lists_nothing_is_called_missing() {
    let objects = [class("nginx", "k8s.io/ingress-nginx"), ingress(Some("gone"), None)];
    for complete in [&[][..], &["Pod"], &["Service"]] {
        let snapshot = snapshot(&objects, complete);
        let blocked: Vec<_> = judged(&snapshot)
            .iter()
            .flat_map(|s| &s.paths)
            .flat_map(|p| &p.segments)
            .flat_map(|s| s.findings().to_vec())
            .filter(|f| f.effect() == Effect::Blocks)
            .map(|f| f.code())
            .collect();
        let expected: &[&str] = if complete.contains(&"Service") { &["ingress/backend-service-missing"] } else { &[] };
        assert_eq!(blocked, expected, "{complete:?}");
    }
}

/// Forbidden Secrets leave the segment open and say so; where assumptions count as unknown, they make it unknown.
#[test]
fn forbidden_secrets_are_an_assumption_of_the_tls_segment() {
    let mut with_tls = ingress(Some("nginx"), Some("192.0.2.1"));
    with_tls["spec"]["tls"] = json!([{"hosts": ["shop.example"], "secretName": "shop-tls"}]);
    let mut snapshot = snapshot(&[with_tls], &[]);
    let record = kubereach_model::snapshot::CoverageRecord {
        state: CoverageState::Forbidden,
        reason: "secrets is forbidden".to_owned(),
        source: "errors.json".to_owned(),
    };
    snapshot.coverage.record(kubereach_model::snapshot::GroupKind::known("", "Secret"), Some("shop"), record);
    let subjects = judged(&snapshot);
    let tls = subjects[0].paths[0].segment(SegmentName::Tls).unwrap();
    let assumed: Vec<_> = tls.assumptions().iter().map(|a| (a.code(), a.clause())).collect();
    assert_eq!(assumed, [("tls/secret-unseen", "TLS Secrets could not be read (permission refused)".to_owned())]);
    assert!(tls.findings().is_empty() && tls.state() == PathState::Open);

    snapshot.strict = true;
    let subjects = judged(&snapshot);
    let tls = subjects[0].paths[0].segment(SegmentName::Tls).unwrap();
    let codes: Vec<_> = tls.findings().iter().map(|f| (f.code(), f.effect())).collect();
    assert_eq!(codes, [("tls/secret-unseen", Effect::Inconclusive)]);
    assert!(tls.assumptions().is_empty() && tls.state() == PathState::Unknown);
}

/// The code that a certificate gets at the snapshot's time (2026-02-01):
/// `docs/semantics/tls.md#a-certificate-is-valid-between-two-dates`.
#[test]
fn certificates_are_judged_at_the_snapshots_time() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/tls-certificates");
    for (file, expected) in [
        ("shop", None),
        ("expired", Some(("tls/certificate-expired", Effect::Narrows))),
        ("future", Some(("tls/certificate-not-yet-valid", Effect::Narrows))),
        ("soon", Some(("tls/certificate-expires-soon", Effect::Notes))),
        ("certmanager", Some(("tls/certificate-temporary", Effect::Narrows))),
        ("self", Some(("tls/certificate-self-signed", Effect::Notes))),
        ("wildcard", Some(("tls/certificate-other-name", Effect::Narrows))),
    ] {
        let pem = std::fs::read_to_string(folder.join(format!("{file}.pem"))).unwrap();
        let mut with_tls = ingress(Some("nginx"), Some("192.0.2.1"));
        with_tls["spec"]["tls"] = json!([{"hosts": ["shop.example"], "secretName": "shop-tls"}]);
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
            "metadata": {"name": "shop-tls", "namespace": "shop", "uid": "s"},
            "stringData": {"tls.crt": pem, "tls.key": "not a key"}});
        let snapshot = snapshot(&[with_tls, secret], &[]);
        let subjects = judged(&snapshot);
        let tls = subjects[0].paths[0].segment(SegmentName::Tls).unwrap();
        let codes: Vec<_> = tls.findings().iter().map(|f| (f.code(), f.effect())).collect();
        assert_eq!(codes, expected.into_iter().collect::<Vec<_>>(), "{file}");
    }
}
