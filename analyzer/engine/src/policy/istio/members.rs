//! Which pods have a proxy of Istio, and of which kind.
//! (docs/semantics/mesh-policy.md#who-is-in-the-mesh)

use crate::policy::answer::Missing;
use crate::policy::ends::PodEnd;
use crate::policy::mesh::{annotation, lists_port, runs_container};

/// What stands in front of a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proxy<'s> {
    /// Nothing: it is out of the mesh.
    None,
    /// Envoy in the pod.
    Sidecar,
    /// The node's ztunnel (ambient).
    Ztunnel,
    /// The pod is a gateway itself.
    Gateway,
    /// The pod is a waypoint itself.
    Waypoint,
    /// Cannot be told.
    Unknown(Missing<'s>),
}

/// The name of the Gateway whose pod it is.
pub(super) const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";
const MANAGED: &str = "gateway.istio.io/managed";
const DATA_PLANE: &str = "istio.io/dataplane-mode";
const INJECT: &str = "sidecar.istio.io/inject";
const REVISION: &str = "istio.io/rev";
const CONTAINER: &str = "istio-proxy";

/// Labels by which pods are in the mesh or lead through a waypoint.
pub(super) const LABELS: [&str; 7] =
    [GATEWAY_NAME, MANAGED, DATA_PLANE, INJECT, REVISION, "istio.io/use-waypoint", "istio.io/use-waypoint-namespace"];

/// Ports of the proxy itself, which it does not guard.
const OWN_PORTS: [u16; 3] = [15020, 15021, 15090];

/// What stands in front of this pod.
pub(super) fn proxy<'s>(pod: &PodEnd<'s>) -> Proxy<'s> {
    if pod.host_network {
        return Proxy::None;
    }
    if pod.annotations.is_none() {
        return Proxy::Unknown(Missing::Injection);
    }
    if runs_container(pod, CONTAINER) {
        let alone = pod.spec.containers.iter().all(|container| container.name == CONTAINER);
        return match pod.labels.get(MANAGED).map(String::as_str) {
            Some("istio.io-mesh-controller") => Proxy::Waypoint,
            Some("istio.io-gateway-controller") => Proxy::Gateway,
            _ if alone && !pod.spec.containers.is_empty() => Proxy::Gateway,
            _ => Proxy::Sidecar,
        };
    }
    match (captured(pod), injected(pod)) {
        (Some(true), _) => Proxy::Ztunnel,
        (_, Ok(true)) => Proxy::Sidecar,
        (None, _) => Proxy::Unknown(Missing::NamespaceLabels(pod.namespace)),
        (_, Err(missing)) => Proxy::Unknown(missing),
        (Some(false), Ok(false)) => Proxy::None,
    }
}

/// Does the node's ztunnel take its traffic? `None` where it depends on labels that were not read.
fn captured(pod: &PodEnd<'_>) -> Option<bool> {
    // Istio's network plugin leaves this where it has done so.
    if annotation(pod, "ambient.istio.io/redirection") == Some("enabled") {
        return Some(true);
    }
    if let Some(mode) = pod.labels.get(DATA_PLANE) {
        return Some(mode == "ambient");
    }
    match pod.namespace_labels {
        Some(labels) => Some(labels.get(DATA_PLANE).is_some_and(|mode| mode == "ambient")),
        // A pod that runs would bear the annotation.
        None if !pod.is_template => Some(false),
        None => None,
    }
}

/// Will a sidecar be put into the pods of this template? Pods that run have it among their containers or not at all.
fn injected<'s>(pod: &PodEnd<'s>) -> Result<bool, Missing<'s>> {
    if !pod.is_template {
        return Ok(false);
    }
    let own = pod.labels.get(INJECT).map(String::as_str).or_else(|| annotation(pod, INJECT));
    if let Some(own) = own {
        return Ok(own == "true" || own == "y" || own == "yes" || own == "on");
    }
    if pod.labels.contains_key(REVISION) {
        return Ok(true);
    }
    let labels = pod.namespace_labels.ok_or(Missing::NamespaceLabels(pod.namespace))?;
    match labels.get("istio-injection").map(String::as_str) {
        Some("enabled") => Ok(true),
        Some(_) => Ok(false),
        None => Ok(labels.contains_key(REVISION)),
    }
}

/// Does the sidecar leave this port alone?
pub(super) fn leaves_alone(pod: &PodEnd<'_>, port: u16) -> bool {
    let lists = |key: &str| annotation(pod, key).map(|list| lists_port(list, port));
    OWN_PORTS.contains(&port)
        || lists("traffic.sidecar.istio.io/excludeInboundPorts") == Some(true)
        || lists("traffic.sidecar.istio.io/includeInboundPorts") == Some(false)
}

/// Does the client's sidecar leave what it sends there alone?
pub(super) fn leaves_out(pod: &PodEnd<'_>, port: u16) -> bool {
    let lists = |key: &str| annotation(pod, key).is_some_and(|list| lists_port(list, port));
    lists("traffic.sidecar.istio.io/excludeOutboundPorts")
}

/// Annotations that name ports.
pub(super) const PORT_ANNOTATIONS: [&str; 3] = [
    "traffic.sidecar.istio.io/excludeInboundPorts",
    "traffic.sidecar.istio.io/includeInboundPorts",
    "traffic.sidecar.istio.io/excludeOutboundPorts",
];

/// Ports at which the proxy itself answers.
pub(super) const fn own_ports() -> [u16; 3] {
    OWN_PORTS
}
