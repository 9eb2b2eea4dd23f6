//! Gateway API: which listeners stand on which Gateway. Nothing is judged here.

pub mod allowance;
pub mod choice;
pub mod clients;
mod conflicts;
pub mod grants;
pub mod hostname;
pub mod kinds;
pub mod listener;
pub mod trust;

use std::collections::HashMap;

use allowance::Allowed;
use listener::{Admission, ListenerState, Owner};

use super::{ClusterIndex, controllers};
use kubereach_model::snapshot::model::{Gateway, GatewayClass, ListenerSet};
use kubereach_model::snapshot::{Found, Gap, Lookup};

/// The API group.
pub const GROUP: &str = "gateway.networking.k8s.io";
/// The group of experimental kinds.
pub const EXPERIMENTAL_GROUP: &str = "gateway.networking.x-k8s.io";

/// A Gateway with its class and its listeners.
#[derive(Debug)]
pub struct GatewayState<'s> {
    /// The Gateway.
    pub gateway: Found<'s, Gateway>,
    /// The GatewayClass that it names.
    pub class: Lookup<'s, GatewayClass>,
    /// Its listeners in order of precedence: its own, then those of its `ListenerSets`.
    pub listeners: Vec<usize>,
}

impl<'s> GatewayState<'s> {
    /// The `controllerName` of its class; empty where the class was not read.
    pub fn controller(&self) -> &'s str {
        match &self.class {
            Lookup::Found(class) => class.get().spec.controller_name.as_deref().unwrap_or_default(),
            Lookup::Absent(_) | Lookup::Unknown(_) => "",
        }
    }
}

/// Every Gateway and every listener of a snapshot.
#[derive(Debug)]
pub struct Gateways<'s> {
    /// Gateways, in the order of namespace and name.
    pub all: Vec<GatewayState<'s>>,
    /// Listeners of Gateways and of `ListenerSets`.
    pub listeners: Vec<ListenerState<'s>>,
    of_gateway: HashMap<(&'s str, &'s str), usize>,
    of_set: HashMap<(&'s str, &'s str), Vec<usize>>,
}

/// Does the class's implementation take `TCPRoutes` where it ends TLS? So does one that is not known.
fn ends_tls_for_tcp(class: &Lookup<'_, GatewayClass>) -> bool {
    let Lookup::Found(class) = class else { return true };
    let name = class.get().value.spec.controller_name.as_deref().unwrap_or_default();
    controllers::of_gateway_class(name).is_none_or(|(_, gateways)| gateways.ends_tls_for_tcp)
}

impl<'s> Gateways<'s> {
    /// Reads every Gateway and ListenerSet.
    pub fn new(cluster: &ClusterIndex<'s>) -> Self {
        let mut this =
            Self { all: Vec::new(), listeners: Vec::new(), of_gateway: HashMap::new(), of_set: HashMap::new() };
        let mut groups: Vec<Vec<Vec<usize>>> = Vec::new();
        for gateway in cluster.snapshot.gateways.iter() {
            let id = this.all.len();
            let class = cluster.snapshot.lookup::<GatewayClass>("", &gateway.get().spec.gateway_class_name);
            let own = this.add(Owner::Gateway(gateway), Some(id), &Admission::Admitted, ends_tls_for_tcp(&class));
            this.of_gateway.insert((&gateway.get().metadata.namespace, &gateway.get().metadata.name), id);
            this.all.push(GatewayState { gateway, class, listeners: own.clone() });
            groups.push(vec![own]);
        }
        let mut sets: Vec<Found<'s, ListenerSet>> = cluster.snapshot.listener_sets.iter().collect();
        // Oldest first, then by name (API reference: `ListenerSetSpec.listeners`). The store's order is that
        // of namespace and name already, and the sort is stable.
        sets.sort_by_key(|s| s.metadata.creation_timestamp.0);
        for set in sets {
            let (gateway, admission) = this.admit(cluster, set);
            let class = gateway.and_then(|id| this.all.get(id)).map(|state| &state.class);
            let ends = class.is_none_or(ends_tls_for_tcp);
            let listeners = this.add(Owner::Set(set), gateway, &admission, ends);
            this.of_set.insert((&set.get().metadata.namespace, &set.get().metadata.name), listeners.clone());
            let Some(gateway) = gateway else { continue };
            if let Some(state) = this.all.get_mut(gateway) {
                state.listeners.extend(&listeners);
            }
            if matches!(admission, Admission::Admitted)
                && let Some(groups) = groups.get_mut(gateway)
            {
                groups.push(listeners);
            }
        }
        for groups in &groups {
            conflicts::mark(&mut this.listeners, groups);
        }
        this
    }

    fn add(&mut self, owner: Owner<'s>, gateway: Option<usize>, admission: &Admission, ends_tls: bool) -> Vec<usize> {
        let first = self.listeners.len();
        for (index, spec) in owner.listeners().iter().enumerate() {
            self.listeners.push(ListenerState {
                owner,
                gateway,
                index,
                spec,
                admission: admission.clone(),
                kinds: kinds::of(spec, ends_tls),
                conflict: None,
            });
        }
        (first..self.listeners.len()).collect()
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
        (self.index_of(namespace, &parent.name), admission)
    }

    /// Index of a Gateway in [`Self::all`].
    pub fn index_of(&self, namespace: &str, name: &str) -> Option<usize> {
        self.of_gateway.get(&(namespace, name)).copied()
    }

    /// The listeners that the Gateway itself declares.
    pub fn own_listeners(&self, gateway: usize) -> impl Iterator<Item = usize> {
        let listeners = self.all.get(gateway).map(|g| g.listeners.as_slice()).unwrap_or_default();
        let is_own = |id: &usize| self.listeners.get(*id).is_some_and(|l| matches!(l.owner, Owner::Gateway(_)));
        listeners.iter().copied().filter(move |id| is_own(id))
    }

    /// The listeners of a ListenerSet.
    pub fn set_listeners(&self, namespace: &str, name: &str) -> Vec<usize> {
        self.of_set.get(&(namespace, name)).cloned().unwrap_or_default()
    }

    /// How many `ListenerSets` stand on a Gateway with at least one listener that yields to nobody.
    pub fn attached_sets(&self, gateway: usize) -> usize {
        let listeners = self.all.get(gateway).map(|g| g.listeners.as_slice()).unwrap_or_default();
        let mut sets: Vec<_> = listeners
            .iter()
            .filter_map(|id| self.listeners.get(*id))
            .filter(|l| {
                matches!(l.owner, Owner::Set(_)) && matches!(l.admission, Admission::Admitted) && l.conflict.is_none()
            })
            .map(|l| l.owner.object())
            .collect();
        sets.sort_unstable();
        sets.dedup();
        sets.len()
    }
}
