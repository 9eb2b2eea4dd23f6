//! Agents that run on every node: where one of them is not ready.

use std::collections::{BTreeMap, BTreeSet};

use super::components::{self, COMPONENTS, Component, Does};
use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::model::{ConditionStatus, Node, Pod, current};
use kubereach_model::snapshot::{Found, Snapshot};

/// The agents of a cluster, found once: places in the store of pods, which, unlike the pods, bind no lifetime.
#[derive(Debug, Default)]
pub struct Agents {
    of: BTreeMap<usize, Instances>,
}

/// The pods of one component.
#[derive(Debug, Default)]
struct Instances {
    /// Nodes with one that is ready.
    up: BTreeSet<String>,
    /// Nodes with none that is ready, with a pod that is not.
    down: BTreeMap<String, usize>,
}

/// A component that is not ready.
#[derive(Debug, Clone, Copy)]
pub struct Down<'s> {
    /// Which.
    pub component: &'static Component,
    /// A pod of it.
    pub pod: Found<'s, Pod>,
}

impl Agents {
    pub(in crate::resolve) fn of(snapshot: &Snapshot) -> Self {
        let mut this = Self::default();
        for siblings in snapshot.pods.siblings() {
            let component = siblings.first().and_then(|pod| components::of(&pod.get().value.metadata));
            let Some(component) = component else { continue };
            for pod in siblings.pods() {
                this.add(snapshot, component, &pod.get().value);
            }
        }
        for instances in this.of.values_mut() {
            let up = &instances.up;
            instances.down.retain(|node, _| !up.contains(node));
        }
        this
    }

    fn add(&mut self, snapshot: &Snapshot, component: usize, pod: &Pod) {
        let Some(node) = pod.spec.node_name.as_deref() else { return };
        if pod.is_finished() || pod.is_terminating() {
            return;
        }
        let instances = self.of.entry(component).or_default();
        match pod.is_ready() {
            // Where it is not shown nothing is said.
            Some(true) | None => {
                instances.up.insert(node.to_owned());
            }
            Some(false) => {
                if let Some(place) = snapshot.pods.position(&pod.metadata.namespace, &pod.metadata.name) {
                    instances.down.entry(node.to_owned()).or_insert(place);
                }
            }
        }
    }

    /// A component that does this and is not ready on this node.
    pub fn down_on<'s>(&self, snapshot: &'s Snapshot, does: Does, node: &str) -> Option<Down<'s>> {
        self.of.iter().find_map(|(index, instances)| {
            let component = COMPONENTS.get(*index).filter(|component| component.does == does)?;
            let pod = snapshot.pods.get(*instances.down.get(node)?)?;
            Some(Down { component, pod })
        })
    }

    /// Nodes on which a component that does this is not ready, with its pod.
    pub fn down<'a, 's: 'a>(&'a self, snapshot: &'s Snapshot, does: Does) -> impl Iterator<Item = (&'a str, Down<'s>)> {
        self.of
            .iter()
            .filter_map(move |(index, instances)| {
                let component = COMPONENTS.get(*index).filter(|component| component.does == does)?;
                Some((component, instances))
            })
            .flat_map(move |(component, instances)| {
                let pods = instances.down.iter();
                pods.filter_map(move |(node, place)| {
                    Some((node.as_str(), Down { component, pod: snapshot.pods.get(*place)? }))
                })
            })
    }

    /// The component that does this, where it was seen and is ready on no node.
    pub fn down_everywhere<'s>(&self, snapshot: &'s Snapshot, does: Does) -> Option<Down<'s>> {
        let of = || self.of.iter().filter(move |(index, _)| COMPONENTS.get(**index).is_some_and(|c| c.does == does));
        if of().any(|(_, instances)| !instances.up.is_empty()) {
            return None;
        }
        self.down(snapshot, does).next().map(|(_, down)| down)
    }
}

/// A node of this name whose network its controller calls unavailable.
pub fn node_network_unavailable<'s>(cluster: &ClusterIndex<'s>, name: &str) -> Option<Found<'s, Node>> {
    let node = cluster.snapshot.nodes.named("", name).next()?;
    let conditions = &node.get().value.status.as_ref()?.conditions;
    let unavailable = current(conditions, "NetworkUnavailable").is_some_and(|c| c.status == ConditionStatus::True);
    unavailable.then_some(node)
}

/// Do the words of a network plugin say that there is no address left?
pub fn addresses_run_out(words: &str) -> bool {
    // amazon-vpc-cni-k8s `cmd/routed-eni-cni-plugin/cni.go`; containernetworking/plugins
    // `plugins/ipam/host-local/backend/allocator/allocator.go`; calico `libcalico-go/lib/ipam`; cilium `pkg/ipam`.
    const WORDS: [&str; 6] = [
        "failed to assign an ip address to container",
        "no ip addresses available in range set",
        "no more ips available",
        "no more free ip",
        "range is full",
        "failed to request ipv4 address",
    ];
    let words = words.to_ascii_lowercase();
    WORDS.iter().any(|known| words.contains(known))
}

#[cfg(test)]
mod tests {
    use super::addresses_run_out;

    #[test]
    fn only_words_about_addresses_say_that_none_is_left() {
        assert!(addresses_run_out(
            "plugin type=\"aws-cni\" failed (add): add cmd: Failed to assign an IP address to container"
        ));
        assert!(addresses_run_out(
            "failed to allocate for range 0: no IP addresses available in range set: 10.1.0.1-10.1.0.254"
        ));
        assert!(!addresses_run_out("stat /var/lib/calico/nodename: no such file or directory"));
    }
}
