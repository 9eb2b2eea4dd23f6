//! Every declared path with its segments: what a check looks at, and the subjects that are made of them.

pub mod change;
mod cluster;
pub mod door;
pub mod gateway_api;
pub mod ingress;
pub mod istio;
pub mod policy;
mod reached;
pub mod service;
mod table;
pub mod traefik;

use std::sync::Arc;

use rayon::prelude::*;

pub use cluster::Cluster;
pub use table::CheckTable;

use crate::resolve::entries::UnmodelledEntries;
use door::DOORS;
use kubereach_model::evidence::SubjectPaths;

/// Evaluates every subject behind these backends, in parallel; the order is that of kind, namespace and name.
pub fn subjects(backends: &service::Backends<'_, '_>) -> Vec<SubjectPaths> {
    let doors = || DOORS.par_iter().flat_map(|door| door.subjects(backends)).collect();
    let (mut subjects, services): (Vec<SubjectPaths>, _) = rayon::join(doors, || service::subjects(backends));
    subjects.extend(services);
    note_unmodelled_entries(backends, &mut subjects);
    subjects.par_sort_by(|a, b| a.object.cmp(&b.object));
    subjects
}

/// Notes on every Service which entries of other kinds lead to it.
fn note_unmodelled_entries(backends: &service::Backends<'_, '_>, subjects: &mut [SubjectPaths]) {
    if backends.cluster.snapshot.unmodelled.is_empty() {
        return;
    }
    let entries = UnmodelledEntries::of(backends.cluster);
    for subject in subjects.iter_mut().filter(|subject| subject.object.kind == "Service") {
        let found = backends.checks.service.naming.iter().filter_map(|check| check(&entries, &subject.object));
        subject.notes.extend(found.map(Arc::new));
    }
}
