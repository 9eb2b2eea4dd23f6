//! The `policy` segment: whom the pods behind a Service port admit.

mod behind;
mod callers;
mod controller;
mod egress;
mod identity;
mod rules;
pub(crate) mod targets;

pub use behind::behind;
pub use callers::{Caller, Callers, CallersOf};
pub use controller::through;
pub use identity::{Behind, behind_port, ready_behind, service_port};

/// The checks of the `policy` segment.
#[derive(Debug)]
pub struct CheckTable {}
