//! The program from outside: what people type, and what comes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../common/program.rs"]
mod program;

mod can;
mod ci_docs;
mod cli;
mod fixes;
mod fleet;
mod krew;
mod manners;
#[cfg(feature = "mcp")]
mod mcp;
mod measured;
#[cfg(feature = "live")]
mod measuring;
mod mutations;
mod page;
mod plans;
mod recipes;
mod recommended;
mod render;
mod request;
mod scale;
mod secrets;
mod slips;
mod unread;
