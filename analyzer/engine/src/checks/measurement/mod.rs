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
use kubereach_model::evidence::{Entry, Finding, Path};

/// The pages of this area.
pub static PAGES: &[&Entry] = &[
    error_answer::PAGE.entry(),
    fails_as_configured::PAGE.entry(),
    fails_though_open::PAGE.entry(),
    flaky::PAGE.entry(),
    flows_though_blocked::PAGE.entry(),
    other_identity::PAGE.entry(),
    relay_differs::PAGE.entry(),
    same_as_unknown_host::PAGE.entry(),
    some_addresses_fail::PAGE.entry(),
    some_callers_fail::PAGE.entry(),
    some_endpoints_fail::PAGE.entry(),
    stale::PAGE.entry(),
    unconfirmed_failure::PAGE.entry(),
];

/// What is to be said about a measured path. `taken_at` is the snapshot's time.
pub fn findings(path: &Path, seen: &PathSeen, taken_at: Option<Timestamp>) -> Vec<Arc<Finding>> {
    seen.remarks.iter().map(|remark| Arc::new(words::finding(path, remark, taken_at))).collect()
}
