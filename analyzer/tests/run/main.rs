//! `kubereach run` from outside: the real program against an API server on a real socket, a Job controller and a
//! kubelet that do what a row says, and once the prober itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../api/mod.rs"]
mod api;

mod kit;

mod cleanup;
mod consent;
mod only;
mod preflight;
mod rows;
mod vantages;
mod whole;
