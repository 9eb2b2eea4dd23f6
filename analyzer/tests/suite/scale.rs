//! Judging costs as much per object in a large cluster as in a small one: eight times the objects, about eight times
//! the work. Work is what the processor did for one thread; never the wall clock.

#[path = "../../benches/support/mod.rs"]
mod support;

use kubereach_engine::Filter;
use kubereach_engine::judge_snapshot;
use kubereach_model::snapshot::{Builder, CoverageRecord, GroupKind, Snapshot};
use kubereach_reports::report::CoverageState;
use kubereach_testkit::snapshots::decoded;
use serde_json::{Value, json};

/// Of whatever a small cluster has many.
const FEW: usize = 100;
/// Times the objects of the small cluster.
const TIMES: usize = 8;
/// More work than this times that of the small cluster is a step that looks at all objects for each of them: such a
/// step alone would take 64 times. A machine with other work to do wavers by less than a factor of two.
const MOST: f64 = 16.0;

/// A cluster of `n` of whatever there are many of.
type Shape = fn(usize) -> Vec<Value>;

fn meta(namespace: &str, name: &str) -> Value {
    json!({"namespace": namespace, "name": name, "uid": format!("{namespace}-{name}"), "resourceVersion": "1",
        "creationTimestamp": "2026-10-01T08:00:00Z"})
}

fn address(n: usize) -> String {
    format!("10.{}.{}.{}", n / 60_000, n / 250 % 250, n % 250 + 1)
}

fn pod(namespace: &str, name: &str, labels: &Value, image: &str, n: usize) -> Value {
    let mut metadata = meta(namespace, name);
    metadata["labels"] = labels.clone();
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata,
        "spec": {"nodeName": format!("node-{n}"), "containers": [{"name": "app", "image": image, "args": ["/run"],
            "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]}]},
        "status": {"phase": "Running", "podIP": address(n), "podIPs": [{"ip": address(n)}],
            "conditions": [{"type": "Ready", "status": "True"}]}})
}

fn service(namespace: &str, name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": meta(namespace, name), "spec": {"clusterIP": "172.20.0.1",
        "selector": {"app": name}, "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": "http"}]},
        "status": {"loadBalancer": {}}})
}

/// The EndpointSlice of a Service: its pods, and their numbers.
fn slice(namespace: &str, service: &str, pods: impl Iterator<Item = (String, usize)>) -> Value {
    let mut metadata = meta(namespace, &format!("{service}-x"));
    metadata["labels"] = json!({"kubernetes.io/service-name": service,
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"});
    let endpoint = |(name, n): (String, usize)| {
        let target = json!({"kind": "Pod", "name": name, "namespace": namespace});
        json!({"addresses": [address(n)], "conditions": {"ready": true}, "targetRef": target})
    };
    json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata, "addressType": "IPv4",
        "endpoints": pods.map(endpoint).collect::<Vec<_>>(), "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]})
}

/// A Service with its pod, and an EndpointSlice.
fn app(namespace: &str, name: &str, n: usize) -> [Value; 3] {
    let labels = json!({"app": name, "part-of": "shop"});
    let only = format!("{name}-0");
    [
        pod(namespace, &only, &labels, "registry.example/app:1", n),
        service(namespace, name),
        slice(namespace, name, std::iter::once((only, n))),
    ]
}

fn ingress(namespace: &str, name: &str, service: &str) -> Value {
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta(namespace, name),
        "spec": {"ingressClassName": "nginx", "rules": [{"host": format!("{name}.example"), "http": {"paths": [
            {"backend": {"service": {"name": service, "port": {"number": 80}}}, "path": "/", "pathType": "Prefix"}]}}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.10"}]}}})
}

fn class() -> Value {
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "nginx"},
        "spec": {"controller": "k8s.io/ingress-nginx"}})
}

fn policy(namespace: &str, name: &str, spec: &Value) -> Value {
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta(namespace, name), "spec": spec})
}

/// As real clusters are: everything grows together.
fn whole(n: usize) -> Vec<Value> {
    support::objects(support::Size { pods: n * 15 }).collect()
}

/// Everything stands in one namespace, with a policy for every app.
fn one_namespace(n: usize) -> Vec<Value> {
    let of = |i: usize| {
        let name = format!("app-{i}");
        let peer = json!({"podSelector": {"matchLabels": {"app": format!("app-{}", (i + 1) % n), "part-of": "shop"}}});
        let spec = json!({"podSelector": {"matchLabels": {"part-of": "shop", "app": name}}, "policyTypes": ["Ingress"],
            "ingress": [{"from": [peer]}]});
        app("shop", &name, i).into_iter().chain([policy("shop", &name, &spec), ingress("shop", &name, &name)])
    };
    (0..n).flat_map(of).chain([class()]).collect()
}

/// A controller, a network plugin and the cluster's DNS on every node, and pods that may only go so far.
fn many_nodes(n: usize) -> Vec<Value> {
    let nginx = json!({"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller"});
    let each = |i: usize| {
        let namespace = format!("team-{i}");
        let name = format!("app-{i}");
        let peer = json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}});
        let spec = json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [peer]}]});
        let controller = pod(
            "ingress-nginx",
            &format!("nginx-{i}"),
            &nginx,
            "registry.k8s.io/ingress-nginx/controller:v1",
            i + 50_000,
        );
        let proxy =
            pod("kube-system", &format!("proxy-{i}"), &json!({"k8s-app": "kube-proxy"}), "kube-proxy:v1", i + 70_000);
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": format!("node-{i}")},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
        app(&namespace, &name, i).into_iter().chain([
            ingress(&namespace, &name, &name),
            policy(&namespace, "egress", &spec),
            controller,
            proxy,
            node,
        ])
    };
    (0..n).flat_map(each).chain([class()]).collect()
}

/// Policies of another system for every app, HTTP and gRPC routes on one listener.
fn many_routes(n: usize) -> Vec<Value> {
    let gateway = json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": meta("gateways", "public"),
        "spec": {"gatewayClassName": "c", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP",
            "allowedRoutes": {"namespaces": {"from": "All"}}}]}});
    let each = |i: usize| {
        let (namespace, name) = (format!("team-{}", i / 4), format!("app-{i}"));
        let parent = json!([{"name": "public", "namespace": "gateways"}]);
        let route = |kind: &str| {
            json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": kind, "metadata": meta(&namespace, &name),
                "spec": {"parentRefs": parent, "hostnames": [format!("{kind}-{i}.example")],
                    "rules": [{"backendRefs": [{"name": name, "port": 80}]}]}})
        };
        let third_party = json!({"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "metadata": meta(&namespace, &name),
            "spec": {"endpointSelector": {"matchLabels": {"app": name}}, "ingress": [{}]}});
        app(&namespace, &name, i).into_iter().chain([route("HTTPRoute"), route("GRPCRoute"), third_party])
    };
    (0..n).flat_map(each).chain([gateway]).collect()
}

/// One Service with all pods behind it, no two of which have the same labels, under a policy.
fn one_service(n: usize) -> Vec<Value> {
    let count = n * 20;
    let name = |i: usize| format!("db-{i:06}");
    let of =
        |i: usize| pod("shop", &name(i), &json!({"app": "db", "pod-index": i.to_string()}), "registry.example/db:1", i);
    let slice = slice("shop", "db", (0..count).map(|i| (name(i), i)));
    let peer = json!({"podSelector": {"matchLabels": {"app": "web"}}});
    let spec = json!({"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"], "ingress": [{"from": [peer]}]});
    (0..count)
        .map(of)
        .chain([service("shop", "db"), slice, policy("shop", "db", &spec), ingress("shop", "db", "db"), class()])
        .collect()
}

/// Manifests: nothing of it runs.
fn manifests(n: usize) -> Vec<Value> {
    let each = |i: usize| {
        let name = format!("app-{i}");
        let labels = json!({"app": name});
        [
            json!({"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "shop", "name": name},
                "spec": {"selector": labels, "ports": [{"port": 80, "targetPort": 8080}]}}),
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"namespace": "shop", "name": name},
                "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "app", "image": "app", "ports": [{"containerPort": 8080}]}]}}}}),
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"namespace": "shop", "name": name},
                "spec": {"rules": [{"host": format!("{name}.example"), "http": {"paths": [{"backend": {"service":
                    {"name": name, "port": {"number": 80}}}, "path": "/", "pathType": "Prefix"}]}}]}}),
        ]
    };
    (0..n).flat_map(each).collect()
}

fn snapshot(objects: Vec<Value>, live: bool) -> Snapshot {
    let mut builder = Builder::default();
    let mut namespaces = std::collections::BTreeSet::new();
    for object in objects {
        namespaces.extend(object["metadata"]["namespace"].as_str().map(str::to_owned));
        builder.push(decoded(&object), 0, !live);
    }
    if live {
        // As a collector leaves it that lists namespace by namespace.
        let record = |reason: &str| CoverageRecord {
            state: CoverageState::Complete,
            reason: reason.to_owned(),
            source: String::new(),
        };
        for (group, kind) in [
            ("", "Pod"),
            ("", "Service"),
            ("discovery.k8s.io", "EndpointSlice"),
            ("networking.k8s.io", "NetworkPolicy"),
            ("networking.k8s.io", "Ingress"),
            ("apps", "Deployment"),
            ("apps", "StatefulSet"),
            ("apps", "DaemonSet"),
            ("batch", "CronJob"),
        ] {
            let kind = GroupKind { group: group.to_owned().into(), kind: kind.to_owned().into() };
            builder.coverage.record(kind.clone(), None, record("a list of the cluster"));
            for namespace in &namespaces {
                builder.coverage.record(kind.clone(), Some(namespace), record("a list of the namespace"));
            }
        }
    }
    builder.build()
}

/// Nanoseconds that the processor worked for this process; `None` where the system does not tell.
fn worked() -> Option<u64> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let of_task = |task: std::fs::DirEntry| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    };
    tasks.map_while(Result::ok).map(of_task).sum()
}

/// The work of judging, the least of some runs.
fn work(objects: Vec<Value>, live: bool) -> Option<f64> {
    let snapshot = snapshot(objects, live);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let once = || {
        let before = worked()?;
        let judged = pool.install(|| judge_snapshot(&snapshot, &Filter::default()));
        assert!(!judged.is_empty());
        // Threads that ended in between take their work along: such a run tells nothing.
        worked()?.checked_sub(before)
    };
    #[allow(clippy::cast_precision_loss, reason = "a ratio")]
    (0..3).filter_map(|_| once()).min().map(|least| least as f64)
}

/// All of them in one test: tests beside each other would count each other's work.
#[test]
fn judging_takes_no_step_that_looks_at_everything_for_everything() {
    let shapes: [(&str, Shape, bool); 6] = [
        ("a whole cluster", whole, true),
        ("one namespace", one_namespace, true),
        ("many nodes", many_nodes, true),
        ("many routes", many_routes, true),
        ("one service", one_service, true),
        ("manifests", manifests, false),
    ];
    for (name, shape, live) in shapes {
        let (Some(small), Some(large)) = (work(shape(FEW), live), work(shape(FEW * TIMES), live)) else {
            println!("SKIPPED: this system does not tell how long the processor worked");
            return;
        };
        println!("{name}: {:.1} ms, {TIMES} times the objects {:.1} ×", small / 1e6, large / small);
        assert!(large < MOST * small, "{name}: {TIMES} times the objects take {:.1} times the work", large / small);
    }
}
