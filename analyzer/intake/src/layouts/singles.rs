//! What collectors that write one file per object have in common: a kind without objects leaves
//! nothing, so what is there shows only that it is there.

use std::collections::BTreeSet;

use super::Facts;
use super::facts::CoverageStatement;
use super::part::Part;
use kubereach_model::snapshot::{GroupKind, kinds};

/// Says of every kind of which objects were read that they may not be all.
pub(super) fn found(part: &Part<'_>, out: &mut Facts, reason: &str) {
    let used = part.files.iter().enumerate().filter(|(n, _)| !out.unused.contains(n));
    let found: BTreeSet<GroupKind> =
        used.flat_map(|(_, file)| file.objects()).map(kubereach_model::snapshot::AnyObject::group_kind).collect();
    for kind in found.iter().filter(|k| kinds::of(k).is_some()) {
        if !out.has(kind, None) {
            out.say(kind, None, CoverageStatement::partial(reason, ""));
        }
    }
}

/// Captured errors and unreadable texts in place of objects, as problems.
pub(super) fn errors(part: &Part<'_>, out: &mut Facts) {
    for file in &part.files {
        for error in file.documents().into_iter().flat_map(|d| &d.errors) {
            let message = format!("captured from the collector: {}", super::part::words(&error.text));
            out.problem(&file.display, Some(error.line), message);
        }
    }
}
