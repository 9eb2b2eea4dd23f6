//! Nothing is changed before somebody said so.

use super::kit::{assert_clean, cluster, ever, run};
use crate::program::{PROGRAM, plain};

#[test]
fn without_a_terminal_and_without_yes_nothing_is_even_read() {
    let api = cluster(8080).start();
    for arguments in [&["-n", "shop"][..], &["--cleanup"]] {
        let (code, out, err) = run(&api, "admin", arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(err.contains("--yes") && err.contains("terminal"), "{err}");
    }
    assert!(api.log().is_empty());
}

#[test]
fn a_dry_run_prints_what_would_be_created_and_sends_only_reads_and_reviews() {
    let api = cluster(8080).start();
    let (code, out, err) = run(&api, "admin", &["-n", "shop", "--dry-run", "--from", "deployment/front"]);
    assert_eq!(code, 0, "{err}");
    for words in ["kind: Job", "kind: ConfigMap", "namespace: shop", "serviceAccountName: front", "pool: edge"] {
        assert!(out.contains(words), "{words}: {out}");
    }
    let other = |r: &&crate::api::Request| r.method != "GET" && !r.path.ends_with("reviews");
    assert!(api.log().iter().find(other).is_none());
    assert_eq!(ever(&api, "jobs"), 0);
    assert_clean(&api, &err);
}

/// At a terminal the question is asked, and anything but yes is no.
#[test]
fn at_a_terminal_it_asks() {
    // util-linux; where it is missing there is no terminal to test with.
    if std::process::Command::new("script").arg("--version").output().is_err() {
        eprintln!("SKIPPED: 'script' of util-linux is missing");
        return;
    }
    for (answer, created) in [("n", 0), ("", 0), ("y", 1)] {
        let api = cluster(8080).start();
        let line = format!(
            "{} run --kubeconfig {} -n shop -q --start 1s",
            PROGRAM,
            api.kubeconfig_in("admin", "shop").display()
        );
        let mut child = plain("script")
            .args(["-qec", &line, "/dev/null"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .current_dir(api.folder())
            .spawn()
            .unwrap();
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), format!("{answer}\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("Create 1 Job and ConfigMap in namespace shop") && said.contains("[y/N]"), "{said}");
        assert_eq!(ever(&api, "jobs"), created, "'{answer}': {said}");
        assert_clean(&api, &said);
    }
}
