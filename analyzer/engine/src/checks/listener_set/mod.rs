//! `ListenerSets`: listeners that others add to a Gateway. Evaluated with the Gateway they extend.

pub mod allowed_unseen;
pub mod conflict_order_unseen;
pub mod conflicted;
pub mod not_allowed;
pub mod parent_missing;
pub mod parent_unseen;

use kubereach_model::evidence::CatalogueEntry;

/// The pages of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    allowed_unseen::DOC.entry(),
    conflict_order_unseen::DOC.entry(),
    conflicted::DOC.entry(),
    not_allowed::DOC.entry(),
    parent_missing::DOC.entry(),
    parent_unseen::DOC.entry(),
];
