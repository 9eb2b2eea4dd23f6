//! The program from outside: exit codes, streams, outputs, bad input (`docs/design.md#command-line`).

use std::path::PathBuf;

use kubereach_testkit::repository;
use kubereach_testkit::situations::fixtures;

use crate::program::kubereach;

fn fixture(path: &str) -> PathBuf {
    fixtures().join(path)
}

/// A Service whose selector matches no pod, as a whole cluster.
const BROKEN: &str = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: shop, uid: 11111111-0000-4000-8000-000000000001, resourceVersion: '10', creationTimestamp: '2026-01-01T00:00:00Z'}
  spec:
    clusterIP: 10.96.0.10
    ports:
    - {port: 80, protocol: TCP, targetPort: 8080}
    selector: {app: web}
    type: ClusterIP
  status: {loadBalancer: {}}
- apiVersion: v1
  kind: Pod
  metadata: {name: other, namespace: shop, uid: 11111111-0000-4000-8000-000000000002, resourceVersion: '11', creationTimestamp: '2026-01-01T00:00:00Z', labels: {app: other}}
  spec: {containers: [{name: app, ports: [{containerPort: 8080}]}]}
  status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: 'True'}]}
";

fn stdout(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn stderr(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn a_broken_subject_trips_the_gate_whatever_the_format() {
    for format in ["text", "json", "jsonl", "markdown", "html"] {
        let run = kubereach()
            .args(["check", "-", "--assume-complete", "--format", format])
            .write_stdin(BROKEN)
            .assert()
            .code(1);
        assert!(stdout(&run).contains("broken"), "{format}");
        assert_eq!(stderr(&run), "", "{format}");
    }
}

#[test]
fn the_gate_can_be_moved() {
    for (fail_on, code) in [("never", 0), ("broken", 1), ("degraded", 1), ("unknown", 1)] {
        kubereach()
            .args(["check", "-", "--assume-complete", "--fail-on", fail_on, "-q"])
            .write_stdin(BROKEN)
            .assert()
            .code(code);
    }
}

#[test]
fn without_proof_of_absence_nothing_is_broken() {
    // Two hand-picked objects, not a list: other pods may exist.
    let objects: String =
        BROKEN.split("\n- ").skip(1).map(|item| format!("---\n{}\n", item.replace("\n  ", "\n"))).collect();
    let run = kubereach().args(["check", "-", "--format", "json"]).write_stdin(objects).assert().code(0);
    let report: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(report["summary"]["broken"], 0);
    assert_eq!(report["summary"]["unknown"], 1);
}

#[test]
fn usage_errors_exit_with_two_and_say_what_to_write() {
    for (args, words) in [
        (vec!["check"], "INPUT"),
        (vec!["check", "-", "--format", "pdf"], "use one of text, json"),
        (vec!["check", "-", "-o", "report.pdf"], "the ending names no format"),
        (vec!["check", "-", "--assume-complete=Service/shop"], "Kind/ns=NAMESPACE"),
        (vec!["trace", "web", "-"], "KIND/NAME"),
        (vec!["trace", "deployment/web", "-"], "does not judge 'deployment'"),
        (vec!["explain", "service/no-such"], "there is no finding code"),
        (vec!["frobnicate"], "frobnicate"),
    ] {
        let run = kubereach().args(&args).write_stdin("").assert().code(2);
        assert!(stderr(&run).contains(words), "{args:?}: {}", stderr(&run));
        assert_eq!(stdout(&run), "", "{args:?}");
    }
}

#[test]
fn input_that_cannot_be_analyzed_exits_with_three_and_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let empty_folder = folder.path().join("nothing-here");
    std::fs::create_dir(&empty_folder).unwrap();
    for (path, words) in [
        (write("empty.yaml", b""), "empty.yaml"),
        (write("binary.bin", b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "binary.bin"),
        (empty_folder, "nothing-here"),
        (write("cut.tar.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xed"), "cut.tar.gz"),
    ] {
        let run = kubereach().arg("check").arg(&path).assert().code(3);
        assert!(stderr(&run).contains(words), "{}: {}", path.display(), stderr(&run));
        assert!(stderr(&run).lines().count() <= 3, "{}", stderr(&run));
    }
}

#[test]
fn several_outputs_in_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["r.html", "r.md", "r.json", "r.jsonl"].map(|name| folder.path().join(name));
    let mut command = kubereach();
    command.args(["check", "-", "--assume-complete", "--fail-on", "never", "--quiet"]);
    for file in &files {
        command.arg("-o").arg(file);
    }
    command.write_stdin(BROKEN).assert().code(0);
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.contains("web"), "{}", file.display());
        assert!(!text.contains('\u{1b}'), "{}", file.display());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), files.len(), "no half-written file is left");
}

#[test]
fn an_output_that_cannot_be_written_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let within_nothing = folder.path().join("missing/report.html");
    let run = kubereach()
        .args(["check", "-", "--assume-complete", "-o"])
        .arg(&within_nothing)
        .write_stdin(BROKEN)
        .assert()
        .code(3);
    assert!(stderr(&run).contains(&within_nothing.display().to_string()), "{}", stderr(&run));
}

#[test]
fn colour_only_where_it_is_wanted() {
    let run = |args: &[&str], no_color: bool| {
        let mut command = kubereach();
        command.args(["check", "-", "--assume-complete"]).args(args);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        stdout(&command.write_stdin(BROKEN).assert().code(1))
    };
    assert!(!run(&[], false).contains('\u{1b}'), "a pipe gets no colour");
    assert!(run(&["--color", "always"], false).contains('\u{1b}'));
    assert!(!run(&["--color", "never"], false).contains('\u{1b}'));
    assert!(!run(&[], true).contains('\u{1b}'));
}

#[test]
fn filters_narrow_the_report() {
    for (args, subjects) in [
        (vec!["-n", "shop", "--kind", "svc", "--name", "web"], 1),
        (vec!["-n", "shop"], 1),
        (vec!["--kind", "svc"], 1),
        (vec!["--name", "web"], 1),
    ] {
        let run = kubereach()
            .args(["check", "-", "--assume-complete", "--format", "json", "--fail-on", "never"])
            .args(&args)
            .write_stdin(BROKEN)
            .assert()
            .code(0);
        let report: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
        assert_eq!(report["subjects"].as_array().unwrap().len(), subjects, "{args:?}");
    }
}

#[test]
fn trace_prints_every_segment_of_one_subject() {
    let run = kubereach()
        .args(["trace", "svc/web", "-n", "shop", "-", "--assume-complete"])
        .write_stdin(BROKEN)
        .assert()
        .code(0);
    let text = stdout(&run);
    for word in ["web", "service", "endpoints", "port", "policy"] {
        assert!(text.contains(word), "no '{word}' in:\n{text}");
    }
    let missing = kubereach().args(["trace", "svc/nope", "-n", "shop", "-"]).write_stdin(BROKEN).assert().code(2);
    assert!(stderr(&missing).contains("no Service 'nope' in namespace 'shop' of this bundle"), "{}", stderr(&missing));
}

#[test]
fn every_code_of_a_report_has_a_page() {
    let run = kubereach().args(["check", "-", "--assume-complete", "--format", "json"]).write_stdin(BROKEN).assert();
    let report: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    for finding in report["findings"].as_array().unwrap() {
        let code = finding["code"].as_str().unwrap();
        let page = kubereach().args(["explain", code]).assert().code(0);
        assert!(stdout(&page).contains("Source"), "{code}");
    }
}

#[test]
fn completions_man_and_help() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(stdout(&kubereach().args(["completions", shell]).assert().code(0)).contains("kubereach"));
    }
    assert!(stdout(&kubereach().arg("man").assert().code(0)).contains("kubereach"));
    for command in ["check", "trace", "explain", "completions"] {
        let help = stdout(&kubereach().args([command, "--help"]).assert().code(0));
        assert!(help.contains("Example"), "{command} --help has no example");
    }
}

/// Markdown without what stands in code spans and fences, where nothing is active.
fn without_code(text: &str) -> String {
    let mut prose = String::new();
    let mut open: Option<usize> = None;
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let ticks = rest[start..].bytes().take_while(|b| *b == b'`').count();
        if open.is_none() {
            prose.push_str(&rest[..start]);
            open = Some(ticks);
        } else if open == Some(ticks) {
            open = None;
        }
        rest = &rest[start + ticks..];
    }
    prose + if open.is_none() { rest } else { "" }
}

#[test]
fn hostile_names_stay_text_in_every_format() {
    let hostile = BROKEN.replace(
        "name: web,",
        "name: \"<script>alert(1)</script>](javascript:alert(2))\\e]8;;http://evil\\a\\u202e\",",
    );
    for format in ["text", "json", "jsonl", "markdown", "html"] {
        let run = kubereach()
            .args(["check", "-", "--assume-complete", "--format", format, "--fail-on", "never"])
            .write_stdin(hostile.clone())
            .assert()
            .code(0);
        let text = stdout(&run);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{format}: terminal escapes pass");
        match format {
            "html" => assert!(!text.contains("<script>alert"), "{format}"),
            "markdown" => {
                let prose = without_code(&text).replace("\\]", "").replace("\\<", "");
                assert!(!prose.contains("<script>alert"), "{format}");
                assert!(!prose.contains("](javascript:"), "{format}");
            }
            "text" => assert!(!text.contains('\u{202e}'), "{format}"),
            _ => {}
        }
    }
}

#[test]
fn secret_values_never_appear() {
    let secret = "\
---
apiVersion: v1
kind: Secret
metadata: {name: web-tls, namespace: shop, uid: 1111}
type: kubernetes.io/tls
data: {tls.key: c3VwZXItc2VjcmV0LXZhbHVl, tls.crt: c3VwZXItc2VjcmV0LXZhbHVl, password: c3VwZXItc2VjcmV0LXZhbHVl}
stringData: {token: super-secret-value}
";
    let input = format!("{BROKEN}{secret}");
    for format in ["text", "json", "jsonl", "markdown", "html"] {
        let run = kubereach()
            .args(["check", "-", "--assume-complete", "--format", format, "--fail-on", "never"])
            .write_stdin(input.clone())
            .assert()
            .code(0);
        for value in ["c3VwZXItc2VjcmV0LXZhbHVl", "super-secret-value"] {
            assert!(!stdout(&run).contains(value), "{format}");
        }
    }
}

#[test]
fn the_catalogue_page_is_current() {
    let page = kubereach_engine::checks::catalogue_markdown();
    let path = repository().join("docs/checks.md");
    if std::env::var_os("KUBEREACH_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "docs/checks.md is not what the checks say; run KUBEREACH_BLESS=1 cargo test -p kubereach --test suite cli"
    );
}

#[test]
fn every_page_says_what_a_reader_needs() {
    for (code, entry) in kubereach_engine::checks::catalogue() {
        let page = &entry.text;
        assert!(code.split('/').count() == 2 && code == code.to_lowercase(), "{code}");
        assert!(page.title.len() > 10, "{code}: title");
        assert!(page.explanation.split_whitespace().count() >= 20, "{code}: the explanation is too short");
        assert!(!page.example.is_empty() && !page.sources.is_empty(), "{code}: example or source missing");
    }
}

/// The bundle that the README's first command judges.
fn shipped_bundle(readme: &str) -> &str {
    let command = readme.lines().find(|line| line.starts_with("cargo run")).expect("the README has a first command");
    command.split_whitespace().find(|word| word.starts_with("fixtures/")).expect("it names a shipped fixture")
}

#[test]
fn the_first_command_of_the_readme_judges_the_shipped_bundle() {
    let readme = std::fs::read_to_string(fixture("../README.md")).unwrap();
    let bundle = shipped_bundle(&readme);
    let folder = tempfile::tempdir().unwrap();
    let html = folder.path().join("report.html");
    let run = kubereach().arg("check").arg(fixture("..").join(bundle)).arg("-o").arg(&html).assert();
    assert!(matches!(run.get_output().status.code(), Some(0 | 1)), "{}", stderr(&run));
    assert!(std::fs::read_to_string(html).unwrap().contains("<html"));
}

/// Written by `KUBEREACH_BLESS=1 cargo test -p kubereach --test suite readme`.
#[test]
fn the_sample_of_the_readme_is_what_the_program_prints() {
    let path = fixture("../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let bundle = shipped_bundle(&readme);
    let arguments = [bundle, "--summary-only"];
    let printed = stdout(&kubereach().current_dir(fixture("..")).args(arguments).env("COLUMNS", "96").assert().code(1));
    let (before, rest) = readme.split_once("```text\n").unwrap();
    let (shown, after) = rest.split_once("```").unwrap();
    if std::env::var_os("KUBEREACH_BLESS").is_some() {
        std::fs::write(&path, format!("{before}```text\n{printed}```{after}")).unwrap();
    } else {
        assert_eq!(shown, printed, "KUBEREACH_BLESS=1 writes it");
    }
}

/// Options that are only about what a change brings.
fn change(situation: &str, more: &[&str]) -> assert_cmd::assert::Assert {
    let folder = fixture("change").join(situation);
    let manifest = std::fs::read_to_string(folder.join("input/change.yaml")).unwrap();
    kubereach()
        .args(["check", "-", "--stdin-name", "change.yaml", "--on-top-of"])
        .arg(folder.join("on_top_of"))
        .args(more)
        .write_stdin(manifest)
        .assert()
}

#[test]
fn the_gate_trips_on_what_a_change_introduces_only() {
    for (situation, more, code) in [
        ("selector-orphaned", &[][..], 1),
        ("selector-moved-with-labels", &[], 0),
        ("unchanged-break", &[], 0),
        ("unchanged-break", &["--fail-on-existing"], 1),
        ("last-replica-to-zero", &[], 1),
        ("one-replica-less", &["--fail-on", "degraded"], 0),
        ("policy-closes-a-port", &[], 0),
        ("policy-closes-a-port", &["--fail-on", "degraded"], 1),
        ("new-image-of-a-crashing-app", &["--fail-on", "unknown"], 0),
        ("selector-orphaned", &["--fail-on", "never"], 0),
    ] {
        change(situation, more).code(code);
    }
}

#[test]
fn every_format_leads_with_the_change() {
    for (format, words) in [
        ("text", "because: this change takes the pods of Deployment shop/web away"),
        ("markdown", "#### Introduced"),
        ("html", "What the change does"),
        ("json", "\"became\": \"introduced\""),
    ] {
        let run = change("selector-orphaned", &["--format", format]).code(1);
        let text = stdout(&run);
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{format}: {text}");
    }
}

#[test]
fn a_diff_takes_dumps_and_reports() {
    let folder = fixture("change/diff-of-two-dumps");
    let (before, after) = (folder.join("before"), folder.join("input"));
    let run = kubereach().arg("diff").arg(&before).arg(&after).assert().code(1);
    assert!(stdout(&run).contains("2 introduced"), "{}", stdout(&run));
    kubereach().arg("diff").arg(&after).arg(&before).assert().code(0);
    kubereach().arg("diff").arg(&after).arg(&after).assert().code(2);
    let scratch = tempfile::tempdir().unwrap();
    let report = scratch.path().join("before.json");
    kubereach().arg("check").arg(&before).arg("-o").arg(&report).assert().code(0);
    let run = kubereach().arg("diff").arg(&report).arg(&after).assert().code(1);
    assert!(stdout(&run).contains("2 introduced"), "{}", stdout(&run));
    std::fs::write(&report, r#"{"schema":"kubereach/report/v1","tool":1}"#).unwrap();
    kubereach().arg("diff").arg(&report).arg(&after).assert().code(3);
}

#[test]
fn wrong_words_of_a_change_are_usage_errors() {
    let base = fixture("change/same-again/on_top_of");
    let input = fixture("change/same-again/input");
    kubereach().arg("check").arg(&input).args(["--prune", "a=b"]).assert().code(2);
    kubereach().arg("check").arg(&input).args(["--prune", "=", "--on-top-of"]).arg(&base).assert().code(2);
    kubereach().arg("check").arg(&input).args(["--on-top-of", "-"]).assert().code(2);
    kubereach().arg("check").arg(&input).arg("--on-top-of").arg(input.join("missing.tar.gz")).assert().code(2);
}

#[test]
fn a_finding_names_the_chart_template() {
    let rendered = "---\n# Source: shop/templates/service.yaml\napiVersion: v1\nkind: Service\n\
        metadata: {name: web, namespace: shop}\nspec:\n  selector: {app: wbe}\n  ports: [{port: 80}]\n";
    let run = kubereach().args(["check", "-"]).env("COLUMNS", "200").write_stdin(rendered).assert().code(0);
    assert!(stdout(&run).contains("-:7:13 (rendered from shop/templates/service.yaml)"), "{}", stdout(&run));
}
