//! The krew manifest says what krew/package packs, and krew can install it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

fn krew() -> PathBuf {
    kubereach_testkit::repository().join("krew")
}

fn manifest(path: &Path) -> Value {
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn platforms(manifest: &Value) -> Vec<(String, Value)> {
    let all = manifest["spec"]["platforms"].as_array().unwrap();
    let word = |platform: &Value, key: &str| platform["selector"]["matchLabels"][key].as_str().unwrap().to_owned();
    all.iter().map(|p| (format!("{}/{}", word(p, "os"), word(p, "arch")), p.clone())).collect()
}

#[test]
fn the_manifest_has_what_krew_asks_of_one() {
    let manifest = manifest(&krew().join("reach.yaml"));
    assert_eq!(manifest["apiVersion"], "krew.googlecontainertools.github.com/v1alpha2");
    assert_eq!(manifest["kind"], "Plugin");
    // kubectl finds `kubectl-NAME`, and the file is called NAME.yaml.
    assert_eq!(manifest["metadata"]["name"], "reach");
    let spec = &manifest["spec"];
    let version = format!("v{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(spec["version"], version.as_str());
    assert_eq!(spec["homepage"], env!("CARGO_PKG_REPOSITORY"));
    for key in ["shortDescription", "description", "caveats"] {
        assert!(!spec[key].as_str().unwrap().is_empty(), "{key}");
    }
    // The naming guide asks for a few words, without kubectl or a full stop.
    let short = spec["shortDescription"].as_str().unwrap();
    assert!(short.len() <= 60 && !short.ends_with('.') && !short.contains("kubectl"), "{short}");
    let platforms = platforms(&manifest);
    let unique: BTreeSet<&String> = platforms.iter().map(|(name, _)| name).collect();
    assert_eq!(unique.len(), platforms.len());
    for (name, platform) in &platforms {
        let file = format!("kubectl-reach_{}.tar.gz", name.replace('/', "_"));
        let uri = format!("{}/releases/download/{version}/{file}", env!("CARGO_PKG_REPOSITORY"));
        assert_eq!(platform["uri"], uri.as_str());
        assert_eq!(platform["sha256"], format!("SHA256 of {name}").as_str());
        let files = platform["files"].as_array().unwrap();
        assert!(files.iter().any(|file| file["from"] == platform["bin"] && file["to"] == "."), "{name}");
    }
}

#[test]
fn what_is_packed_is_what_the_manifest_says() {
    let out = tempfile::tempdir().unwrap();
    // What is packed makes no difference to how; the real program is large.
    let program = out.path().join("kubereach");
    std::fs::write(&program, concat!("#!/bin/sh\necho ", env!("CARGO_PKG_VERSION"), "\n")).unwrap();
    let before = platforms(&manifest(&krew().join("reach.yaml")));
    let given: Vec<String> = before.iter().map(|(name, _)| format!("{name}={}", program.display())).collect();
    let pack = |given: &[String]| Command::new(krew().join("package")).arg(out.path()).args(given).output().unwrap();
    let incomplete = pack(&given[1..]);
    assert!(!incomplete.status.success());
    assert!(String::from_utf8_lossy(&incomplete.stderr).contains(&before[0].0), "the missing platform is named");
    assert!(!out.path().join("reach.yaml").exists(), "a manifest without a digest is not written");
    assert_eq!(pack(&["plan9/mips=x".to_owned()]).status.code(), Some(2));

    let done = pack(&given);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    for (name, platform) in platforms(&manifest(&out.path().join("reach.yaml"))) {
        let archive = out.path().join(platform["uri"].as_str().unwrap().rsplit('/').next().unwrap());
        let bytes = std::fs::read(&archive).unwrap();
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(platform["sha256"], digest.as_str(), "{name}");
        let into = tempfile::tempdir().unwrap();
        let unpacked = Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(into.path()).status().unwrap();
        assert!(unpacked.success());
        for file in platform["files"].as_array().unwrap() {
            assert!(into.path().join(file["from"].as_str().unwrap()).is_file(), "{name}: {file}");
        }
        let bin = into.path().join(platform["bin"].as_str().unwrap());
        let said = Command::new(bin).arg("--version").output().unwrap();
        assert!(String::from_utf8_lossy(&said.stdout).contains(env!("CARGO_PKG_VERSION")), "{name}");
    }
}
