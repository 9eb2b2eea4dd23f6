//! `BackendTLSPolicies`: encryption between a gateway and a backend. Evaluated with the routes that lead there.

mod ca_unseen;
mod condition_false;
mod conflicted;
mod invalid_kind;
mod no_valid_ca;
pub(super) mod section_not_found;
mod some_ca_invalid;

use crate::evaluate::gateway_api::table::{BackendCaCheck, BackendTlsCheck};
use kubereach_model::evidence::CatalogueEntry;

/// What the catalogue says about the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    ca_unseen::DOC.entry(),
    condition_false::DOC.entry(),
    conflicted::DOC.entry(),
    invalid_kind::DOC.entry(),
    no_valid_ca::DOC.entry(),
    section_not_found::DOC.entry(),
    some_ca_invalid::DOC.entry(),
];

/// Of the policies for a backend.
pub(super) const POLICY: &[BackendTlsCheck] = &[conflicted::check];

/// Of one reference to authorities.
pub(super) const AUTHORITIES: &[BackendCaCheck] =
    &[invalid_kind::check, ca_unseen::check, no_valid_ca::check, some_ca_invalid::check];

/// Of what the conditions of the policy add.
pub(super) const STATUS: &[BackendTlsCheck] = &[condition_false::check];
