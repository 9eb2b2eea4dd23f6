//! What many objects have in common is kept once.
//!
//! Pods of one workload differ in their names, addresses and times; their labels, containers and owners are
//! the same, and dumps print them one after the other. So the last few values of each sort are remembered,
//! and an equal one that comes next is dropped for the one that is there.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::lenient::{List, Time, null_default, one_in_memory};
use super::remember::Remembered;
use super::{
    Condition, Container, ContainerStatus, Meta, OwnerReference, Pod, PodSpec, PodStatus, ReadinessGate, SlicePort,
    Volume,
};

static NONE: BTreeMap<String, String> = BTreeMap::new();

/// Labels, annotations or a node selector: reads as a map from key to value. Equal ones of many objects may
/// be one in memory.
#[derive(Clone, Default)]
pub struct Labels(Option<Arc<BTreeMap<String, String>>>);

impl Deref for Labels {
    type Target = BTreeMap<String, String>;
    fn deref(&self) -> &Self::Target {
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl Labels {
    /// Are these surely equal, because they are one in memory (or both empty)?
    pub fn is_shared(&self, other: &Self) -> bool {
        one_in_memory(self.0.as_ref(), other.0.as_ref())
    }
}

/// A map that is changed is no longer shared.
impl DerefMut for Labels {
    fn deref_mut(&mut self) -> &mut Self::Target {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Labels {}

impl FromIterator<(String, String)> for Labels {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        pairs.into_iter().collect::<BTreeMap<_, _>>().into()
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl From<BTreeMap<String, String>> for Labels {
    fn from(map: BTreeMap<String, String>) -> Self {
        Self((!map.is_empty()).then(|| Arc::new(map)))
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        null_default::<D, BTreeMap<String, String>>(deserializer).map(Self::from)
    }
}

impl<'a> IntoIterator for &'a Labels {
    type Item = (&'a String, &'a String);
    type IntoIter = std::collections::btree_map::Iter<'a, String, String>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Remembered for Labels {
    const NAME: &'static str = "kubereach:labels";
}

/// How many values of a sort are remembered.
const RECENT: usize = 6;

/// The last values of one sort.
#[derive(Debug)]
struct Recent<T> {
    kept: [Option<T>; RECENT],
    next: usize,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { kept: [const { None }; RECENT], next: 0 }
    }
}

impl<T: Clone + Default + Eq> Recent<T> {
    /// Replaces a value by an equal one that is there, or remembers it.
    fn share(&mut self, value: &mut T) {
        if *value == T::default() {
            return;
        }
        if let Some(known) = self.kept.iter().flatten().find(|known| *known == value) {
            // The one that is there already stays.
            value.clone_from(known);
            return;
        }
        if let Some(slot) = self.kept.get_mut(self.next) {
            *slot = Some(value.clone());
        }
        self.next = (self.next + 1) % RECENT;
    }
}

/// Remembers what the last objects had; one for each thread that reads.
#[derive(Debug, Default)]
pub struct Sharing {
    labels: Recent<Labels>,
    annotations: Recent<Labels>,
    owners: Recent<List<OwnerReference>>,
    node_selectors: Recent<Labels>,
    containers: Recent<List<Container>>,
    init_containers: Recent<List<Container>>,
    volumes: Recent<List<Volume>>,
    gates: Recent<List<ReadinessGate>>,
    ports: Recent<List<SlicePort>>,
    conditions: Recent<List<Condition>>,
    statuses: Recent<List<ContainerStatus>>,
    init_statuses: Recent<List<ContainerStatus>>,
}

impl Sharing {
    /// Shares what an object's metadata has in common with others.
    pub fn meta(&mut self, meta: &mut Meta) {
        self.labels.share(&mut meta.labels);
        self.annotations.share(&mut meta.annotations);
        self.owners.share(&mut meta.owner_references);
    }

    /// Shares what a pod has in common with others of its workload. What its status says twice, or of the
    /// past, is dropped, so that the statuses of healthy pods have nearly everything in common.
    pub fn pod(&mut self, pod: &mut Pod) {
        self.meta(&mut pod.metadata);
        if let Some(status) = &mut pod.status {
            slim(status);
            self.conditions.share(&mut status.conditions);
            self.statuses.share(&mut status.container_statuses);
            self.init_statuses.share(&mut status.init_container_statuses);
        }
        self.spec(&mut pod.spec);
    }

    /// Shares what a pod's spec has in common with others.
    pub fn spec(&mut self, spec: &mut PodSpec) {
        self.containers.share(&mut spec.containers);
        self.init_containers.share(&mut spec.init_containers);
        self.node_selectors.share(&mut spec.node_selector);
        self.gates.share(&mut spec.readiness_gates);
        // Which claims a pod mounts is all that is asked of its volumes.
        if spec.volumes.iter().all(|v| v.persistent_volume_claim.is_none()) {
            spec.volumes = List::default();
        }
        self.volumes.share(&mut spec.volumes);
    }

    /// Shares the ports of an EndpointSlice or of a subset of Endpoints.
    pub fn ports(&mut self, ports: &mut List<SlicePort>) {
        self.ports.share(ports);
    }
}

/// Drops times (the newest is kept), and the list of addresses where it only repeats the address.
fn slim(status: &mut PodStatus) {
    status.newest = Time(status.newest_time());
    status.conditions.change(|c| c.last_transition_time = Time(None));
    for statuses in [&mut status.container_statuses, &mut status.init_container_statuses] {
        statuses.change(|container| {
            for state in [&mut container.state, &mut container.last_state] {
                if let Some(running) = &mut state.running {
                    running.started_at = Time(None);
                }
            }
        });
    }
    if let ([only], Some(address)) = (&*status.pod_ips, status.pod_ip.known())
        && only.ip.known() == Some(address)
    {
        status.pod_ips = List::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_become_one_and_read_as_before() {
        let map = |value: &str| Labels::from(BTreeMap::from([("app".to_owned(), value.to_owned())]));
        let mut sharing = Sharing::default();
        let mut metas: Vec<Meta> =
            ["a", "b", "a"].into_iter().map(|v| Meta { labels: map(v), ..Meta::default() }).collect();
        for meta in &mut metas {
            sharing.meta(meta);
        }
        assert_eq!(metas.iter().map(|m| m.label("app")).collect::<Vec<_>>(), [Some("a"), Some("b"), Some("a")]);
        assert!(std::ptr::eq(&raw const *metas[0].labels, &raw const *metas[2].labels));
        assert!(!std::ptr::eq(&raw const *metas[0].labels, &raw const *metas[1].labels));
        let mut empty = Meta::default();
        sharing.meta(&mut empty);
        assert!(empty.labels.is_empty() && empty.labels == Labels::from(BTreeMap::new()));
    }
}
