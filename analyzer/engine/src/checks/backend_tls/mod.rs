//! `BackendTLSPolicies`: encryption between a gateway and a backend. Evaluated with the routes that lead there.

pub mod ca_unseen;
pub mod condition_false;
pub mod conflicted;
pub mod invalid_kind;
pub mod no_valid_ca;
pub mod some_ca_invalid;

use kubereach_model::evidence::CatalogueEntry;

/// The pages of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    ca_unseen::DOC.entry(),
    condition_false::DOC.entry(),
    conflicted::DOC.entry(),
    invalid_kind::DOC.entry(),
    no_valid_ca::DOC.entry(),
    some_ca_invalid::DOC.entry(),
];
