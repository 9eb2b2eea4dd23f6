//! Laws that hold for every cluster: order does not matter, reading twice changes nothing, less knowledge
//! never makes a verdict more certain, nothing is healthy that nobody measured.

use kubereach_engine::AnalysisOptions;
use kubereach_engine::analyze;
use kubereach_intake::progress::Silent;
use kubereach_intake::{InputSpec, IntakeOptions, read};
use kubereach_model::snapshot::{Assumption, GroupKind};
use kubereach_reports::report::{Report, Verdict};
use kubereach_testkit::snapshots::input;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::knowledge::{KINDS, is_better, verdicts};

/// A small cluster: every choice that the checks look at, at random.
#[derive(Debug, Clone)]
struct Cluster {
    services: Vec<ServiceChoice>,
    ingress: Option<IngressChoice>,
    route: Option<RouteChoice>,
    policy: Option<PolicyChoice>,
}

/// A NetworkPolicy and whether something enforces it.
#[derive(Debug, Clone)]
struct PolicyChoice {
    selects: u8,
    rules: u8,
    enforced: bool,
}

#[derive(Debug, Clone)]
struct ServiceChoice {
    selector: bool,
    target: u8,
    kind: u8,
    pods: Vec<(bool, bool)>,
    slice: u8,
    replicas: u8,
}

#[derive(Debug, Clone)]
struct IngressChoice {
    class: u8,
    backend: u8,
    port: u8,
    tls: bool,
    address: bool,
}

#[derive(Debug, Clone)]
struct RouteChoice {
    parent: bool,
    host: u8,
    backend: u8,
    weight: u8,
}

fn clusters() -> impl Strategy<Value = Cluster> {
    let service = (
        any::<bool>(),
        0..4_u8,
        0..4_u8,
        proptest::collection::vec((any::<bool>(), any::<bool>()), 0..4),
        0..4_u8,
        0..3_u8,
    )
        .prop_map(|(selector, target, kind, pods, slice, replicas)| ServiceChoice {
            selector,
            target,
            kind,
            pods,
            slice,
            replicas,
        });
    let ingress = (0..4_u8, 0..4_u8, 0..3_u8, any::<bool>(), any::<bool>())
        .prop_map(|(class, backend, port, tls, address)| IngressChoice { class, backend, port, tls, address });
    let route = (any::<bool>(), 0..3_u8, 0..4_u8, 0..2_u8).prop_map(|(parent, host, backend, weight)| RouteChoice {
        parent,
        host,
        backend,
        weight,
    });
    let policy = (0..4_u8, 0..4_u8, any::<bool>()).prop_map(|(selects, rules, enforced)| PolicyChoice {
        selects,
        rules,
        enforced,
    });
    let services = proptest::collection::vec(service, 1..4);
    let entries = (proptest::option::of(ingress), proptest::option::of(route));
    (services, entries, proptest::option::of(policy)).prop_map(|(services, (ingress, route), policy)| Cluster {
        services,
        ingress,
        route,
        policy,
    })
}

fn meta(name: &str, seed: usize) -> Value {
    json!({"name": name, "namespace": "shop", "uid": format!("00000000-0000-4000-8000-{seed:012}"),
        "resourceVersion": seed.to_string(), "creationTimestamp": "2026-01-01T00:00:00Z"})
}

fn cluster_meta(name: &str, seed: usize) -> Value {
    let mut meta = meta(name, seed);
    meta.as_object_mut().unwrap().remove("namespace");
    meta
}

impl Cluster {
    fn objects(&self) -> Vec<Value> {
        let mut objects = vec![
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": cluster_meta("shop", 1), "status": {"phase": "Active"}}),
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": cluster_meta("nginx", 2),
                "spec": {"controller": "k8s.io/ingress-nginx"}}),
            json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": cluster_meta("gw", 3),
                "spec": {"controllerName": "example.net/gw"}}),
            json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": meta("front", 4),
                "spec": {"gatewayClassName": "gw", "listeners": [
                    {"name": "http", "port": 80, "protocol": "HTTP", "hostname": "*.example"}]}}),
        ];
        for (index, service) in self.services.iter().enumerate() {
            service.add(index, &mut objects);
        }
        if let Some(ingress) = &self.ingress {
            objects.push(ingress.object());
        }
        if let Some(route) = &self.route {
            objects.push(route.object());
        }
        match &self.policy {
            Some(policy) => policy.add(&mut objects),
            None => {
                objects.push(json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicyList", "items": []}));
            }
        }
        // As kubectl prints several kinds: one after the other.
        let kinds: Vec<Value> = objects.iter().map(|object| object["kind"].clone()).collect();
        objects.sort_by_key(|object| kinds.iter().position(|kind| *kind == object["kind"]));
        objects
    }
}

impl PolicyChoice {
    fn add(&self, objects: &mut Vec<Value>) {
        let selector = match self.selects {
            0 => json!({}),
            n => json!({"matchLabels": {"app": format!("app{}", n - 1)}}),
        };
        let ingress = match self.rules {
            0 => json!([]),
            1 => json!([{}]),
            2 => json!([{"from": [{"podSelector": {"matchLabels": {"app": "app0"}}}]}]),
            _ => json!([{"ports": [{"port": 80}]}]),
        };
        objects.push(
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta("policy", 960),
            "spec": {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": ingress}}),
        );
        if self.enforced {
            let mut metadata = meta("calico-node", 961);
            metadata["namespace"] = json!("kube-system");
            objects.push(json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata,
                "spec": {"selector": {"matchLabels": {"k": "v"}}, "template": {"metadata": {"labels": {"k": "v"}}, "spec": {"containers": []}}},
                "status": {"desiredNumberScheduled": 1, "numberReady": 1}}));
            let mut metadata = meta("calico-node-x7k2p", 962);
            metadata["namespace"] = json!("kube-system");
            metadata["labels"] = json!({"k": "v"});
            objects.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": []},
                "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}));
        }
    }
}

impl ServiceChoice {
    fn add(&self, index: usize, objects: &mut Vec<Value>) {
        let name = format!("app{index}");
        let seed = 100 * (index + 1);
        let target = match self.target {
            0 => json!(8080),
            1 => json!("http"),
            2 => json!("nope"),
            _ => json!(9999),
        };
        let mut spec = json!({"type": "ClusterIP", "clusterIP": "10.96.0.1",
            "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": target}]});
        match self.kind {
            1 => spec["clusterIP"] = json!("None"),
            2 => spec["type"] = json!("LoadBalancer"),
            3 => spec["type"] = json!("NodePort"),
            _ => {}
        }
        if self.selector {
            spec["selector"] = json!({"app": name});
        }
        objects.push(json!({"apiVersion": "v1", "kind": "Service", "metadata": meta(&name, seed), "spec": spec,
            "status": {"loadBalancer": {}}}));
        let mut endpoints = Vec::new();
        for (n, (ready, running)) in self.pods.iter().enumerate() {
            let ip = format!("10.0.{index}.{}", n + 1);
            let mut metadata = meta(&format!("{name}-{n}"), seed + n + 1);
            metadata["labels"] = json!({"app": name});
            let phase = if *running { "Running" } else { "Pending" };
            let is_ready = *ready && *running;
            let mut status = json!({"phase": phase,
                "conditions": [{"type": "Ready", "status": if is_ready { "True" } else { "False" }}]});
            if *running {
                status["podIP"] = json!(ip);
                endpoints.push(json!({"addresses": [ip], "conditions": {"ready": is_ready},
                    "targetRef": {"kind": "Pod", "name": format!("{name}-{n}"), "namespace": "shop"}}));
            }
            objects.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": status,
                "spec": {"containers": [{"name": "app", "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]}]}}));
        }
        if self.slice > 0 {
            let mut metadata = meta(&format!("{name}-abc"), seed + 50);
            metadata["labels"] = json!({"kubernetes.io/service-name": name});
            if self.slice == 2 {
                endpoints.clear();
            }
            objects.push(json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata,
                "addressType": "IPv4", "endpoints": endpoints,
                "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]}));
        }
        objects.push(json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta(&name, seed + 60),
            "spec": {"replicas": self.replicas, "selector": {"matchLabels": {"app": name}},
                "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "app"}]}}},
            // No more than there are: a list that holds fewer would be filtered.
            "status": {"replicas": usize::from(self.replicas).min(self.pods.len())}}));
    }
}

impl IngressChoice {
    fn object(&self) -> Value {
        let port = match self.port {
            0 => json!({"number": 80}),
            1 => json!({"name": "http"}),
            _ => json!({"number": 81}),
        };
        let mut spec = json!({"rules": [{"host": "shop.example", "http": {"paths": [
            {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": format!("app{}", self.backend), "port": port}}}]}}]});
        match self.class {
            1 => spec["ingressClassName"] = json!("nginx"),
            2 => spec["ingressClassName"] = json!("missing"),
            _ => {}
        }
        if self.tls {
            spec["tls"] = json!([{"hosts": ["shop.example"], "secretName": "shop-tls"}]);
        }
        let status = if self.address {
            json!({"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}})
        } else {
            json!({"loadBalancer": {}})
        };
        json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta("web", 900), "spec": spec, "status": status})
    }
}

impl RouteChoice {
    fn object(&self) -> Value {
        let host = ["shop.example", "other.test", "a.b.example"][usize::from(self.host)];
        json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": meta("web", 950),
            "spec": {"parentRefs": [{"name": if self.parent { "front" } else { "gone" }}], "hostnames": [host],
                "rules": [{"backendRefs": [{"name": format!("app{}", self.backend), "port": 80, "weight": self.weight}]}]}})
    }
}

fn whole() -> IntakeOptions {
    IntakeOptions { assume_complete: vec![Assumption { kind: None, namespace: None }], ..IntakeOptions::default() }
}

fn report(inputs: &[InputSpec]) -> Report {
    analyze(inputs, &AnalysisOptions { intake: whole(), ..AnalysisOptions::default() }, &Silent).unwrap()
}

/// What must not depend on how the input was cut: everything but the inventory and places.
fn judgement(report: &Report) -> Value {
    let mut findings = serde_json::to_value(&report.findings).unwrap();
    for finding in findings.as_array_mut().unwrap() {
        finding.as_object_mut().unwrap().remove("location");
    }
    json!({"subjects": report.subjects, "findings": findings, "summary": report.summary})
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// The order of objects and of inputs changes nothing
    /// (`docs/semantics/honesty.md#the-same-input-gives-the-same-bytes`).
    #[test]
    fn order_changes_nothing(cluster in clusters(), seed in any::<u64>(), cut in 0..20_usize) {
        let objects = cluster.objects();
        let straight = report(&[input("a.json", &objects)]);
        let mut shuffled = objects.clone();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        let cut = cut.min(shuffled.len());
        let (first, second) = shuffled.split_at(cut);
        let parts = report(&[input("b.json", second), input("a.json", first)]);
        prop_assert_eq!(judgement(&straight), judgement(&parts));
    }

    /// Reading the same input twice changes nothing (`docs/semantics/honesty.md#the-same-input-gives-the-same-bytes`).
    #[test]
    fn reading_twice_changes_nothing(cluster in clusters()) {
        let objects = cluster.objects();
        let once = report(&[input("a.json", &objects)]);
        let twice = report(&[input("a.json", &objects), input("a.json", &objects)]);
        prop_assert_eq!(judgement(&once), judgement(&twice));
    }

    /// The same input gives the same bytes.
    #[test]
    fn the_report_is_deterministic(cluster in clusters()) {
        let objects = cluster.objects();
        let text = |r: &Report| serde_json::to_string(r).unwrap();
        prop_assert_eq!(text(&report(&[input("a.json", &objects)])), text(&report(&[input("a.json", &objects)])));
    }

    /// Less knowledge never makes a verdict more certain, and makes it better only with an assumption that names what
    /// is missing; where assumptions count as unknown, never. Nothing becomes broken by forgetting what is known about
    /// a kind. (Where two collections contradict each other the doubt is no lack of knowledge: without one of the two
    /// witnesses there is no contradiction, and the other is believed with its label.)
    #[test]
    fn less_knowledge_is_never_more_certain(cluster in clusters(), kind in 0..KINDS.len(), strict in any::<bool>()) {
        let objects = cluster.objects();
        let list = [input("a.json", &objects)];
        // Coverage as the list itself proves it, so that it can be forgotten.
        let options = IntakeOptions { strict, ..IntakeOptions::default() };
        let full = read(&list, &options, &Silent).unwrap().snapshots.remove(0);
        let before = verdicts(&full);
        let (group, kind) = KINDS[kind];
        let mut less = full.clone();
        less.coverage.forget(&GroupKind::known(group, kind), "forgotten by the test");
        let after = verdicts(&less);
        for (subject, now) in &after {
            let was = &before[subject];
            if is_better(now.verdict, was.verdict) && !was.contradicted {
                let named = !strict && now.assumed.iter().any(|assumed| assumed == kind);
                prop_assert!(named, "{subject} was {}; without {kind} it is {}, assuming {:?}", was.verdict, now.verdict, now.assumed);
            }
            if now.verdict == Verdict::Broken {
                prop_assert_eq!(was.verdict, Verdict::Broken, "{} is broken only without knowledge of {}", subject, kind);
            }
            prop_assert!(!strict || now.assumed.is_empty());
        }
    }

    /// `docs/semantics/network-policy.md#policies-that-were-not-read-are-not-the-same-as-none`:
    /// a policy that was seen and one that was not may both close a Service. Without the policies and without knowing
    /// that there are none, what they made degraded or broken is config-ok only on the assumption that there are none.
    #[test]
    fn policies_that_were_not_collected_are_not_taken_for_none(cluster in clusters(), strict in any::<bool>()) {
        let objects = cluster.objects();
        let verdicts_of = |objects: &[Value], forget: bool| {
            let options = IntakeOptions { strict, ..whole() };
            let mut snapshot = read(&[input("a.json", objects)], &options, &Silent).unwrap().snapshots.remove(0);
            if forget {
                snapshot.coverage = kubereach_model::snapshot::Coverage::default();
                for kind in ["Service", "Pod", "EndpointSlice", "Endpoints", "Deployment", "DaemonSet"] {
                    snapshot.coverage.assume(Assumption { kind: Some(kind.to_owned()), namespace: None });
                }
            }
            verdicts(&snapshot)
        };
        let with = verdicts_of(&objects, false);
        let left: Vec<Value> =
            objects.into_iter().filter(|o| !o["kind"].as_str().unwrap_or_default().starts_with("NetworkPolicy")).collect();
        let without = verdicts_of(&left, true);
        for (subject, was) in with.iter().filter(|(name, _)| name.starts_with("Service/")) {
            let now = &without[subject];
            if now.verdict == Verdict::ConfigOk && was.verdict != Verdict::ConfigOk {
                let named = !strict && now.assumed.iter().any(|kind| kind == "NetworkPolicy");
                prop_assert!(named, "{subject} was {}; without policies it is config-ok", was.verdict);
            }
        }
    }

    /// Nothing is healthy that nobody measured.
    #[test]
    fn nothing_is_healthy_without_a_measurement(cluster in clusters()) {
        let report = report(&[input("a.json", &cluster.objects())]);
        prop_assert_eq!(report.summary.healthy, 0);
    }
}
