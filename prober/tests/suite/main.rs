//! The prober from outside, one file per idea: its documents, its table of classes, each layer against
//! servers in this process, the program itself, and real servers in a network made by the test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::assigning_clones,
    clippy::too_many_lines,
    reason = "tests are read more often than run"
)]

mod common;

mod documents;
mod entries;
mod envelope;
mod hostile;
mod outcomes;

#[cfg(feature = "probe")]
mod binary;
#[cfg(feature = "probe")]
mod dns;
#[cfg(feature = "probe")]
mod grpc;
#[cfg(feature = "probe")]
mod http;
#[cfg(all(feature = "probe", target_os = "linux"))]
mod network;
#[cfg(feature = "probe")]
mod tls;
#[cfg(feature = "probe")]
mod transport;
