//! What a snapshot that nobody took, but that a change would make, knows about itself.
//!
//! When manifests are applied over a dump, some Services get other addresses than the dump shows. What
//! the control plane would make of them is worked out from the pods and templates that would be there.

use std::collections::{BTreeMap, BTreeSet};

use super::GroupKind;
use super::model::WorkloadKind;

/// Marks on the snapshot after a change. Empty for every snapshot that was really taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Simulation {
    services: BTreeMap<(String, String), String>,
    pods: BTreeSet<(String, String)>,
    workloads: BTreeSet<(WorkloadKind, String, String)>,
    brought: BTreeSet<GroupKind>,
}

impl Simulation {
    /// The addresses behind this Service are to be worked out; `context` says how it stood before
    /// (`2 of 3 pods were ready`), or is empty.
    pub fn service(&mut self, namespace: &str, name: &str, context: String) {
        self.services.insert((namespace.to_owned(), name.to_owned()), context);
    }

    /// This pod stands for the one that replaces it: labels and ports are the new template's.
    pub fn replaced_pod(&mut self, namespace: &str, name: &str) {
        self.pods.insert((namespace.to_owned(), name.to_owned()));
    }

    /// This workload has no pod yet and will have some: its template stands for them.
    pub fn stand_in(&mut self, kind: WorkloadKind, namespace: &str, name: &str) {
        self.workloads.insert((kind, namespace.to_owned(), name.to_owned()));
    }

    /// The change brings objects of a kind that nobody evaluates; an operator may make pods of them.
    pub fn brings(&mut self, kind: GroupKind) {
        self.brought.insert(kind);
    }

    /// Kinds that the change brings and nobody evaluates.
    pub fn brought(&self) -> impl Iterator<Item = &GroupKind> {
        self.brought.iter()
    }

    /// How a Service whose addresses are worked out stood before the change.
    pub fn of_service(&self, namespace: &str, name: &str) -> Option<&str> {
        // Snapshots that were really taken answer without making a key.
        if self.services.is_empty() {
            return None;
        }
        self.services.get(&(namespace.to_owned(), name.to_owned())).map(String::as_str)
    }

    /// Does this pod stand for one that is yet to come?
    pub fn is_replaced(&self, namespace: &str, name: &str) -> bool {
        !self.pods.is_empty() && self.pods.contains(&(namespace.to_owned(), name.to_owned()))
    }

    /// Does the template of this workload stand for its pods?
    pub fn stands_in(&self, kind: WorkloadKind, namespace: &str, name: &str) -> bool {
        !self.workloads.is_empty() && self.workloads.contains(&(kind, namespace.to_owned(), name.to_owned()))
    }
}
