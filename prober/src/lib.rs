//! What is measured: plan in, observations out.
//!
//! Without the default feature `probe` this crate is the two documents ([`plan`], [`observations`]),
//! the rules that judge raw facts ([`class`], [`outcome`], [`answered_by`]) and the log
//! [`envelope`]. With it comes the engine ([`probe`]) that runs a plan.

// Each looks at none that comes later.
pub mod canonical;
pub mod error;
pub mod guard;
pub mod schema;
pub mod words;

pub mod answered_by;
pub mod class;
mod document;
pub mod layer;

pub mod plan;

pub mod observations;
pub mod outcome;

pub mod envelope;
pub mod text;

pub mod collect;

#[cfg(feature = "probe")]
pub mod probe;

pub use error::DocumentError;
pub use observations::{OBSERVATIONS_SCHEMA, Observations};
pub use plan::{PLAN_SCHEMA, Plan};
#[cfg(feature = "probe")]
pub use probe::{Options, run};
