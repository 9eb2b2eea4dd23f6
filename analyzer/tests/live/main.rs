//! The live reader against an API server on a real socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../api/mod.rs"]
mod api;
#[path = "../common/situation.rs"]
mod situation;

mod kit;
mod krew;

mod credentials;
mod fixtures;
mod follow;
mod permission;
mod plane;
mod plugin;
mod rbac;
mod relay;
mod secrets;
mod snapshot;
mod trouble;
