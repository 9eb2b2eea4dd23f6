//! `--render`: a folder that is named is rendered by the tool of the PATH, and fetches nothing.

use std::path::Path;

use crate::program::kubereach;

const KUSTOMIZATION: &str = "namespace: shop\nresources: [web.yaml]\n";
const WEB: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
";

fn folder(kustomization: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("deploy")).unwrap();
    std::fs::write(folder.path().join("deploy/kustomization.yaml"), kustomization).unwrap();
    std::fs::write(folder.path().join("deploy/web.yaml"), WEB).unwrap();
    folder
}

fn run(folder: &Path, path: &Path, args: &[&str]) -> (Option<i32>, String) {
    let run = kubereach().args(args).current_dir(folder).env("PATH", path).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    (run.status.code(), said)
}

#[cfg(unix)]
fn tool(folder: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let file = folder.join("kustomize");
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn what_the_tool_prints_is_judged_and_its_version_named() {
    let (folder, bin) = (folder(KUSTOMIZATION), tempfile::tempdir().unwrap());
    let object = WEB.replace("{name: web}", "{name: web, namespace: shop}").replace('\n', "\\n");
    tool(bin.path(), &format!("[ \"$1\" = version ] && echo v9.8.7 && exit; printf '{object}'"));
    let (code, said) = run(folder.path(), bin.path(), &["check", "./deploy", "--render", "--assume-complete"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Service shop/web") && said.contains("deploy (kustomize build v9.8.7)"), "{said}");
}

#[cfg(unix)]
#[test]
fn what_the_tool_cannot_render_is_said_in_its_words() {
    let (folder, bin) = (folder(KUSTOMIZATION), tempfile::tempdir().unwrap());
    tool(bin.path(), "echo 'Error: no such patch' >&2; exit 1");
    let (code, said) = run(folder.path(), bin.path(), &["check", "deploy", "--render"]);
    assert!(code == Some(3) && said.contains("Error: no such patch"), "{code:?} {said}");
}

#[test]
fn what_is_elsewhere_is_not_fetched_and_what_is_missing_named() {
    let empty = tempfile::tempdir().unwrap();
    let remote = folder("resources:\n- https://example.com/base?ref=v1\n");
    let (code, said) = run(remote.path(), empty.path(), &["check", "deploy", "--render"]);
    assert!(code == Some(2) && said.contains("--render fetches nothing"), "{code:?} {said}");
    let (code, said) = run(folder(KUSTOMIZATION).path(), empty.path(), &["check", "deploy", "--render"]);
    assert!(code == Some(2) && said.contains("no kustomize or kubectl on the PATH"), "{code:?} {said}");
}
