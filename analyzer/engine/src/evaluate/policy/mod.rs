//! The `policy` segment: whom the pods behind a Service port admit.

mod behind;
mod caller;
mod callers;
mod context;
mod egress;
mod identity;
mod outside;
mod table;
pub mod targets;
pub(crate) mod words;

use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::Segment;

pub use behind::behind;
pub(crate) use caller::asks_for_identity;
pub use caller::{Asked, CallerContext, Pairs, through};
pub use callers::{Caller, Callers, CallersOf};
pub use context::{Admits, Context, PolicyContext};
pub use egress::{Dns, Egress, EgressContext, Near};
pub use identity::{Behind, behind_port, ready_behind, service_port};
pub use outside::{OutsideContext, from_outside};
pub use table::CheckTable;

/// The `policy` segment of a path whose port at `backend` is not known: there is nothing to ask about. The
/// segments before it say so; this one is shown and not counted.
pub fn without_port(checks: &CheckTable, backend: &ObjectRef) -> Arc<Segment> {
    let mut segment = Segment::aside(SegmentName::Policy, Some(backend.clone()));
    for check in checks.without_port {
        segment.add(check(backend));
    }
    Arc::new(segment)
}
