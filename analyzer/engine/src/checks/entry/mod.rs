//! Front doors of kinds that are not evaluated: named, never judged.

use std::sync::Arc;

use crate::resolve::World;
use crate::resolve::entries::OpaqueEntries;
use kubereach_model::evidence::{Entry, Subject};

pub mod other_kinds;
pub mod routed_elsewhere;

/// The pages of this area.
pub static PAGES: &[&Entry] = &[other_kinds::PAGE.entry(), routed_elsewhere::PAGE.entry()];

/// Notes on every Service who else leads to it.
pub fn note_other_kinds(world: &World<'_>, subjects: &mut [Subject]) {
    if world.snapshot.opaque.is_empty() {
        return;
    }
    let entries = OpaqueEntries::of(world);
    for subject in subjects.iter_mut().filter(|subject| subject.object.kind == "Service") {
        subject.notes.extend(other_kinds::finding(&entries, &subject.object).map(Arc::new));
    }
}
