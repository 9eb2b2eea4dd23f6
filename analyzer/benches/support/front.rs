//! What stands in front of the apps: controllers, Gateways, routes, network policies.

use serde_json::{Value, json};

use super::{Size, app, meta, namespace_of, node, ns};

pub(super) fn namespace(name: &str, seed: usize) -> Value {
    let mut metadata = meta(name, None, seed);
    let tier = if seed.is_multiple_of(3) { "web" } else { "internal" };
    metadata["labels"] = json!({"kubernetes.io/metadata.name": name, "tier": tier});
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata, "status": {"phase": "Active"}})
}

/// One HTTPRoute in 25 names a port that the Service does not have.
pub(super) fn route(s: usize, size: Size) -> Value {
    let gateway = json!({"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": gateway(s / 4 % size.gateways()),
        "namespace": "gateways"});
    let condition = |kind: &str, reason: &str| {
        json!({"type": kind, "status": "True", "reason": reason, "message": "", "observedGeneration": 1,
            "lastTransitionTime": "2026-10-01T08:00:00Z"})
    };
    let backend = |port: usize| json!([{"group": "", "kind": "Service", "name": app(s), "port": port, "weight": 1}]);
    let port = if s % 100 == 2 { 81 } else { 80 };
    let mut metadata = meta(&app(s), Some(&namespace_of(s, size)), 6_000_000 + s);
    metadata["generation"] = 1.into();
    json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": metadata,
        "spec": {"parentRefs": [gateway], "hostnames": [format!("{}.routes.example", app(s))], "rules": [
            {"matches": [{"path": {"type": "PathPrefix", "value": "/metrics"}}], "backendRefs": backend(9090)},
            {"matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": backend(port)}]},
        "status": {"parents": [{"parentRef": gateway, "controllerName": "gateway.envoyproxy.io/gatewayclass-controller",
            "conditions": [condition("Accepted", "Accepted"), condition("ResolvedRefs", "ResolvedRefs")]}]}})
}

/// Policies stand in the namespaces with many Services first; then in every so many of the others. One in ten
/// admits nobody.
pub(super) fn policy(p: usize, size: Size) -> Value {
    let namespace = if p < 50 { p % 10 } else { p * size.namespaces() / size.policies().max(1) + 1 };
    let from = |name: &str| json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}});
    let spec = match p % 10 {
        0 | 5 => json!({"podSelector": {}, "policyTypes": ["Ingress"],
            "ingress": [{"from": [from("ingress-nginx"), from("gateways"), {"podSelector": {}}]}]}),
        1 | 6 => json!({"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [
            {"from": [from("ingress-nginx"), from("gateways")], "ports": [{"port": "http", "protocol": "TCP"}]},
            {"from": [from("monitoring")], "ports": [{"port": 9090, "protocol": "TCP"}]}]}),
        2 | 7 => json!({"podSelector": {"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "Exists"}]},
            "policyTypes": ["Ingress"], "ingress": [
            {"from": [{"namespaceSelector": {"matchLabels": {"tier": "web"}}}, from("ingress-nginx"), from("gateways")]}]}),
        3 | 8 => json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": [
            {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
            {"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
             "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}]}),
        4 => json!({"podSelector": {"matchLabels": {"app.kubernetes.io/name": app(p)}}, "policyTypes": ["Ingress"],
            "ingress": [{"from": [from("gone")]}]}),
        _ => {
            json!({"podSelector": {"matchLabels": {"app.kubernetes.io/name": app(namespace)}}, "policyTypes": ["Ingress"]})
        }
    };
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": meta(&format!("policy-{p:04}"), Some(&ns(namespace)), 7_000_000 + p), "spec": spec})
}

fn gateway(n: usize) -> String {
    format!("public-{n}")
}

/// Gateways, the pods that carry traffic, the network plugin, and their namespaces.
pub(super) fn shared(size: Size) -> impl Iterator<Item = Value> {
    let names = ["gateways", "ingress-nginx", "kube-system", "monitoring"];
    let namespaces = names.into_iter().enumerate().map(|(n, name)| namespace(name, 9_900_000 + n));
    let class = json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": meta("envoy", None, 2),
        "spec": {"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"},
        "status": {"conditions": [{"type": "Accepted", "status": "True", "reason": "Accepted", "message": ""}]}});
    let gateways = (0..size.gateways()).map(|n| {
        let conditions = json!([{"type": "Accepted", "status": "True", "reason": "Accepted", "message": ""},
            {"type": "Programmed", "status": "True", "reason": "Programmed", "message": ""}]);
        json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
            "metadata": meta(&gateway(n), Some("gateways"), 5_500_000 + n),
            "spec": {"gatewayClassName": "envoy", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP",
                "hostname": "*.routes.example", "allowedRoutes": {"namespaces": {"from": "All"}}}]},
            "status": {"addresses": [{"type": "IPAddress", "value": format!("203.0.113.{}", n % 200 + 20)}],
                "conditions": conditions, "listeners": [{"name": "http", "attachedRoutes": 1, "supportedKinds":
                    [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute"}], "conditions": conditions}]}})
    });
    let envoys = (0..size.gateways() * 2).map(move |n| {
        let labels = json!({"gateway.envoyproxy.io/owning-gateway-namespace": "gateways",
            "gateway.envoyproxy.io/owning-gateway-name": gateway(n / 2), "app.kubernetes.io/name": "envoy"});
        let name = format!("envoy-{n}");
        running(&name, "gateways", n, &labels, "docker.io/envoyproxy/envoy:v1.31.0", size)
    });
    let labels = json!({"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller"});
    let controllers = (0..3).map(move |n| {
        let name = format!("ingress-nginx-controller-{n}");
        running(&name, "ingress-nginx", 1_000 + n, &labels, "registry.k8s.io/ingress-nginx/controller:v1.12.0", size)
    });
    let labels = json!({"k8s-app": "calico-node"});
    let plugin = json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": meta("calico-node", Some("kube-system"), 3),
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels},
            "spec": {"containers": [{"name": "calico-node", "image": "docker.io/calico/node:v3.29.0"}]}}},
        "status": {"desiredNumberScheduled": size.nodes(), "currentNumberScheduled": size.nodes(),
            "numberReady": size.nodes(), "observedGeneration": 1}});
    namespaces.chain([class]).chain(gateways).chain(envoys).chain(controllers).chain([plugin])
}

/// A pod that runs and is ready.
fn running(name: &str, namespace: &str, n: usize, labels: &Value, image: &str, size: Size) -> Value {
    let mut metadata = meta(name, Some(namespace), 5_600_000 + n);
    metadata["labels"] = labels.clone();
    let address = format!("10.63.{}.{}", n / 250, n % 250 + 1);
    let conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"]
        .map(|kind| json!({"type": kind, "status": "True", "lastTransitionTime": "2026-10-01T08:00:12Z"}));
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata,
        "spec": {"nodeName": node(n % size.nodes()), "containers": [{"name": "proxy", "image": image,
            "ports": [{"containerPort": 80, "name": "http", "protocol": "TCP"}]}]},
        "status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "conditions": conditions,
            "containerStatuses": [{"name": "proxy", "image": image, "ready": true, "restartCount": 0, "started": true,
                "state": {"running": {"startedAt": "2026-10-01T08:00:06Z"}}}]}})
}
