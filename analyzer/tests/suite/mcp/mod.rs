//! `kubereach mcp`, as clients start it.

#[path = "../../common/client.rs"]
mod client;

mod conversation;
mod hostile;
mod http;
mod incident;
mod quoted;
mod transcript;

use std::path::PathBuf;
use std::process::Command;

use crate::program::program;
use client::Client;

/// The bundle of the README's example: an incident in a shop, of which a part was closed to the collector.
fn bundle() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures/bundles/troubleshoot/input/support-bundle-2026-01-02T03_04_05.tar.gz")
}

/// The server over files, named as they are in their folder.
fn server(files: &[PathBuf]) -> Command {
    let mut command = program();
    command.arg("mcp").args(files.iter().map(|file| file.file_name().unwrap()));
    command.current_dir(files.first().unwrap().parent().unwrap());
    command
}

fn shop() -> Client {
    Client::start(server(&[bundle()]))
}
