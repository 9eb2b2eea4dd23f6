//! Measurements: what real traffic showed, and where it contradicts the configuration.
//!
//! These findings hang on a path, not on one of its segments: they say what was measured, never what the
//! configuration shows, so neither changes the other.

pub mod error_answer;
pub mod fails_as_configured;
pub mod fails_though_open;
pub mod flaky;
pub mod flows_though_blocked;
pub mod other_identity;
pub mod relay_differs;
pub mod same_as_unknown_host;
pub mod some_addresses_fail;
pub mod some_callers_fail;
pub mod some_endpoints_fail;
pub mod stale;
pub mod unconfirmed_failure;
mod words;

use std::sync::Arc;

use crate::observation::PathSeen;
use jiff::Timestamp;
use kubereach_model::evidence::{CatalogueEntry, Finding, Path};

/// The pages of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    error_answer::DOC.entry(),
    fails_as_configured::DOC.entry(),
    fails_though_open::DOC.entry(),
    flaky::DOC.entry(),
    flows_though_blocked::DOC.entry(),
    other_identity::DOC.entry(),
    relay_differs::DOC.entry(),
    same_as_unknown_host::DOC.entry(),
    some_addresses_fail::DOC.entry(),
    some_callers_fail::DOC.entry(),
    some_endpoints_fail::DOC.entry(),
    stale::DOC.entry(),
    unconfirmed_failure::DOC.entry(),
];

/// What is to be said about a measured path. `taken_at` is the snapshot's time.
pub fn findings(path: &Path, seen: &PathSeen, taken_at: Option<Timestamp>) -> Vec<Arc<Finding>> {
    seen.remarks.iter().map(|remark| Arc::new(words::finding(path, remark, taken_at))).collect()
}
