//! What is measured: plan in, observations out.
//!
//! Without the default feature `probe` this crate is the two documents ([`plan`], [`observations`]),
//! the rules that judge raw facts ([`class`], [`outcome`], [`answered_by`]) and the log
//! [`envelope`]. With it comes the engine ([`probe`]) that runs a plan.

pub mod answered_by;
pub mod canonical;
pub mod class;
pub mod collect;
mod document;
pub mod envelope;
pub mod error;
pub mod guard;
pub mod layer;
pub mod observations;
pub mod outcome;
pub mod plan;
#[cfg(feature = "probe")]
pub mod probe;
pub mod schema;
pub mod text;
pub mod words;

pub use error::DocumentError;
pub use observations::{OBSERVATIONS_SCHEMA, Observations};
pub use plan::{PLAN_SCHEMA, Plan};
#[cfg(feature = "probe")]
pub use probe::{Options, run};
