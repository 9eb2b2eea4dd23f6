//! How fast kubereach is on this machine: generates a cluster, runs the program and its yardsticks on it, and prints one
//! table. `cargo run --release -p kubereach --example bench -- --pods 150000`

#[path = "../benches/measure/mod.rs"]
mod measure;
#[path = "../benches/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> measure::Any<()> {
    measure::main(program)
}

/// The program beside this one, built now by the cargo that runs this.
fn program() -> measure::Any<PathBuf> {
    if cfg!(debug_assertions) {
        eprintln!("Built without optimization: add --release for figures that mean something.");
    }
    let this = std::env::current_exe()?;
    let folder = this.parent().and_then(Path::parent).ok_or("this program is in no folder of cargo's")?;
    let program = folder.join(format!("kubereach{}", std::env::consts::EXE_SUFFIX));
    if let Some(cargo) = std::env::var_os("CARGO") {
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "-p", "kubereach", "--bin", "kubereach", "--manifest-path"]);
        build.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        if !build.status()?.success() {
            return Err("kubereach could not be built".into());
        }
    }
    if !program.is_file() {
        return Err(format!("{} is not there: run this with cargo", program.display()).into());
    }
    Ok(program)
}
