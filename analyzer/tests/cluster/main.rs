//! The program and the live reader against an API server on a real socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../common/program.rs"]
mod program;

mod api;
mod live;
#[cfg(feature = "mcp")]
mod mcp;
mod run;
