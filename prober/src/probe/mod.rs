//! The engine: runs a plan from where it stands.
//!
//! One strict ladder per target ([`attempt`]): a layer is tried only after the one below it passed.
//! Everything is recorded raw; [`crate::outcome`] says what it comes to, [`row`] folds the attempts.

mod attempt;
mod clock;
mod command;
mod dns;
mod engine;
mod gate;
mod grpc;
mod http;
mod options;
mod row;
mod tap;
mod tcp;
mod tls;
mod udp;
pub mod vantage;

pub use dns::ResolverConfig;
pub use engine::{not_run, run};
pub use http::answered;
pub use http::request::USER_AGENT;
pub use options::{Options, Stop, StopHandle};
