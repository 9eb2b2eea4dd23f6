//! The `policy` segment: whom the pods behind a Service port admit.

mod behind;
mod controller;
mod egress;
mod identity;
mod rules;
pub(crate) mod targets;

pub use behind::behind;
pub use controller::through;
pub use identity::{Behind, behind_port, ready_behind, service_port};
