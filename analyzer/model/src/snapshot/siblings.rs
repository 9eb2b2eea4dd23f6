//! Pods that stand side by side and have in common what they got from the template of their workload.

use rayon::prelude::*;

use super::model::Pod;
use super::{Found, Stored};

/// Pods of one namespace, next to each other in the order of their names, whose labels and containers are one in
/// memory. There is at least one. Who asks only about these looks at the first: a cluster has ten times as many pods
/// as it has workloads. Pods that are equal without sharing memory stand by themselves.
#[derive(Debug, Clone, Copy)]
pub struct Siblings<'s> {
    pods: &'s [Stored<Pod>],
}

impl<'s> Siblings<'s> {
    /// Where siblings begin among pods in order: one walk, on every core.
    pub(super) fn starts(pods: &[Stored<Pod>]) -> Vec<usize> {
        let begins = |(index, pair): (usize, &[Stored<Pod>])| match pair {
            [one, next] => (!are_alike(one, next)).then_some(index + 1),
            _ => None,
        };
        let later = pods.par_windows(2).with_min_len(4096).enumerate().filter_map(begins);
        let mut starts: Vec<usize> = later.collect();
        if !pods.is_empty() {
            starts.insert(0, 0);
        }
        starts
    }

    pub(super) const fn new(pods: &'s [Stored<Pod>]) -> Self {
        Self { pods }
    }

    /// The one to ask about namespace, labels and containers.
    pub fn first(self) -> Option<Found<'s, Pod>> {
        self.pods.first().map(Found::new)
    }

    /// All of them.
    pub fn pods(self) -> impl ExactSizeIterator<Item = Found<'s, Pod>> + Clone {
        self.pods.iter().map(Found::new)
    }
}

/// Nothing tells these pods apart but what was not asked about: names, addresses, nodes, their state.
pub fn are_alike(one: &Pod, other: &Pod) -> bool {
    one.metadata.labels.is_shared(&other.metadata.labels)
        && one.spec.containers.is_shared(&other.spec.containers)
        && one.spec.init_containers.is_shared(&other.spec.init_containers)
        && one.metadata.namespace == other.metadata.namespace
}

/// Gives every pod labels and containers of its own, so that none has siblings.
pub fn separate(snapshot: &mut super::Snapshot) {
    let mut pods = std::mem::take(&mut snapshot.pods).into_items();
    for pod in &mut pods {
        let labels = (*pod.value.metadata.labels).clone();
        pod.value.metadata.labels = labels.into();
        pod.value.spec.containers.change(|_| ());
        pod.value.spec.init_containers.change(|_| ());
    }
    snapshot.pods = super::Store::new(pods);
}
