//! `ListenerSets`: listeners that others add to a Gateway. Evaluated with the Gateway they extend.

mod allowed_unseen;
mod conflict_order_unseen;
mod conflicted;
mod not_allowed;
mod parent_missing;
mod parent_unseen;

use crate::evaluate::gateway_api::table::ListenerCheck;
use kubereach_model::evidence::CatalogueEntry;

/// What the catalogue says about the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    allowed_unseen::DOC.entry(),
    conflict_order_unseen::DOC.entry(),
    conflicted::DOC.entry(),
    not_allowed::DOC.entry(),
    parent_missing::DOC.entry(),
    parent_unseen::DOC.entry(),
];

/// Of a listener of a set.
pub(super) const LISTENER: &[ListenerCheck] = &[
    not_allowed::check,
    allowed_unseen::check,
    parent_missing::check,
    parent_unseen::check,
    conflict_order_unseen::check,
    conflicted::check,
];
