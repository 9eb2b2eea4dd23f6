//! Entries of kinds that are not evaluated: named, never judged.

pub mod other_kinds;
pub mod routed_elsewhere;

use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[other_kinds::DOC.entry(), routed_elsewhere::DOC.entry()];
