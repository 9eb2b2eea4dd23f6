//! `BackendTLSPolicies`: encryption between a gateway and a backend. Evaluated with the routes that lead there.

pub mod ca_unseen;
pub mod condition_false;
pub mod conflicted;
pub mod invalid_kind;
pub mod no_valid_ca;
pub mod some_ca_invalid;

use kubereach_model::evidence::Entry;

/// The pages of this area.
pub static PAGES: &[&Entry] = &[
    ca_unseen::PAGE.entry(),
    condition_false::PAGE.entry(),
    conflicted::PAGE.entry(),
    invalid_kind::PAGE.entry(),
    no_valid_ca::PAGE.entry(),
    some_ca_invalid::PAGE.entry(),
];
