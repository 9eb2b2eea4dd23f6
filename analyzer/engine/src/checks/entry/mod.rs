//! Front doors of kinds that are not evaluated: named, never judged.

use std::sync::Arc;

use crate::evaluate::Cluster;
use crate::resolve::entries::UnmodelledEntries;
use kubereach_model::evidence::{CatalogueEntry, Subject};

pub mod other_kinds;
pub mod routed_elsewhere;

/// The pages of this area.
pub static DOCS: &[&CatalogueEntry] = &[other_kinds::DOC.entry(), routed_elsewhere::DOC.entry()];

/// Notes on every Service who else leads to it.
pub fn note_other_kinds(cluster: &Cluster<'_>, subjects: &mut [Subject]) {
    if cluster.snapshot.unmodelled.is_empty() {
        return;
    }
    let entries = UnmodelledEntries::of(cluster);
    for subject in subjects.iter_mut().filter(|subject| subject.object.kind == "Service") {
        subject.notes.extend(other_kinds::finding(&entries, &subject.object).map(Arc::new));
    }
}
