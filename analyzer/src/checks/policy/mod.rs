//! Network policy.

pub mod not_evaluated;

use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evidence::{Entry, Stretch};

/// The pages of this area.
pub static PAGES: &[&Entry] = &[not_evaluated::PAGE.entry()];

/// The `policy` segment of a path that ends at `backend`: shown as not evaluated, not counted.
pub fn stretch(backend: &ObjectRef) -> Arc<Stretch> {
    let mut stretch = Stretch::aside(SegmentName::Policy, Some(backend.clone()));
    stretch.add(not_evaluated::finding(backend));
    Arc::new(stretch)
}
