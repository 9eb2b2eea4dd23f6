//! `kubectl reach`: the program as kubectl starts it, and kubectl itself where it is installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::kit::shop;
use crate::api::{Api, Cluster};
use crate::program::{PROGRAM, plain};

/// The program under kubectl's names for it.
fn installed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(PROGRAM, folder.path().join("kubectl-reach")).unwrap();
    let script = plain(PROGRAM).args(["completions", "kubectl"]).output().unwrap().stdout;
    let path = folder.path().join("kubectl_complete-reach");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn run(program: &Path, path: &Path, kubeconfig: &Path, args: &[&str]) -> Ran {
    let search = format!("{}:{}", path.display(), std::env::var("PATH").unwrap_or_default());
    let output = plain(program).args(args).env("PATH", search).env("KUBECONFIG", kubeconfig).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Names of the subjects of a JSON report.
fn subjects(ran: &Ran) -> Vec<String> {
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    let mut names: Vec<String> =
        report["subjects"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn served() -> (Api, PathBuf) {
    let api = Cluster::new(shop()).start();
    let kubeconfig = api.kubeconfig_in("admin", "shop");
    (api, kubeconfig)
}

#[test]
fn without_input_it_is_the_cluster_and_the_namespace_of_the_context() {
    let (api, kubeconfig) = served();
    let folder = installed();
    let reach = |args: &[&str]| run(&folder.path().join("kubectl-reach"), folder.path(), &kubeconfig, args);
    assert_eq!(subjects(&reach(&["check", "--format", "json"])), ["shop-web"]);
    assert_eq!(subjects(&reach(&["check", "-A", "--format", "json"])), ["shop-web", "vault-web"]);
    assert_eq!(subjects(&reach(&["check", "--all-namespaces", "--format=json"])), ["shop-web", "vault-web"]);
    assert_eq!(
        subjects(&reach(&["check", "-n", "vault", "--format", "json", "--request-timeout", "20s"])),
        ["vault-web"]
    );
    let ran = reach(&["check", "--as", "bob", "--as-group=devs", "--context", "test", "--request-timeout=0"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = reach(&["trace", "svc/shop-web"]);
    assert!(ran.code == 0 && ran.out.contains("shop-web"), "{}{}", ran.out, ran.err);
    let ran = reach(&["can", "external", "service/shop-web"]);
    assert!(matches!(ran.code, 0 | 1 | 4) && !ran.out.is_empty(), "{}{}", ran.out, ran.err);
    let ran = reach(&["plan", "--format", "text"]);
    assert!(ran.code == 0 && ran.out.contains("shop-web") && !ran.out.contains("vault"), "{}{}", ran.out, ran.err);
    let ran = reach(&["check", "--wait-for", "config-ok", "svc/shop-web"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let taken = api.folder().join("before.tar.gz");
    let ran = reach(&["snapshot", "-o", taken.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = reach(&["diff", taken.to_str().unwrap(), "--format", "json"]);
    assert!(ran.code == 0 && ran.out.contains("live:test"), "{}{}", ran.out, ran.err);
    // What is named is read, and all of it.
    let before = api.log().len();
    assert_eq!(subjects(&reach(&["check", taken.to_str().unwrap(), "--format", "json"])), ["shop-web", "vault-web"]);
    assert_eq!(api.log().len(), before);
    let ran = reach(&["trace", "-A", "svc/shop-web"]);
    assert!(ran.code == 2 && ran.err.contains("-n"), "{}", ran.err);
    // Under its own name nothing of that happens.
    let own = run(Path::new(PROGRAM), folder.path(), &kubeconfig, &["check"]);
    assert!(own.code == 2 && own.err.contains("Usage: kubereach check"), "{}", own.err);
}

#[test]
fn usage_and_examples_are_in_kubectls_words() {
    let (_api, kubeconfig) = served();
    let folder = installed();
    let reach = |args: &[&str]| run(&folder.path().join("kubectl-reach"), folder.path(), &kubeconfig, args);
    for command in
        ["", "check", "trace", "can", "diff", "plan", "snapshot", "probe", "job", "run", "collect", "explain"]
    {
        let args: Vec<&str> = [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        let ran = reach(&args);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains(&format!("Usage: kubectl reach {command}")), "{command}: {}", ran.out);
        let own: Vec<&str> = ran.out.lines().filter(|line| line.contains("kubereach ")).collect();
        assert!(own.is_empty(), "{command}: {own:?}");
    }
    let ran = reach(&["nonsense"]);
    assert!(ran.code == 2 && ran.err.contains("Usage: kubectl reach"), "{}", ran.err);
    let ran = reach(&["trace", "nonsense"]);
    assert!(ran.code == 2 && ran.err.contains("See 'kubectl reach --help'"), "{}", ran.err);
}

#[test]
fn kubectl_is_told_how_to_complete() {
    let (_api, kubeconfig) = served();
    let folder = installed();
    let complete = |args: &[&str]| {
        let ran = run(&folder.path().join("kubectl_complete-reach"), folder.path(), &kubeconfig, args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let mut lines: Vec<String> = ran.out.lines().map(|l| l.split('\t').next().unwrap().to_owned()).collect();
        let directive = lines.pop().unwrap();
        assert!(directive.starts_with(':'), "{directive}");
        (lines, directive)
    };
    let of = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    assert_eq!(complete(&["tr"]), (of(&["trace"]), ":4".to_owned()));
    assert!(complete(&[""]).0.contains(&"check".to_owned()) && complete(&[""]).0.contains(&"man".to_owned()));
    assert_eq!(complete(&["check", "--fail-on", "de"]).0, of(&["degraded"]));
    assert_eq!(complete(&["check", "--wait-for=c"]).0, of(&["--wait-for=config-ok"]));
    assert_eq!(complete(&["check", "--as-g"]).0, of(&["--as-group"]));
    assert_eq!(complete(&["check", "--context", ""]).0, of(&["test"]));
    assert_eq!(complete(&["check", "-n", ""]).0, of(&["shop", "vault"]));
    assert_eq!(complete(&["check", ""]), (Vec::new(), ":0".to_owned()));
    assert_eq!(complete(&["completions", "ku"]).0, of(&["kubectl"]));
    // A cluster that cannot be read leaves it to be typed.
    let nowhere = folder.path().join("nowhere");
    std::fs::write(&nowhere, "").unwrap();
    let ran = run(&folder.path().join("kubectl_complete-reach"), folder.path(), &nowhere, &["check", "-n", ""]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ":0\n"));
}

#[test]
fn kubectl_itself_finds_runs_and_completes_it() {
    if Command::new("kubectl").args(["version", "--client"]).output().is_err() {
        eprintln!("SKIPPED: kubectl is not installed, so the plugin was started without it");
        return;
    }
    let (_api, kubeconfig) = served();
    let folder = installed();
    let kubectl = |args: &[&str]| run(Path::new("kubectl"), folder.path(), &kubeconfig, args);
    assert_eq!(subjects(&kubectl(&["reach", "check", "--format", "json"])), ["shop-web"]);
    let ran = kubectl(&["__complete", "reach", "check", "-n", "va"]);
    assert!(ran.out.starts_with("vault\n:4"), "{}{}", ran.out, ran.err);
}
