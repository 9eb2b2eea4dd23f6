//! What the engine promises, from outside: about whole inputs and made-up clusters, and against expectations that
//! nobody here wrote.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../common/mod.rs"]
mod common;

mod agreement;
mod calico_laws;
mod catalogue;
mod change_laws;
mod cilium_laws;
mod configuration;
mod door_laws;
mod fix_laws;
mod gate;
mod gateway;
mod laws;
mod measured;
mod measured_laws;
mod mesh_laws;
mod plan;
mod policy_catalogue;
mod policy_laws;
mod policy_rows;
mod quoted;
mod rendered;
mod request_laws;
mod service;
mod truth_calico;
mod truth_cilium;
mod truth_doors;
mod truth_gateway;
mod truth_mesh;
mod truth_policy;
mod truth_requests;
mod truth_snapshots;
mod words;
