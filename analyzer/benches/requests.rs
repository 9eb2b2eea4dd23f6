//! Requests over many routes, beside the intake of the same process: `cargo bench -p kubereach --bench requests -- 10000`
//! (number of routes; 10,000 without).

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::time::Instant;

use kubereach_engine::evaluate::Cluster;
use kubereach_engine::request::{Query, Requests, Word};
use kubereach_intake::progress::Silent;
use kubereach_intake::{InputSpec, IntakeOptions, read};
use serde_json::{Value, json};

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Any<T> = Result<T, Box<dyn std::error::Error>>;

const AT: &str = "2026-01-20T08:00:00Z";
const SERVICES: usize = 100;

fn meta(name: &str, seed: usize) -> Value {
    json!({"name": name, "namespace": "shop", "uid": format!("00000000-0000-4000-8000-{seed:012}"),
        "creationTimestamp": AT, "generation": 1})
}

/// A Service with a ready pod.
fn service(at: usize) -> Vec<Value> {
    let (name, ip) = (format!("app-{at}"), format!("10.1.{}.{}", at / 200, at % 200 + 1));
    let mut pod = meta(&format!("{name}-1"), 1000 + at);
    pod["labels"] = json!({"app": name});
    let mut slice = meta(&format!("{name}-a"), 2000 + at);
    slice["labels"] = json!({"kubernetes.io/service-name": name});
    let ready = json!({"ready": true, "serving": true, "terminating": false});
    vec![
        json!({"apiVersion": "v1", "kind": "Service", "metadata": meta(&name, 3000 + at),
            "spec": {"type": "ClusterIP", "clusterIP": format!("10.96.{}.{}", at / 200, at % 200 + 1),
                "selector": {"app": name}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
            "status": {"loadBalancer": {}}}),
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": pod,
            "spec": {"containers": [{"name": "app", "image": "registry.example/app:1"}]},
            "status": {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}],
                "conditions": [{"type": "Ready", "status": "True"}]}}),
        json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": slice, "addressType": "IPv4",
            "ports": [{"name": "http", "port": 8080}],
            "endpoints": [{"addresses": [ip], "conditions": ready,
                "targetRef": {"kind": "Pod", "namespace": "shop", "name": format!("{name}-1")}}]}),
    ]
}

/// Half of them are HTTPRoutes, half Ingresses; each has a host of its own and two paths.
fn route(at: usize) -> Value {
    let (name, app) = (format!("route-{at}"), format!("app-{}", at % SERVICES));
    if at.is_multiple_of(2) {
        let backend = json!([{"name": app, "port": 80}]);
        return json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": meta(&name, 10_000 + at),
            "spec": {"parentRefs": [{"name": "public"}], "hostnames": [format!("r{at}.routes.example")], "rules": [
                {"matches": [{"path": {"type": "PathPrefix", "value": "/api"}}], "backendRefs": backend},
                {"matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": backend}]}});
    }
    let path = |path: &str| json!({"path": path, "pathType": "Prefix", "backend": {"service": {"name": app, "port": {"number": 80}}}});
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta(&name, 10_000 + at),
        "spec": {"ingressClassName": "nginx", "rules": [
            {"host": format!("r{at}.routes.example"), "http": {"paths": [path("/api"), path("/")]}}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.9"}]}}})
}

fn main() -> Any<()> {
    let routes = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(10_000);
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("cluster.json");
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    let fixed = vec![
        json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "nginx"},
            "spec": {"controller": "k8s.io/ingress-nginx"}}),
        json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": {"name": "public"},
            "spec": {"controllerName": "example.net/gateway-controller"}}),
        json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": meta("public", 1),
            "spec": {"gatewayClassName": "public", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
            "status": {"addresses": [{"value": "203.0.113.8"}]}}),
    ];
    let items = fixed.into_iter().chain((0..SERVICES).flat_map(service)).chain((0..routes).map(route));
    for item in items {
        serde_json::to_writer(&mut file, &item)?;
        file.write_all(b"\n")?;
    }
    file.into_inner()?;
    let start = Instant::now();
    let intake = read(&[InputSpec::Path(path)], &IntakeOptions::default(), &Silent)?;
    let read = start.elapsed();
    let snapshot = intake.snapshots.first().ok_or("nothing was read")?;
    let start = Instant::now();
    let cluster = Cluster::new(snapshot);
    let requests = Requests::new(&cluster);
    let evaluated = start.elapsed();
    let start = Instant::now();
    let mut undecided = 0;
    for at in 0..10_000 {
        let host = at * 7919 % routes;
        let path = ["/", "/api/x", "/other"].get(at % 3).copied().unwrap_or("/");
        let url = Some(format!("http://r{host}.routes.example{path}"));
        let answer = requests.query(&Query { url, ..Query::default() });
        undecided += usize::from(answer.answer == Word::Unknown);
    }
    let asked = start.elapsed();
    println!(
        "{routes} routes: intake {:.2} s; evaluated in {:.2} s, 10,000 requests in {:.2} s ({undecided} undecided)",
        read.as_secs_f64(),
        evaluated.as_secs_f64(),
        asked.as_secs_f64()
    );
    Ok(())
}
