//! The program, as on a machine where nothing is configured.
#![allow(dead_code, reason = "each program of tests uses its own part")]

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

/// Where the program is.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_kubereach");

/// What is taken over from who runs the tests: where programs, libraries and temporary files are.
const KEPT: [&str; 5] = ["PATH", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "LLVM_PROFILE_FILE"];

/// The program, with nothing else of the environment of who runs the tests.
pub(crate) fn program() -> Command {
    plain(PROGRAM)
}

/// The same, to be asserted about.
pub(crate) fn kubereach() -> assert_cmd::Command {
    assert_cmd::Command::from_std(program())
}

/// Any program, with nothing else of the environment of who runs the tests: a home that is empty, no kubeconfig, no
/// proxy, no CI system, UTC, and a terminal of 100 columns.
pub(crate) fn plain(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("COLUMNS", "100").env("HOME", home());
    command.envs(KEPT.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command
}

/// A folder with nothing in it.
fn home() -> PathBuf {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("home");
    std::fs::create_dir_all(&home).unwrap();
    home
}
