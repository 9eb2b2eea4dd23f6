//! Who dials the backends of a front door: the pods that carry its traffic, not those that only configure
//! them.
//!
//! Sources: GEP-1762 (the label `gateway.networking.k8s.io/gateway-name` on what an implementation makes
//! for a Gateway), and the labels and images that each product's documentation and default install name.
//! Who is not recognised here stays an unknown caller.

use std::collections::HashMap;
use std::hash::Hash;

use super::ClusterIndex;
use super::controllers::{Controller, Place, Product, Recogniser};
use kubereach_model::snapshot::model::{Gateway, Pod};
use kubereach_model::snapshot::{Found, Siblings, Snapshot};

/// What carries the traffic of a front door.
#[derive(Debug, Clone)]
pub struct Proxy<'s> {
    /// As people call it.
    pub name: &'static str,
    /// What dials the backends.
    pub carrier: Carrier<'s>,
}

/// What dials the backends.
#[derive(Debug, Clone)]
pub enum Carrier<'s> {
    /// These pods.
    Pods(Vec<Found<'s, Pod>>),
    /// A proxy on every node that the network plugin knows by an identity of its own, which no
    /// `NetworkPolicy` can name.
    OwnIdentity,
}

/// GEP-1762: on every resource that an implementation makes for a Gateway, in the Gateway's namespace.
const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";
/// What Istio wrote before it.
const ISTIO_GATEWAY_NAME: &str = "istio.io/gateway-name";
/// On the Envoy pods that Contour's provisioner makes.
const CONTOUR_GATEWAY_NAME: &str = "projectcontour.io/owning-gateway-name";

/// Labels by which the pods of one Gateway are looked for.
pub(super) const NAMES_OF_GATEWAYS: [&str; 3] = [GATEWAY_NAME, ISTIO_GATEWAY_NAME, CONTOUR_GATEWAY_NAME];

/// How the pods of an implementation are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// By the label of GEP-1762, in the Gateway's namespace.
    PerGateway,
    /// Envoy Gateway: by its own labels that name the Gateway, or the class where Gateways are merged.
    EnvoyGateway,
    /// Contour: Envoy pods of its provisioner, or those beside Contour itself.
    Contour,
    /// One data plane for every Gateway.
    Shared(Kind),
    /// A proxy on the node.
    OwnIdentity,
}

/// Data planes that are told by one look at a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Kong,
    Traefik,
    HaproxyIngress,
    IstioIngress,
    NginxGatewayFabric,
    ContourEnvoy,
}

/// `controllerName` of a GatewayClass by its start, with its name.
const GATEWAYS: [(&str, &str, Manner); 10] = [
    ("gateway.envoyproxy.io/", "Envoy Gateway", Manner::EnvoyGateway),
    ("istio.io/", "Istio", Manner::PerGateway),
    ("kgateway.dev/", "kgateway", Manner::PerGateway),
    ("solo.io/", "Gloo Gateway", Manner::PerGateway),
    ("gateway.nginx.org/", "NGINX Gateway Fabric", Manner::PerGateway),
    ("projectcontour.io/", "Contour", Manner::Contour),
    ("konghq.com/", "Kong", Manner::Shared(Kind::Kong)),
    ("traefik.io/", "Traefik", Manner::Shared(Kind::Traefik)),
    ("haproxy-ingress.github.io/", "HAProxy Ingress", Manner::Shared(Kind::HaproxyIngress)),
    ("io.cilium/", "Cilium", Manner::OwnIdentity),
];

/// Pods that carry the traffic of front doors or configure those that do, by one look at each kind of pod.
#[derive(Debug, Default)]
pub struct ProxyPods<'s> {
    /// By the name of the controller they are recognised as.
    pub by_controller: HashMap<&'static str, Vec<Found<'s, Pod>>>,
    by_kind: HashMap<Kind, Vec<Found<'s, Pod>>>,
    /// Envoy Gateway: by namespace and name of the Gateway.
    owned: HashMap<(&'s str, &'s str), Vec<Found<'s, Pod>>>,
    /// Envoy Gateway with merged Gateways: by class.
    merged: HashMap<&'s str, Vec<Found<'s, Pod>>>,
}

impl<'s> ProxyPods<'s> {
    /// Looks at labels and images.
    pub fn of(snapshot: &'s Snapshot) -> Self {
        let recogniser = Recogniser::default();
        let mut this = Self::default();
        for siblings in snapshot.pods.siblings() {
            let Some(first) = siblings.first() else { continue };
            let pod = &first.get().value;
            let label = |key: &str| pod.metadata.label(key);
            let owner = label("gateway.envoyproxy.io/owning-gateway-namespace")
                .zip(label("gateway.envoyproxy.io/owning-gateway-name"));
            if let Some(owner) = owner {
                add_living(&mut this.owned, owner, siblings);
            } else if let Some(class) = label("gateway.envoyproxy.io/owning-gatewayclass") {
                add_living(&mut this.merged, class, siblings);
            }
            let controller = recogniser.recognise(pod);
            if let Some(controller) = controller {
                add_living(&mut this.by_controller, controller.name, siblings);
            }
            if let Some(kind) = kind(controller, pod) {
                add_living(&mut this.by_kind, kind, siblings);
            }
        }
        this
    }

    fn of_kind(&self, kind: Kind) -> Vec<Found<'s, Pod>> {
        self.by_kind.get(&kind).cloned().unwrap_or_default()
    }
}

/// Who dials for a Gateway whose class names this controller. `None` where nobody is recognised among
/// the pods that were read.
pub fn of_gateway<'s>(cluster: &ClusterIndex<'s>, gateway: Found<'s, Gateway>, controller: &str) -> Option<Proxy<'s>> {
    let known = GATEWAYS.into_iter().find(|(start, ..)| controller.starts_with(start));
    let (_, name, manner) = known.unwrap_or(("", "the Gateway", Manner::PerGateway));
    if manner == Manner::OwnIdentity {
        return Some(Proxy { name, carrier: Carrier::OwnIdentity });
    }
    let meta = &gateway.get().metadata;
    let mut pods = labelled(cluster, &meta.namespace, GATEWAY_NAME, &meta.name);
    if pods.is_empty() {
        pods = by_manner(cluster, gateway, controller, manner);
    }
    (!pods.is_empty()).then(|| Proxy { name, carrier: Carrier::Pods(pods) })
}

fn by_manner<'s>(
    cluster: &ClusterIndex<'s>,
    gateway: Found<'s, Gateway>,
    controller: &str,
    manner: Manner,
) -> Vec<Found<'s, Pod>> {
    let meta = &gateway.get().metadata;
    let shared = |kind: Kind| cluster.proxy_pods().of_kind(kind);
    match manner {
        Manner::PerGateway if controller.starts_with("istio.io/") => {
            labelled(cluster, &meta.namespace, ISTIO_GATEWAY_NAME, &meta.name)
        }
        Manner::PerGateway if controller.starts_with("gateway.nginx.org/") => shared(Kind::NginxGatewayFabric),
        Manner::PerGateway | Manner::OwnIdentity => Vec::new(),
        Manner::EnvoyGateway => {
            let own = cluster.proxy_pods().owned.get(&(meta.namespace.as_str(), meta.name.as_str()));
            let class = gateway.get().spec.gateway_class_name.as_str();
            own.or_else(|| cluster.proxy_pods().merged.get(class)).cloned().unwrap_or_default()
        }
        Manner::Contour => {
            let own = labelled(cluster, &meta.namespace, CONTOUR_GATEWAY_NAME, &meta.name);
            let own: Vec<_> = own.into_iter().filter(|pod| has_image(pod, "envoy")).collect();
            if own.is_empty() { shared(Kind::ContourEnvoy) } else { own }
        }
        Manner::Shared(kind) => shared(kind),
    }
}

/// Who dials for an Ingress that this controller serves; `seen` are the pods by which the controller is
/// recognised, which carry the traffic only of some products.
pub fn of_ingress<'s>(
    cluster: &ClusterIndex<'s>,
    controller: &Controller,
    seen: &[Found<'s, Pod>],
) -> Option<Proxy<'s>> {
    let shared = |kind: Kind| cluster.proxy_pods().of_kind(kind);
    let pods = match (controller.place, controller.product, controller.name) {
        (Place::Pods, ..) => seen.to_vec(),
        (Place::Outside, ..) => Vec::new(),
        (_, _, "Cilium") => return Some(Proxy { name: controller.name, carrier: Carrier::OwnIdentity }),
        (_, Product::Kong, _) => shared(Kind::Kong),
        (_, _, "Contour") => shared(Kind::ContourEnvoy),
        (_, _, "Istio") => shared(Kind::IstioIngress),
        (Place::ControlPods, ..) => Vec::new(),
    };
    (!pods.is_empty()).then(|| Proxy { name: controller.name, carrier: Carrier::Pods(pods) })
}

fn labelled<'s>(cluster: &ClusterIndex<'s>, namespace: &str, key: &str, value: &str) -> Vec<Found<'s, Pod>> {
    // A label holds 63 characters; longer names are cut and cannot be followed.
    let selector = [(key.to_owned(), value.to_owned())].into();
    cluster.pods_selected(namespace, &selector).into_iter().filter(|pod| is_living(pod)).collect()
}

/// Neither finished nor being deleted.
fn is_living(pod: &Pod) -> bool {
    !pod.is_finished() && !pod.is_terminating()
}

/// Adds those that live; what has none living has no entry.
fn add_living<'s, K: Eq + Hash>(to: &mut HashMap<K, Vec<Found<'s, Pod>>>, key: K, siblings: Siblings<'s>) {
    let mut living = siblings.pods().filter(|pod| is_living(pod)).peekable();
    if living.peek().is_some() {
        to.entry(key).or_default().extend(living);
    }
}

fn kind(controller: Option<&'static Controller>, pod: &Pod) -> Option<Kind> {
    let label = |key: &str, value: &str| pod.metadata.label(key) == Some(value);
    if label("istio", "ingressgateway") {
        return Some(Kind::IstioIngress);
    }
    if has_image(pod, "envoy")
        && (label("app", "envoy")
            || (label("app.kubernetes.io/name", "contour") && label("app.kubernetes.io/component", "envoy")))
    {
        return Some(Kind::ContourEnvoy);
    }
    if has_image(pod, "kong") || has_image(pod, "kong-gateway") {
        return Some(Kind::Kong);
    }
    if label("app.kubernetes.io/name", "nginx-gateway-fabric")
        && pod.spec.serving_containers().any(|container| container.name == "nginx")
    {
        // Until 1.x the data plane is a container beside the control plane.
        return Some(Kind::NginxGatewayFabric);
    }
    match controller? {
        controller if controller.product == Product::Traefik => Some(Kind::Traefik),
        controller if controller.name == "HAProxy Ingress" => Some(Kind::HaproxyIngress),
        _ => None,
    }
}

/// Does a container's image end in this name, whatever registry and tag?
fn has_image(pod: &Pod, name: &str) -> bool {
    pod.spec.serving_containers().filter_map(|container| container.image.as_deref()).any(|image| {
        let last = image.split('@').next().and_then(|image| image.rsplit('/').next()).unwrap_or_default();
        let last = last.split(':').next().unwrap_or_default();
        last == name || (name == "envoy" && last.starts_with("envoy-"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubereach_model::snapshot::model::Container;
    use kubereach_model::snapshot::model::lenient::Time;

    /// Source: `docs/semantics/ingress-controllers.md#controller-pods-are-recognised-by-labels-and-images`.
    #[test]
    fn finished_and_deleting_pods_are_no_controller_pods() {
        let mut pod = Pod::default();
        assert!(is_living(&pod));
        pod.metadata.deletion_timestamp = Time(Some(jiff::Timestamp::UNIX_EPOCH));
        assert!(!is_living(&pod));
        for phase in ["Succeeded", "Failed"] {
            let status =
                kubereach_model::snapshot::model::PodStatus { phase: Some(phase.into()), ..Default::default() };
            let pod = Pod { status: Some(status), ..Pod::default() };
            assert!(!is_living(&pod), "{phase}");
        }
    }

    #[test]
    fn pods_that_carry_traffic_are_told_from_those_that_configure_them() {
        let recogniser = Recogniser::default();
        let pod = |image: &str, labels: &[(&str, &str)]| {
            let mut pod = Pod::default();
            pod.spec.containers = vec![Container { image: Some(image.into()), ..Container::default() }].into();
            pod.metadata.labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            pod
        };
        for (image, labels, expected) in [
            ("docker.io/envoyproxy/envoy:v1.31.0", vec![("app", "envoy")], Some(Kind::ContourEnvoy)),
            ("ghcr.io/projectcontour/contour:v1.30.0", vec![("app", "contour")], None),
            ("kong:3.7", vec![], Some(Kind::Kong)),
            ("kong/kubernetes-ingress-controller:3.2", vec![("app.kubernetes.io/name", "kong")], None),
            ("docker.io/istio/proxyv2:1.24", vec![("istio", "ingressgateway")], Some(Kind::IstioIngress)),
            ("docker.io/istio/pilot:1.24", vec![("istio", "pilot")], None),
            ("traefik:v3.1", vec![], Some(Kind::Traefik)),
        ] {
            let pod = pod(image, &labels);
            assert_eq!(kind(recogniser.recognise(&pod), &pod), expected, "{image}");
        }
    }
}
