//! The promises of `docs/semantics/honesty.md` that concern the configuration, each by name. Those about
//! one area alone stand as unit tests beside its checks.

use kubereach_engine::AnalysisOptions;
use kubereach_engine::Filter;
use kubereach_engine::analyze;
use kubereach_engine::judge_snapshot;
use kubereach_intake::progress::Silent;
use kubereach_model::snapshot::{Assumption, GroupKind};
use kubereach_reports::report::{Effect, Report, SegmentName, Subject, Verdict};
use kubereach_testkit::snapshots::{from_input, input};
use serde_json::{Value, json};

fn meta(name: &str) -> Value {
    json!({"name": name, "namespace": "shop", "uid": format!("uid-{name}"), "resourceVersion": "5",
        "creationTimestamp": "2026-01-01T00:00:00Z"})
}

fn cluster(name: &str) -> Value {
    json!({"name": name, "uid": format!("uid-{name}"), "resourceVersion": "5", "creationTimestamp": "2026-01-01T00:00:00Z"})
}

fn base() -> Vec<Value> {
    vec![
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": cluster("shop"), "status": {"phase": "Active"}}),
        json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": cluster("nginx"),
            "spec": {"controller": "k8s.io/ingress-nginx"}}),
    ]
}

/// A Service `name` with one pod for each flag (ready or not), its slice and its Deployment.
fn service(name: &str, pods: &[bool], replicas: usize) -> Vec<Value> {
    let mut objects = vec![json!({"apiVersion": "v1", "kind": "Service", "metadata": meta(name),
        "spec": {"type": "ClusterIP", "clusterIP": "10.96.0.9", "selector": {"app": name},
            "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8080}]},
        "status": {"loadBalancer": {}}})];
    let mut endpoints = Vec::new();
    for (n, ready) in pods.iter().enumerate() {
        let pod = format!("{name}-{n}");
        let ip = format!("10.0.{}.{}", name.len(), n + 1);
        let status = if *ready { "True" } else { "False" };
        let mut metadata = meta(&pod);
        metadata["labels"] = json!({"app": name});
        let state = if *ready {
            json!({"running": {"startedAt": "2026-01-01T00:00:00Z"}})
        } else {
            json!({"waiting": {"reason": "CrashLoopBackOff"}})
        };
        objects.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata,
            "spec": {"containers": [{"name": "app", "ports": [{"containerPort": 8080, "protocol": "TCP"}]}]},
            "status": {"phase": "Running", "podIP": ip, "conditions": [
                {"type": "Ready", "status": status, "lastTransitionTime": "2026-01-01T00:00:00Z"}],
                "containerStatuses": [{"name": "app", "ready": ready, "restartCount": 7, "state": state,
                    "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}}}]}}));
        endpoints.push(json!({"addresses": [ip], "conditions": {"ready": ready, "serving": ready},
            "targetRef": {"kind": "Pod", "name": pod, "namespace": "shop"}}));
    }
    let mut metadata = meta(&format!("{name}-slice"));
    metadata["labels"] = json!({"kubernetes.io/service-name": name});
    objects.push(json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata,
        "addressType": "IPv4", "endpoints": endpoints, "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]}));
    objects.push(json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta(name),
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "app"}]}}},
        "status": {"replicas": replicas}}));
    objects
}

/// An Ingress of a class with one path per backend Service.
fn ingress(class: &str, backends: &[&str]) -> Value {
    let paths: Vec<Value> = backends
        .iter()
        .map(|b| json!({"path": format!("/{b}"), "pathType": "Prefix", "backend": {"service": {"name": b, "port": {"number": 80}}}}))
        .collect();
    let address = if class == "nginx" { json!([{"ip": "203.0.113.1"}]) } else { json!([]) };
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta("web"),
        "spec": {"ingressClassName": class, "rules": [{"host": "shop.example", "http": {"paths": paths}}]},
        "status": {"loadBalancer": {"ingress": address}}})
}

fn whole(objects: &[Value]) -> Report {
    let mut options = AnalysisOptions::default();
    options.intake.assume_complete.push(Assumption { kind: None, namespace: None });
    analyze(&[input("cluster.json", objects)], &options, &Silent).unwrap()
}

fn with(parts: &[Vec<Value>]) -> Vec<Value> {
    base().into_iter().chain(parts.iter().flatten().cloned()).collect()
}

fn subject<'r>(report: &'r Report, kind: &str, name: &str) -> &'r Subject {
    report.subjects.iter().find(|s| s.kind == kind && s.name == name).unwrap_or_else(|| panic!("no {kind} {name}"))
}

fn codes(report: &Report, subject: &Subject) -> Vec<String> {
    let of = |id: &String| report.findings.iter().find(|f| &f.id == id).map(|f| f.code.clone());
    subject.findings.iter().filter_map(of).collect()
}

#[test]
fn one_of_several_backends_broken_is_degraded_with_the_break_on_that_branch() {
    let report = whole(&with(&[
        service("cart", &[true], 1),
        service("pay", &[false], 1),
        vec![ingress("nginx", &["cart", "pay"])],
    ]));
    let web = subject(&report, "Ingress", "web");
    assert_eq!(web.verdict, Verdict::Degraded);
    assert_eq!(web.broken_at.as_ref().unwrap().segment, SegmentName::Endpoints);
    assert!(web.headline.starts_with("1 of 2"), "{}", web.headline);
}

#[test]
fn all_live_backends_broken_is_broken() {
    let report = whole(&with(&[
        service("cart", &[false], 1),
        service("pay", &[false], 1),
        vec![ingress("nginx", &["cart", "pay"])],
    ]));
    assert_eq!(subject(&report, "Ingress", "web").verdict, Verdict::Broken);
}

#[test]
fn a_wall_at_the_entry_is_broken_at_the_entry() {
    let report = whole(&with(&[service("cart", &[true], 1), vec![ingress("gone", &["cart"])]]));
    let web = subject(&report, "Ingress", "web");
    assert_eq!(web.verdict, Verdict::Broken);
    assert_eq!(web.broken_at.as_ref().unwrap().segment, SegmentName::Controller);
}

#[test]
fn a_missing_backend_of_one_rule_is_a_rule_and_of_all_rules_the_ingress() {
    let one = whole(&with(&[service("cart", &[true], 1), vec![ingress("nginx", &["cart", "gone"])]]));
    assert_eq!(subject(&one, "Ingress", "web").verdict, Verdict::Degraded);
    let all = whole(&with(&[vec![ingress("nginx", &["gone", "lost"])]]));
    let web = subject(&all, "Ingress", "web");
    assert_eq!(web.verdict, Verdict::Broken);
    assert_eq!(web.broken_at.as_ref().unwrap().segment, SegmentName::Reference);
}

#[test]
fn a_sibling_rules_missing_backend_does_not_touch_the_service() {
    let report = whole(&with(&[service("cart", &[true], 1), vec![ingress("nginx", &["cart", "gone"])]]));
    let cart = subject(&report, "Service", "cart");
    assert_eq!(cart.verdict, Verdict::ConfigOk);
    assert!(cart.entry_problems.is_empty(), "{:?}", cart.entry_problems);
}

#[test]
fn a_broken_entry_is_shown_at_the_service_and_does_not_condemn_it() {
    let report = whole(&with(&[service("cart", &[true], 1), vec![ingress("gone", &["cart"])]]));
    let cart = subject(&report, "Service", "cart");
    assert_eq!(cart.verdict, Verdict::ConfigOk);
    assert!(cart.broken_at.is_none());
    assert!(!cart.entry_problems.is_empty());
    assert!(cart.headline.contains("Ingress/shop/web") && cart.headline.contains("broken"), "{}", cart.headline);
}

#[test]
fn doubt_outranks_degraded_and_a_wall_outranks_doubt() {
    // Ready and not ready pods: degraded. Seen through an Ingress whose class was not collected: unknown.
    let objects: Vec<Value> = with(&[service("cart", &[true, false], 2), vec![ingress("other", &["cart"])]])
        .into_iter()
        .filter(|o| o["kind"] != "IngressClass")
        .collect();
    let mut snapshot = from_input(&objects, "*");
    snapshot.coverage = kubereach_model::snapshot::Coverage::default();
    for kind in ["Service", "Pod", "EndpointSlice", "Deployment", "NetworkPolicy"] {
        snapshot.coverage.assume(Assumption { kind: Some(kind.to_owned()), namespace: None });
    }
    let judged = judge_snapshot(&snapshot, &Filter::default());
    let verdict = |kind: &str| judged.iter().find(|j| j.subject.object.kind == kind).unwrap().verdict;
    assert_eq!(verdict("Service"), Verdict::Degraded);
    assert_eq!(verdict("Ingress"), Verdict::Unknown);
    let walled = with(&[service("cart", &[false], 1), vec![ingress("other", &["cart"])]]);
    let mut snapshot = from_input(&walled, "*");
    snapshot.coverage = kubereach_model::snapshot::Coverage::default();
    for kind in ["Service", "Pod", "EndpointSlice", "Deployment"] {
        snapshot.coverage.assume(Assumption { kind: Some(kind.to_owned()), namespace: None });
    }
    let judged = judge_snapshot(&snapshot, &Filter::default());
    assert_eq!(judged.iter().find(|j| j.subject.object.kind == "Ingress").unwrap().verdict, Verdict::Broken);
}

#[test]
fn what_cannot_be_told_in_front_is_unknown_at_the_entry() {
    let objects: Vec<Value> = with(&[service("cart", &[true], 1), vec![ingress("other", &["cart"])]]);
    let mut snapshot = from_input(&objects, "*");
    snapshot.coverage = kubereach_model::snapshot::Coverage::default();
    snapshot.coverage.forget(&GroupKind::known("networking.k8s.io", "IngressClass"), "not collected");
    let judged = judge_snapshot(&snapshot, &Filter::default());
    assert_eq!(judged.iter().find(|j| j.subject.object.kind == "Ingress").unwrap().verdict, Verdict::Unknown);
}

#[test]
fn the_shipped_verdict_says_not_tested() {
    let report = whole(&with(&[service("cart", &[true], 1)]));
    let cart = subject(&report, "Service", "cart");
    assert_eq!(cart.verdict, Verdict::ConfigOk);
    assert!(cart.headline.contains("not tested"), "{}", cart.headline);
    assert!(cart.not_checked.iter().any(|u| u.what == "live traffic"));
}

#[test]
fn zero_tested_is_never_healthy() {
    let report = whole(&with(&[service("cart", &[true], 1), vec![ingress("nginx", &["cart"])]]));
    assert_eq!(report.summary.healthy, 0);
    assert!(report.subjects.iter().flat_map(|s| &s.paths).all(|p| p.confidence.is_none()));
}

#[test]
fn a_missing_backend_is_a_statement_about_the_configuration_not_a_failed_dial() {
    let report = whole(&with(&[vec![ingress("nginx", &["gone"])]]));
    let web = subject(&report, "Ingress", "web");
    assert_eq!(web.traffic.word(), "not-tested");
    assert!(web.paths.iter().all(|p| p.outcome.word() == "not-tested" && p.by_vantage.is_empty()));
}

#[test]
fn scaled_to_zero_is_not_broken_and_a_crash_loop_is() {
    let zero = whole(&with(&[service("cart", &[], 0), vec![ingress("nginx", &["cart"])]]));
    for (kind, name) in [("Service", "cart"), ("Ingress", "web")] {
        let at_zero = subject(&zero, kind, name);
        assert_eq!(at_zero.verdict, Verdict::Degraded, "{kind}");
        assert!(at_zero.headline.contains("scaled to zero on purpose"), "{}", at_zero.headline);
        assert!(at_zero.paths.iter().all(|p| p.dormant), "{kind}");
    }
    let crashing = whole(&with(&[service("cart", &[false, false], 2)]));
    let cart = subject(&crashing, "Service", "cart");
    assert_eq!(cart.verdict, Verdict::Broken);
    assert!(codes(&crashing, cart).iter().any(|c| c == "pod/crash-loop"));
    let command = cart.next.as_ref().and_then(|n| n.command.clone()).unwrap();
    assert!(command.starts_with("kubectl logs cart-") && command.ends_with("--previous"), "{command}");
}

#[test]
fn two_rules_to_one_backend_are_two_paths() {
    let report = whole(&with(&[
        service("cart", &[true], 1),
        vec![{
            let mut web = ingress("nginx", &["cart"]);
            let path = json!({"path": "/admin", "pathType": "Prefix", "backend": {"service": {"name": "cart", "port": {"number": 80}}}});
            web["spec"]["rules"][0]["http"]["paths"].as_array_mut().unwrap().push(path);
            web
        }],
    ]));
    let web = subject(&report, "Ingress", "web");
    assert_eq!(web.paths.len(), 2);
    assert_ne!(web.paths[0].id, web.paths[1].id);
}

#[test]
fn ports_are_judged_one_by_one_and_an_ingress_only_by_its_own() {
    let mut objects = with(&[service("cart", &[true], 1), vec![ingress("nginx", &["cart"])]]);
    for object in &mut objects {
        if object["kind"] == "Service" {
            let port = json!({"name": "metrics", "port": 9090, "protocol": "TCP", "targetPort": "nope"});
            object["spec"]["ports"].as_array_mut().unwrap().push(port);
        }
    }
    let report = whole(&objects);
    assert_eq!(subject(&report, "Service", "cart").verdict, Verdict::Degraded);
    assert_eq!(subject(&report, "Ingress", "web").verdict, Verdict::ConfigOk);
}

#[test]
fn tcp_and_udp_of_one_number_are_two_ports() {
    let mut objects = with(&[service("cart", &[true], 1)]);
    for object in &mut objects {
        if object["kind"] == "Service" {
            let port = json!({"name": "quic", "port": 80, "protocol": "UDP", "targetPort": "quic"});
            object["spec"]["ports"].as_array_mut().unwrap().push(port);
        }
    }
    let report = whole(&objects);
    let cart = subject(&report, "Service", "cart");
    let mut ids: Vec<&str> = cart.paths.iter().map(|p| p.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2, "one path for each protocol");
    assert_eq!(cart.verdict, Verdict::Degraded);
}

#[test]
fn the_diagnosis_promotes_an_existing_finding_and_prefers_the_pod() {
    let report = whole(&with(&[service("cart", &[false], 1)]));
    let cart = subject(&report, "Service", "cart");
    let lead = cart
        .findings
        .iter()
        .filter_map(|id| report.findings.iter().find(|f| &f.id == id))
        .find(|f| f.effect == Effect::Blocks)
        .unwrap();
    assert!(
        cart.headline.to_lowercase().contains(&lead.message.to_lowercase().trim_end_matches('.').to_owned()),
        "{}",
        cart.headline
    );
    assert!(lead.command.contains("cart-0"), "{}", lead.command);
}

#[test]
fn a_mesh_sidecar_changes_no_verdict() {
    let mut objects = with(&[service("cart", &[true], 1)]);
    for object in &mut objects {
        if object["kind"] == "Pod" {
            object["metadata"]["annotations"] = json!({"sidecar.istio.io/status": "{}"});
            let sidecar = json!({"name": "istio-proxy", "ports": [{"containerPort": 15090, "protocol": "TCP"}]});
            object["spec"]["containers"].as_array_mut().unwrap().push(sidecar);
        }
    }
    assert_eq!(subject(&whole(&objects), "Service", "cart").verdict, Verdict::ConfigOk);
}
