//! What is known of a cluster: the [`snapshot`] with its coverage, and [`evidence`] with its proofs.
//!
//! Nothing here reads files or judges; the modules stand in the order in which they build on each other.
#![forbid(unsafe_code)]

pub mod url;

pub mod snapshot;

pub mod evidence;
