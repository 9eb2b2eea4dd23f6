//! Whose pods dial the backends of an Ingress or Gateway: those that carry its traffic, not those that only configure
//! them.
//!
//! Sources: GEP-1762 (the label `gateway.networking.k8s.io/gateway-name` on what an implementation makes
//! for a Gateway), and the rows of [`super::controllers::CONTROLLERS`]. Who is not recognised here stays an unknown
//! caller.

use std::collections::HashMap;
use std::hash::Hash;

use super::ClusterIndex;
use super::controllers::{
    self, CONTROLLERS, Controller, GatewayPods, Gateways, Place, Proxies, Recogniser, proxy_of, runs,
};
use kubereach_model::evidence::Carriers;
use kubereach_model::snapshot::model::{Gateway, Pod};
use kubereach_model::snapshot::{Found, Siblings, Snapshot};

/// What carries the traffic of an Ingress or Gateway.
#[derive(Debug, Clone)]
pub struct Proxy<'s> {
    /// As people call it.
    pub name: &'static str,
    /// What dials the backends.
    pub source: TrafficSource<'s>,
}

/// What dials the backends.
#[derive(Debug, Clone)]
pub enum TrafficSource<'s> {
    /// These pods.
    Pods(Vec<Found<'s, Pod>>),
    /// Somebody in the cluster whose pods were not seen.
    Unseen,
    /// A proxy on every node that the network plugin knows by an identity of its own, which no
    /// `NetworkPolicy` can name.
    OwnIdentity,
}

impl TrafficSource<'_> {
    /// As segments name it.
    pub fn carriers(&self) -> Carriers {
        match self {
            Self::Pods(pods) => Carriers::Pods(pods.iter().map(Found::object).collect()),
            Self::Unseen => Carriers::Unseen,
            Self::OwnIdentity => Carriers::OwnIdentity,
        }
    }
}

/// GEP-1762: on every resource that an implementation makes for a Gateway, in the Gateway's namespace.
const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";
/// Labels by which the pods of one Gateway are looked for.
pub(super) fn labels_of_gateways() -> impl Iterator<Item = &'static str> {
    let own = CONTROLLERS.iter().filter_map(|controller| match controller.gateways?.pods {
        GatewayPods::Labelled(key) | GatewayPods::LabelledElseShared(key, _) => Some(key),
        GatewayPods::Unknown | GatewayPods::Owned { .. } | GatewayPods::Shared => None,
    });
    std::iter::once(GATEWAY_NAME).chain(own)
}

/// Pods that carry traffic from outside or configure those that do, by one look at each kind of pod.
#[derive(Debug, Default)]
pub struct ProxyPods<'s> {
    /// By the name of the controller they are recognised as.
    pub by_controller: HashMap<&'static str, Vec<Found<'s, Pod>>>,
    /// Proxies that are not the controller's own pods, by its name.
    proxies: HashMap<&'static str, Vec<Found<'s, Pod>>>,
    /// By controller, namespace and name of the Gateway that owns them.
    owned: HashMap<(&'static str, &'s str, &'s str), Vec<Found<'s, Pod>>>,
    /// With merged Gateways: by controller and class.
    merged: HashMap<(&'static str, &'s str), Vec<Found<'s, Pod>>>,
}

impl<'s> ProxyPods<'s> {
    /// Looks at labels and images.
    pub fn of(snapshot: &'s Snapshot) -> Self {
        let recogniser = Recogniser::default();
        let owners: Vec<_> = CONTROLLERS.iter().filter_map(|c| Some((c.name, c.gateways?.pods))).collect();
        let mut this = Self::default();
        for siblings in snapshot.pods.siblings() {
            let Some(first) = siblings.first() else { continue };
            let pod = &first.get().value;
            let label = |key: &str| pod.metadata.label(key);
            for (controller, pods) in &owners {
                let GatewayPods::Owned { namespace, name, class } = pods else { continue };
                if let Some((namespace, name)) = label(namespace).zip(label(name)) {
                    add_living(&mut this.owned, (controller, namespace, name), siblings);
                } else if let Some(class) = label(class) {
                    add_living(&mut this.merged, (controller, class), siblings);
                }
            }
            if let Some(controller) = recogniser.recognise(pod) {
                add_living(&mut this.by_controller, controller.name, siblings);
            }
            if let Some(controller) = proxy_of(pod) {
                add_living(&mut this.proxies, controller.name, siblings);
            }
        }
        this
    }

    /// The pods that carry the traffic of everything that this controller serves.
    fn shared(&self, controller: &Controller) -> Vec<Found<'s, Pod>> {
        let of = match controller.place {
            Place::Pods => &self.by_controller,
            Place::ControlPods | Place::Outside => &self.proxies,
        };
        of.get(controller.name).cloned().unwrap_or_default()
    }
}

/// Pods that were not seen. Manifests leave the proxy to the cluster that they are for: `None`, as for one outside.
fn unseen<'s>(cluster: &ClusterIndex<'_>, controller: Option<&Controller>, name: &'static str) -> Option<Proxy<'s>> {
    let is_ours = !controller.is_some_and(Controller::is_outside) && !cluster.is_manifests();
    is_ours.then_some(Proxy { name, source: TrafficSource::Unseen })
}

/// Who dials for an Ingress of which no known controller serves the class.
pub fn of_unknown<'s>(cluster: &ClusterIndex<'_>) -> Option<Proxy<'s>> {
    unseen(cluster, None, "this entry's controller")
}

/// Who dials for a Gateway whose class names this controller. `None` where it is outside the cluster or left to it.
pub fn of_gateway<'s>(
    cluster: &ClusterIndex<'s>,
    gateway: Found<'s, Gateway>,
    controller_name: &str,
) -> Option<Proxy<'s>> {
    let known = controllers::of_gateway_class(controller_name);
    let name = known.map_or("the Gateway", |(controller, _)| controller.name);
    if known.is_some_and(|(controller, _)| controller.proxies == Proxies::OwnIdentity) {
        return Some(Proxy { name, source: TrafficSource::OwnIdentity });
    }
    let meta = &gateway.get().metadata;
    let mut pods = labelled(cluster, &meta.namespace, GATEWAY_NAME, &meta.name);
    if let Some((controller, gateways)) = known.filter(|_| pods.is_empty()) {
        pods = as_the_product_does(cluster, gateway, controller, gateways);
    }
    if pods.is_empty() {
        return unseen(cluster, known.map(|(controller, _)| controller), name);
    }
    Some(Proxy { name, source: TrafficSource::Pods(pods) })
}

fn as_the_product_does<'s>(
    cluster: &ClusterIndex<'s>,
    gateway: Found<'s, Gateway>,
    controller: &'static Controller,
    gateways: &Gateways,
) -> Vec<Found<'s, Pod>> {
    let meta = &gateway.get().metadata;
    let known = cluster.proxy_pods();
    match gateways.pods {
        GatewayPods::Unknown => Vec::new(),
        GatewayPods::Labelled(key) => labelled(cluster, &meta.namespace, key, &meta.name),
        GatewayPods::LabelledElseShared(key, images) => {
            let own = labelled(cluster, &meta.namespace, key, &meta.name);
            let carries = |pod: &Found<'s, Pod>| images.iter().any(|image| runs(pod, image));
            let own: Vec<_> = own.into_iter().filter(carries).collect();
            if own.is_empty() { known.shared(controller) } else { own }
        }
        GatewayPods::Owned { .. } => {
            let own = known.owned.get(&(controller.name, meta.namespace.as_str(), meta.name.as_str()));
            let class = gateway.get().spec.gateway_class_name.as_str();
            own.or_else(|| known.merged.get(&(controller.name, class))).cloned().unwrap_or_default()
        }
        GatewayPods::Shared => known.shared(controller),
    }
}

/// Who dials for an Ingress that this controller serves; `seen` are the pods by which the controller is
/// recognised, which carry the traffic only of some products.
pub fn of_ingress<'s>(
    cluster: &ClusterIndex<'s>,
    controller: &Controller,
    seen: &[Found<'s, Pod>],
) -> Option<Proxy<'s>> {
    let pods = match (controller.place, controller.proxies) {
        (Place::Pods, _) => seen.to_vec(),
        (Place::Outside, _) => Vec::new(),
        (Place::ControlPods, Proxies::OwnIdentity) => {
            return Some(Proxy { name: controller.name, source: TrafficSource::OwnIdentity });
        }
        (Place::ControlPods, Proxies::Pods(_)) => cluster.proxy_pods().shared(controller),
        (Place::ControlPods, Proxies::Unknown) => Vec::new(),
    };
    if pods.is_empty() {
        return unseen(cluster, Some(controller), controller.name);
    }
    Some(Proxy { name: controller.name, source: TrafficSource::Pods(pods) })
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

#[cfg(test)]
mod tests {
    use super::*;
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
}
