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
mod phrases;
pub mod relay_differs;
pub mod same_as_unknown_host;
pub mod some_addresses_fail;
pub mod some_callers_fail;
pub mod some_endpoints_fail;
pub mod stale;
pub mod unconfirmed_failure;

use std::sync::Arc;

use jiff::Timestamp;
use kubereach_reports::report::ObjectRef;

use crate::observation::{PathSeen, Remark};
use kubereach_model::evidence::{CatalogueEntry, Finding, Path};

/// The catalogue entries of this area.
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

/// What a check of this area is asked about: one remark on a measured path.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The path.
    pub path: &'a Path,
    /// What was measured of it.
    pub remark: &'a Remark,
    /// The snapshot's time.
    pub taken_at: Option<Timestamp>,
}

impl Context<'_> {
    /// The object where the path begins.
    fn entry(&self) -> ObjectRef {
        self.path.key.entry.clone()
    }

    /// The backend, or where the path begins if it names none.
    fn backend_or_entry(&self) -> ObjectRef {
        backend(self.path).unwrap_or_else(|| self.entry())
    }
}

fn backend(path: &Path) -> Option<ObjectRef> {
    path.key.backend.as_ref().map(|b| ObjectRef {
        kind: b.kind.clone(),
        namespace: Some(b.namespace.clone()),
        name: b.name.clone(),
        group: None,
    })
}

/// The checks of this area. One of them speaks of a remark.
const CHECKS: &[fn(&Context<'_>) -> Option<Finding>] = &[
    error_answer::finding,
    fails_as_configured::finding,
    fails_though_open::finding,
    flaky::finding,
    flows_though_blocked::finding,
    other_identity::finding,
    relay_differs::finding,
    same_as_unknown_host::finding,
    some_addresses_fail::finding,
    some_callers_fail::finding,
    some_endpoints_fail::finding,
    stale::finding,
    unconfirmed_failure::finding,
];

/// What is to be said about a measured path. `taken_at` is the snapshot's time.
pub fn findings(path: &Path, seen: &PathSeen, taken_at: Option<Timestamp>) -> Vec<Arc<Finding>> {
    let of = |remark| {
        let cx = Context { path, remark, taken_at };
        CHECKS.iter().find_map(|check| check(&cx)).map(Arc::new)
    };
    seen.remarks.iter().filter_map(of).collect()
}
