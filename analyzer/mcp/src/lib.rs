//! The analysis as a Model Context Protocol server, for people who hand it to a model.
//!
//! What it can do is fixed at its start: sources are given to it as functions that read ([`Source`]), and no tool takes
//! a path, a kubeconfig, a context, an identity or a URL to read. It opens no file and no connection of its own, except
//! for the loopback port of [`http`](fn@http). Answers are made from the report and bounded ([`fit`]); words of the
//! cluster leave them as quotations only ([`quote`]).
#![forbid(unsafe_code)]
// Each looks at none that comes later.
mod quote;

mod fit;

mod source;

mod measuring;

mod schema;

mod view;

mod tools;

mod resources;

mod prompts;

mod complete;

mod server;

mod stdio;

mod http;

pub use http::{Bound, http};
pub use measuring::{Creates, Measure, Measured, Preview, Ready, Stop, Wanted};
pub use server::Server;
pub use source::{Source, SourceKind, Watched};
pub use stdio::stdio;
