//! Gateway API: which listeners stand on which Gateway. Nothing is judged here.

pub mod allowance;
mod conflicts;
pub mod door;
pub mod grants;
pub mod hostname;
pub mod kinds;
pub mod trust;

use std::collections::HashMap;

use allowance::Allowed;
use door::{Admission, Door, Owner};

use super::ClusterIndex;
use kubereach_model::snapshot::model::{Gateway, GatewayClass, ListenerSet};
use kubereach_model::snapshot::{Found, Gap, Lookup};

/// The API group.
pub const GROUP: &str = "gateway.networking.k8s.io";
/// The group of experimental kinds.
pub const EXPERIMENTAL_GROUP: &str = "gateway.networking.x-k8s.io";

/// A Gateway with its class and its doors.
#[derive(Debug)]
pub struct Front<'s> {
    /// The Gateway.
    pub gateway: Found<'s, Gateway>,
    /// Its class.
    pub class: Lookup<'s, GatewayClass>,
    /// Its doors in order of precedence: its own, then those of its `ListenerSets`.
    pub doors: Vec<usize>,
}

/// Every Gateway and every listener of a snapshot.
#[derive(Debug)]
pub struct Fronts<'s> {
    /// Gateways, in the order of namespace and name.
    pub fronts: Vec<Front<'s>>,
    /// Listeners of Gateways and of `ListenerSets`.
    pub doors: Vec<Door<'s>>,
    of_gateway: HashMap<(&'s str, &'s str), usize>,
    of_set: HashMap<(&'s str, &'s str), Vec<usize>>,
}

impl<'s> Fronts<'s> {
    /// Reads every Gateway and ListenerSet.
    pub fn new(cluster: &ClusterIndex<'s>) -> Self {
        let mut this =
            Self { fronts: Vec::new(), doors: Vec::new(), of_gateway: HashMap::new(), of_set: HashMap::new() };
        let mut groups: Vec<Vec<Vec<usize>>> = Vec::new();
        for gateway in cluster.snapshot.gateways.iter() {
            let id = this.fronts.len();
            let own = this.add(Owner::Gateway(gateway), Some(id), &Admission::Admitted);
            let class = cluster.snapshot.lookup::<GatewayClass>("", &gateway.get().spec.gateway_class_name);
            this.of_gateway.insert((&gateway.get().metadata.namespace, &gateway.get().metadata.name), id);
            this.fronts.push(Front { gateway, class, doors: own.clone() });
            groups.push(vec![own]);
        }
        let mut sets: Vec<Found<'s, ListenerSet>> = cluster.snapshot.listener_sets.iter().collect();
        // Oldest first, then by name (API reference: `ListenerSetSpec.listeners`). The store's order is that
        // of namespace and name already, and the sort is stable.
        sets.sort_by_key(|s| s.metadata.creation_timestamp.0);
        for set in sets {
            let (front, admission) = this.admit(cluster, set);
            let doors = this.add(Owner::Set(set), front, &admission);
            this.of_set.insert((&set.get().metadata.namespace, &set.get().metadata.name), doors.clone());
            let Some(front) = front else { continue };
            if let Some(front) = this.fronts.get_mut(front) {
                front.doors.extend(&doors);
            }
            if matches!(admission, Admission::Admitted)
                && let Some(groups) = groups.get_mut(front)
            {
                groups.push(doors);
            }
        }
        for groups in &groups {
            conflicts::mark(&mut this.doors, groups);
        }
        this
    }

    fn add(&mut self, owner: Owner<'s>, front: Option<usize>, admission: &Admission) -> Vec<usize> {
        let first = self.doors.len();
        for (index, listener) in owner.listeners().iter().enumerate() {
            self.doors.push(Door {
                owner,
                front,
                index,
                listener,
                admission: admission.clone(),
                kinds: kinds::of(listener),
                conflict: None,
            });
        }
        (first..self.doors.len()).collect()
    }

    fn admit(&self, cluster: &ClusterIndex<'s>, set: Found<'s, ListenerSet>) -> (Option<usize>, Admission) {
        let parent = &set.get().spec.parent_ref;
        let namespace = parent.namespace.as_deref().unwrap_or(&set.get().metadata.namespace);
        let group = parent.group.as_deref().unwrap_or(GROUP);
        let kind = parent.kind.as_deref().unwrap_or("Gateway");
        if (group, kind) != (GROUP, "Gateway") {
            let gap = Gap::investigate(format!("its parent is a {kind}"), "only Gateways are evaluated as parents");
            return (None, Admission::ParentUnseen(gap));
        }
        let gateway = match cluster.snapshot.lookup::<Gateway>(namespace, &parent.name) {
            Lookup::Found(gateway) => gateway,
            Lookup::Absent(absence) => return (None, Admission::ParentMissing(absence)),
            Lookup::Unknown(gap) => return (None, Admission::ParentUnseen(gap)),
        };
        let rule = gateway.get().spec.allowed_listeners.as_ref().and_then(|a| a.namespaces.as_ref());
        let allowed = allowance::namespaces(cluster, rule, "None", namespace, &set.metadata.namespace);
        let admission = match allowed {
            Allowed::Yes => Admission::Admitted,
            Allowed::No => Admission::Refused,
            Allowed::Unknown(gap) => Admission::Undecided(gap),
        };
        (self.front_of(namespace, &parent.name), admission)
    }

    /// Index of the front of a Gateway.
    pub fn front_of(&self, namespace: &str, name: &str) -> Option<usize> {
        self.of_gateway.get(&(namespace, name)).copied()
    }

    /// The Gateway's own doors.
    pub fn own_doors(&self, front: usize) -> impl Iterator<Item = usize> {
        let doors = self.fronts.get(front).map(|f| f.doors.as_slice()).unwrap_or_default();
        doors.iter().copied().filter(|d| self.doors.get(*d).is_some_and(|d| matches!(d.owner, Owner::Gateway(_))))
    }

    /// The doors of a ListenerSet.
    pub fn set_doors(&self, namespace: &str, name: &str) -> Vec<usize> {
        self.of_set.get(&(namespace, name)).cloned().unwrap_or_default()
    }

    /// How many `ListenerSets` stand on a Gateway with at least one listener that yields to nobody.
    pub fn attached_sets(&self, front: usize) -> usize {
        let doors = self.fronts.get(front).map(|f| f.doors.as_slice()).unwrap_or_default();
        let mut sets: Vec<_> = doors
            .iter()
            .filter_map(|d| self.doors.get(*d))
            .filter(|d| {
                matches!(d.owner, Owner::Set(_)) && matches!(d.admission, Admission::Admitted) && d.conflict.is_none()
            })
            .map(|d| d.owner.object())
            .collect();
        sets.sort_unstable();
        sets.dedup();
        sets.len()
    }
}
