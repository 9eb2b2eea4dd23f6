//! The gate: what was accepted beforehand, and whether the run fails.
//!
//! It never touches a verdict. A subject that is broken stays broken in the report, the summary and every
//! format; what was accepted only decides whether it trips the gate and where it is shown.
//!
//! `[checks."code"]` tables ([`checks`]) keep findings from the gate and show them as ever.
//! Three things accept findings: `[[ignore]]` tables of `kubereach.toml` ([`config`]), annotations of the
//! objects ([`annotations`]) and a baseline ([`baseline`]). [`apply`] holds them against the findings of a
//! report; [`verdict`] says what is left of a subject's verdict without them.

pub mod annotations;
mod apply;
pub mod baseline;
mod change;
pub mod checks;
pub mod config;
mod ignore;
pub mod verdict;

pub use apply::{Rules, apply};
pub use ignore::{Honour, Ignore, IgnoreError};
