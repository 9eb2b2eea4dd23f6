//! `ListenerSets`: listeners that others add to a Gateway. Evaluated with the Gateway they extend.

pub mod allowed_unseen;
pub mod conflict_order_unseen;
pub mod conflicted;
pub mod not_allowed;
pub mod parent_missing;
pub mod parent_unseen;

use kubereach_model::evidence::Entry;

/// The pages of this area.
pub static PAGES: &[&Entry] = &[
    allowed_unseen::PAGE.entry(),
    conflict_order_unseen::PAGE.entry(),
    conflicted::PAGE.entry(),
    not_allowed::PAGE.entry(),
    parent_missing::PAGE.entry(),
    parent_unseen::PAGE.entry(),
];
