//! What the tests of kubereach share: objects as an API server stores them, snapshots of them, the situations of
//! `fixtures/` and the suites of `tests/truth`.
//!
//! Nothing here knows the engine, so that its own unit tests can use it too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

pub mod measured;
pub mod situations;
pub mod snapshots;
pub mod stored;
pub mod truth;

// Looks at `stored`.
pub mod planted;

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
