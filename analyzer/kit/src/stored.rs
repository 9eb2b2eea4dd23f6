//! Objects as an API server stores them.

use std::hash::{Hash as _, Hasher as _};

use serde_json::{Value, json};

/// An object with the metadata that every one has, and `labels` among the rest if it has any.
pub fn object(api_version: &str, kind: &str, namespace: &str, name: &str, rest: Value) -> Value {
    let mut uid = std::hash::DefaultHasher::new();
    (kind, namespace, name).hash(&mut uid);
    let mut object = json!({"apiVersion": api_version, "kind": kind, "metadata": {
        "name": name, "uid": format!("00000000-0000-4000-8000-{:012x}", uid.finish() >> 16), "resourceVersion": "7",
        "creationTimestamp": "2026-01-02T03:04:05Z"}});
    if !namespace.is_empty() {
        object["metadata"]["namespace"] = namespace.into();
    }
    for (key, value) in rest.as_object().unwrap() {
        let place = if key == "labels" { &mut object["metadata"] } else { &mut object };
        place[key] = value.clone();
    }
    object
}

/// A ready pod of app `web` behind a Service, on the node of [`node`].
pub fn pod(namespace: &str, service: &str, ip: &str, port: u16) -> Value {
    let rest = json!({"labels": {"app": "web"},
        "spec": {"nodeName": "n1",
            "containers": [{"name": "web", "image": "web:1", "ports": [{"containerPort": port}]}]},
        "status": {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}],
            "conditions": [{"type": "Ready", "status": "True"}]}});
    object("v1", "Pod", namespace, &format!("{service}-1"), rest)
}

/// The slice that leads from a Service to [`pod`].
pub fn slice(namespace: &str, service: &str, ip: &str, port: u16) -> Value {
    let rest = json!({"labels": {"kubernetes.io/service-name": service,
            "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"},
        "addressType": "IPv4", "ports": [{"name": "http", "port": port, "protocol": "TCP"}],
        "endpoints": [{"addresses": [ip], "conditions": {"ready": true}, "nodeName": "n1",
            "targetRef": {"kind": "Pod", "name": format!("{service}-1"), "namespace": namespace}}]});
    object("discovery.k8s.io/v1", "EndpointSlice", namespace, &format!("{service}-x"), rest)
}

/// A ready node.
pub fn node() -> Value {
    let rest = json!({"status": {"conditions": [{"type": "Ready", "status": "True"}],
        "addresses": [{"type": "InternalIP", "address": "192.168.7.1"}]}});
    object("v1", "Node", "", "n1", rest)
}
