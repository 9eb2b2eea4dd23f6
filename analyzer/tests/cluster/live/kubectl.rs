//! kubectl itself, where it is installed, reads what a snapshot holds.

use std::process::Command;

use kubereach_intake::progress::Silent;
use kubereach_live::cluster::{self, Form};
use serde_json::Value;

use super::kit::{ask, shop, target};
use crate::api::Cluster;
use crate::program::plain;

#[test]
fn kubectl_reads_every_list_of_a_snapshot() {
    if !Command::new("kubectl").args(["version", "--client"]).output().is_ok_and(|output| output.status.success()) {
        eprintln!("there is no kubectl here");
        return;
    }
    let api = Cluster::new(shop()).start();
    let folder = api.folder().join("folder");
    cluster::snapshot(&target(&api, "admin"), &ask(), &folder, Form::Directory, None, Box::new(Silent)).unwrap();
    let mut read = 0;
    for entry in walkdir::WalkDir::new(&folder).min_depth(2).into_iter().map(Result::unwrap) {
        if !entry.file_type().is_file() {
            continue;
        }
        let list: Value = serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap();
        let items = list["items"].as_array().map_or(0, Vec::len);
        // Without a server: what it prints is what it read.
        let arguments = ["label", "--local", "--overwrite", "-o", "name", "kubereach.dev/read=yes", "-f"];
        let output = plain("kubectl").args(arguments).arg(entry.path()).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).lines().count();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(printed, items, "{}: {said}", entry.path().display());
        read += 1;
    }
    assert!(read >= 5, "{read}");
}
