//! Many bundles, each judged by itself: `kubereach check --each`, `docs/fleet.md` and its queries, and the Job.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use kubereach_testkit::repository;
use serde_json::Value;

use crate::page::{Block, blocks, shell, value};
use crate::program::kubereach;

fn read(name: &str) -> String {
    std::fs::read_to_string(repository().join(name)).unwrap()
}

/// `kubereach check --each` in this folder.
fn each(folder: &Path, args: &[&str]) -> Command {
    let mut command = kubereach();
    command.current_dir(folder).args(["check", "--each"]).args(args);
    command
}

fn stdout(run: &Assert) -> String {
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

fn stderr(run: &Assert) -> String {
    String::from_utf8(run.get_output().stderr.clone()).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A fleet: bundles of the fixtures under names that are not in the order of their making, one that is cut off,
/// one without subjects, and what is no bundle.
fn fleet() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let dumps = folder.path().join("dumps");
    std::fs::create_dir(&dumps).unwrap();
    let bundles = repository().join("fixtures/bundles");
    for (from, to) in [
        ("troubleshoot/input/support-bundle-2026-01-02T03_04_05.tar.gz", "z-troubleshoot.tar.gz"),
        ("velero/input/shop-backup.tar.gz", "a-velero.tar.gz"),
        ("crashd/input/shop.crashd.tar.gz", "m-crashd.tar.gz"),
    ] {
        let from = bundles.join(from);
        std::fs::copy(&from, dumps.join(to)).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }
    let page = blocks(&read("docs/fleet.md"));
    let berlin = page.iter().find(|block| value(block, "file") == Some("dumps/berlin.yaml")).unwrap();
    std::fs::write(dumps.join("berlin.yaml"), &berlin.text).unwrap();
    std::fs::write(dumps.join("cut.tar.gz"), b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xed").unwrap();
    std::fs::write(dumps.join("nodes.yaml"), "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n").unwrap();
    std::fs::write(dumps.join("README.md"), "# not a bundle").unwrap();
    folder
}

/// Lines per bundle, in the order in which bundles come first.
fn by_bundle(lines: &[Value]) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for line in lines {
        let bundle = line["bundle"].as_str().unwrap();
        match counts.last_mut() {
            Some((last, count)) if last == bundle => *count += 1,
            _ => counts.push((bundle.to_owned(), 1)),
        }
    }
    counts
}

#[test]
fn every_bundle_is_judged_by_itself_and_the_worst_decides() {
    let folder = fleet();
    let run = each(folder.path(), &["dumps", "--format", "jsonl"]).assert().code(3);
    let all = lines(&stdout(&run));
    let names: Vec<String> = by_bundle(&all).into_iter().map(|(name, _)| name).collect();
    let expected =
        ["a-velero.tar.gz", "berlin.yaml", "cut.tar.gz", "m-crashd.tar.gz", "nodes.yaml", "z-troubleshoot.tar.gz"];
    assert_eq!(names, expected.map(|name| format!("dumps/{name}")));

    // Each has the lines that it has alone.
    for name in ["a-velero.tar.gz", "berlin.yaml", "m-crashd.tar.gz", "z-troubleshoot.tar.gz"] {
        let bundle = format!("dumps/{name}");
        let alone = kubereach()
            .current_dir(folder.path())
            .args(["check", &bundle, "--format", "jsonl", "--fail-on", "never", "--fixes", "never"])
            .assert()
            .code(0);
        let strip = |line: &Value| {
            let mut line = line.clone();
            for key in ["bundle", "taken_at"] {
                line.as_object_mut().unwrap().remove(key);
            }
            line
        };
        let here: Vec<Value> = all.iter().filter(|line| line["bundle"] == bundle.as_str()).map(strip).collect();
        assert_eq!(here, lines(&stdout(&alone)), "{bundle}");
    }
    let of = |name: &str| all.iter().find(|line| line["bundle"] == format!("dumps/{name}").as_str()).unwrap();
    assert_eq!(of("cut.tar.gz")["state"], "unreadable");
    assert!(of("cut.tar.gz")["error"].as_str().unwrap().contains("cut off"));
    assert!(of("cut.tar.gz").get("verdict").is_none() && of("cut.tar.gz").get("summary").is_none());
    assert_eq!(of("nodes.yaml")["state"], "judged");
    assert_eq!(of("nodes.yaml")["summary"]["broken"], 0);

    let said = stderr(&run);
    assert!(
        said.starts_with("kubereach: 6 bundles: 3 under the gate (--fail-on broken), 2 tripped it, 1 not judged\n"),
        "{said}"
    );
    for words in ["tripped the gate: dumps/berlin.yaml", "not judged: dumps/cut.tar.gz", "dumps/README.md"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn the_exit_code_is_the_worst_and_the_gate_holds_for_each() {
    let folder = fleet();
    for (args, code) in [
        (&["dumps/a-velero.tar.gz", "dumps/nodes.yaml"][..], 0),
        (&["dumps/a-velero.tar.gz", "dumps/nodes.yaml", "--fail-on", "unknown"][..], 1),
        (&["dumps/berlin.yaml", "dumps/a-velero.tar.gz"][..], 1),
        (&["dumps/berlin.yaml", "dumps/a-velero.tar.gz", "--fail-on", "never"][..], 0),
        (&["dumps/berlin.yaml", "dumps/cut.tar.gz"][..], 3),
        (&["dumps/cut.tar.gz", "--fail-on", "never"][..], 3),
        (&["dumps/berlin.yaml", "dumps/gone.yaml"][..], 3),
        (&["dumps/berlin.yaml", "dumps/*.nothing"][..], 3),
        (&["dumps/berlin.yaml", "-n", "elsewhere"][..], 0),
    ] {
        let run = each(folder.path(), args).args(["--format", "jsonl"]).assert().code(code);
        // A line for everything that was named, whatever became of it.
        let named = args.iter().filter(|arg| arg.starts_with("dumps/")).count();
        assert_eq!(by_bundle(&lines(&stdout(&run))).len(), named, "{args:?}");
    }
}

#[test]
fn the_result_is_the_same_whatever_the_order_and_the_number_at_once() {
    let folder = fleet();
    let first = stdout(&each(folder.path(), &["dumps", "--format", "jsonl"]).assert().code(3));
    for args in [
        &["dumps/", "--jobs", "1"][..],
        &["./dumps", "dumps/berlin.yaml", "--jobs", "5"][..],
        &["dumps/z*", "dumps/[a-n]*"][..],
        &["dumps/*.yaml", "dumps/*.gz", "--each"][..],
    ] {
        let again = stdout(&each(folder.path(), args).args(["--format", "jsonl"]).assert().code(3));
        assert!(again == first, "{args:?}");
    }
    let shares: Vec<String> = (0..4)
        .map(|n| stdout(&each(folder.path(), &["dumps", "--format", "jsonl", "--shard", &format!("{n}/4")]).assert()))
        .collect();
    let mut together: Vec<&str> = shares.iter().flat_map(|share| share.lines()).collect();
    let mut all: Vec<&str> = first.lines().collect();
    together.sort_unstable();
    all.sort_unstable();
    assert_eq!(together, all);
    // More shares than bundles: the last has nothing to do, and that is fine.
    let ineffective = each(folder.path(), &["dumps", "--format", "jsonl", "--shard", "99/100"]).assert().code(0);
    assert_eq!(stdout(&ineffective), "");
    assert!(stderr(&ineffective).contains("share 99/100: 0 of 6 bundles"), "{}", stderr(&ineffective));
}

#[test]
fn results_go_into_one_file_or_one_per_bundle() {
    let folder = fleet();
    let at = |name: &str| folder.path().join(name);
    let printed =
        each(folder.path(), &["dumps", "--format", "jsonl", "-o", "all.jsonl", "-o", "html:r/{bundle}/index.html"])
            .args(["-o", "r/{bundle}.json"])
            .assert()
            .code(3);
    assert_eq!(std::fs::read_to_string(at("all.jsonl")).unwrap(), stdout(&printed));
    for name in ["berlin.yaml", "a-velero.tar.gz"] {
        let html = std::fs::read_to_string(at(&format!("r/{name}/index.html"))).unwrap();
        assert!(html.starts_with("<!doctype html>") || html.starts_with("<!DOCTYPE html>"));
        let json: Value =
            serde_json::from_str(&std::fs::read_to_string(at(&format!("r/{name}.json"))).unwrap()).unwrap();
        assert_eq!(json["schema"], "kubereach/report/v1");
        assert_eq!(json["snapshot"]["inputs"][0]["path"], format!("dumps/{name}"));
    }
    assert!(!at("r/cut.tar.gz.json").exists());
    let parts = std::fs::read_dir(folder.path())
        .unwrap()
        .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "part"));
    assert_eq!(parts.count(), 0);

    // Text: a title and a report for each, or a line of counts.
    let text = stdout(&each(folder.path(), &["dumps", "--quiet"]).assert().code(3));
    assert_eq!(text.lines().filter(|line| line.starts_with("== dumps/")).count(), 6);
    let counts = text.lines().filter(|line| line.contains(" broken · "));
    assert_eq!(counts.count(), 5, "what could not be read has none: {text}");
    let summary = lines(&stdout(&each(folder.path(), &["dumps", "--quiet", "--format", "jsonl"]).assert().code(3)));
    assert_eq!(summary.len(), 6);
    assert!(summary.iter().all(|line| line["schema"] == "kubereach/bundle/v1"));
    let berlin = summary.iter().find(|line| line["bundle"] == "dumps/berlin.yaml").unwrap();
    assert_eq!((&berlin["summary"]["broken"], &berlin["tripped"]), (&Value::from(1), &Value::from(true)));

    // Two bundles that would be written into one file.
    std::fs::create_dir_all(at("x/a")).unwrap();
    for name in ["x/a-b.yaml", "x/a/b.yaml"] {
        std::fs::copy(at("dumps/berlin.yaml"), at(name)).unwrap();
    }
    let run = each(folder.path(), &["x/*.yaml", "x/a", "-o", "{bundle}.json"]).assert().code(2);
    assert!(stderr(&run).contains("would be written twice"), "{}", stderr(&run));
}

#[test]
fn what_makes_no_sense_of_a_fleet_is_refused_with_the_reason() {
    let folder = fleet();
    for (args, words) in [
        (&["dumps", "--format", "json"][..], "one document"),
        (&["dumps", "--format", "sarif"][..], "-o 'sarif:reports/{bundle}'"),
        (&["dumps", "-o", "report.html"][..], "put {bundle} into the name"),
        (&["dumps", "-o", "report.pdf"][..], "the ending names no format"),
        (&["-"][..], "standard input is one bundle"),
        (&["dumps", "--live"][..], "kubereach snapshot"),
        (&["dumps", "--observations", "seen.json"][..], "of one cluster"),
        (&["dumps", "--on-top-of", "dumps/berlin.yaml"][..], "of one cluster"),
        (&["dumps", "--baseline", "b.json"][..], "[[ignore]]"),
        (&["dumps", "--write-baseline", "b.json"][..], "[[ignore]]"),
        (&["dumps", "--shard", "2/2"][..], "shares count from 0"),
        (&["dumps/{a"][..], "is no pattern"),
    ] {
        let run = each(folder.path(), args).write_stdin("").assert().code(2);
        let said = stderr(&run).replace("a document about one cluster", "one document");
        assert!(said.contains(words), "{args:?}: {said}");
        assert_eq!(stdout(&run), "", "{args:?}");
    }
    kubereach().args(["check", "dumps", "--shard", "0/2"]).assert().code(2);
}

#[test]
fn what_is_accepted_is_accepted_in_each_and_unused_only_if_no_bundle_uses_it() {
    let folder = fleet();
    let config = |object: &str| {
        format!("[[ignore]]\ncode = \"service/selects-no-pod\"\nobject = \"{object}\"\nreason = \"known\"\n")
    };
    std::fs::write(folder.path().join("used.toml"), config("Service/shop/web")).unwrap();
    std::fs::write(folder.path().join("unused.toml"), config("Service/shop/other")).unwrap();
    let bundles = ["dumps/berlin.yaml", "dumps/a-velero.tar.gz"];
    let used = each(folder.path(), &bundles).args(["-q", "--config", "used.toml"]).assert().code(0);
    assert!(stdout(&used).contains("1 broken"), "the verdict stands: {}", stdout(&used));
    assert!(!stderr(&used).contains("match nothing"), "{}", stderr(&used));
    let unused = each(folder.path(), &bundles).args(["-q", "--config", "unused.toml"]).assert().code(1);
    assert!(stderr(&unused).contains("match nothing: remove or correct them: 1"), "{}", stderr(&unused));
    // What nobody could read, and shares that others judge, may use it.
    for more in [&["dumps/cut.tar.gz"][..], &["--shard", "0/2"][..]] {
        let run = each(folder.path(), &bundles).args(more).args(["-q", "--config", "unused.toml"]).assert();
        assert!(!stderr(&run).contains("match nothing"), "{more:?}: {}", stderr(&run));
    }
}

/// The lines of every share by themselves.
type Shares = BTreeMap<usize, String>;

#[test]
fn the_job_divides_the_fleet_among_its_pods() {
    let text = read("docs/fleet-job.yaml");
    let written: Value = serde_yaml::from_str(&text).unwrap();
    // Whatever Kubernetes does not know would be dropped here.
    let job: k8s_openapi::api::batch::v1::Job = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&job).unwrap(), written, "a field that batch/v1 does not have");

    let spec = job.spec.unwrap();
    let pod = spec.template.spec.unwrap();
    let container = pod.containers.first().unwrap();
    let shares = usize::try_from(spec.completions.unwrap()).unwrap();
    assert_eq!(spec.completion_mode.as_deref(), Some("Indexed"));
    // What Indexed Jobs with a limit per index and a failure policy ask for.
    assert_eq!(pod.restart_policy.as_deref(), Some("Never"));
    assert!(spec.backoff_limit_per_index.is_some());
    let policy = spec.pod_failure_policy.unwrap();
    let named = policy
        .rules
        .iter()
        .filter_map(|rule| rule.on_exit_codes.as_ref())
        .all(|codes| codes.container_name.as_ref() == Some(&container.name));
    assert!(named);
    let mounts: BTreeMap<&str, &str> =
        container.volume_mounts.iter().flatten().map(|m| (m.mount_path.as_str(), m.name.as_str())).collect();
    let volumes: Vec<&str> = pod.volumes.iter().flatten().map(|volume| volume.name.as_str()).collect();
    assert!(mounts.values().all(|name| volumes.contains(name)));
    assert_eq!(container.image.as_deref(), Some(concat!("ghcr.io/kubereach/kubereach:", env!("CARGO_PKG_VERSION"))));

    let folder = fleet();
    std::fs::create_dir(folder.path().join("results")).unwrap();
    let mut parts = Shares::new();
    for index in 0..shares {
        let args: Vec<String> = container
            .args
            .iter()
            .flatten()
            .map(|arg| arg.replace("$(JOB_COMPLETION_INDEX)", &index.to_string()))
            .map(|arg| arg.replace("/bundles", "dumps").replace("/results", "results"))
            .collect();
        let run = kubereach().current_dir(folder.path()).args(args).assert();
        let code = run.get_output().status.code().unwrap();
        let text = std::fs::read_to_string(folder.path().join(format!("results/share-{index}.jsonl"))).unwrap();
        assert_eq!(code == 3, text.contains("\"unreadable\""), "{}", stderr(&run));
        assert!(matches!(code, 0 | 3), "{}", stderr(&run));
        parts.insert(index, text);
    }
    let whole = stdout(&each(folder.path(), &["dumps", "--format", "jsonl"]).assert().code(3));
    let mut together: Vec<&str> = parts.values().flat_map(|part| part.lines()).collect();
    let mut all: Vec<&str> = whole.lines().collect();
    together.sort_unstable();
    all.sort_unstable();
    assert_eq!(together, all);
}

/// Why the queries cannot be run here.
fn missing() -> Option<String> {
    let run = std::process::Command::new("python3").args(["-c", "import duckdb"]).output();
    match run {
        Ok(run) if run.status.success() => None,
        Ok(_) => Some(format!("no duckdb: python3 -m pip install -r {}", "tests/duckdb/requirements.txt")),
        Err(_) => Some("no python3".to_owned()),
    }
}

/// The rows that `DuckDB` gives, as the page shows them.
fn query(folder: &Path, sql: &str) -> String {
    let mut child = std::process::Command::new("python3")
        .arg(repository().join("tests/duckdb/run.py").canonicalize().unwrap())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
    let run = child.wait_with_output().unwrap();
    assert!(run.status.success(), "{sql}\n{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// Runs the page from top to bottom. `KUBEREACH_BLESS=1` writes the rows that the queries give into it.
#[test]
fn the_page_of_fleets_does_what_it_says() {
    let skipped = missing();
    if let Some(why) = &skipped {
        assert!(
            std::env::var_os("KUBEREACH_REQUIRE_DUCKDB").is_none(),
            "the queries of docs/fleet.md cannot run: {why}"
        );
        println!("SKIPPED: the queries of docs/fleet.md did not run: {why}");
    }
    let mut text = read("docs/fleet.md");
    let all = blocks(&text);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("dumps")).unwrap();
    let is = |block: &Block, word: &str| block.words.iter().any(|given| given == word);
    let (mut said, mut rows, mut queries) = (String::new(), String::new(), 0);
    for block in &all {
        if let Some(file) = value(block, "file") {
            std::fs::write(folder.path().join(file), &block.text).unwrap();
        } else if let Some(code) = value(block, "exit") {
            for line in block.text.lines() {
                let run = shell(line, folder.path()).output().unwrap();
                said = String::from_utf8_lossy(&run.stderr).into_owned();
                // The last of a block ends as the block says; what makes the fleet ends well.
                let ended = run.status.code().map(|code| code.to_string());
                let fine =
                    ended.as_deref() == Some(code) || ended.as_deref() == Some("0") && !line.contains("kubereach");
                assert!(fine, "{line}\n{ended:?} {said}");
            }
        } else if is(block, "says") {
            assert_eq!(block.text, said);
        } else if is(block, "sql") && skipped.is_none() {
            queries += 1;
            let view = std::fs::read_to_string(folder.path().join("fleet.sql")).unwrap();
            rows = query(folder.path(), &format!("{view}\n{}", block.text));
        } else if is(block, "rows") && skipped.is_none() {
            if std::env::var_os("KUBEREACH_BLESS").is_some() {
                text = text.replace(&format!("```text rows\n{}", block.text), &format!("```text rows\n{rows}"));
            } else {
                assert_eq!(block.text, rows, "run this test with KUBEREACH_BLESS=1 and read the diff");
            }
        }
    }
    assert!(skipped.is_some() || queries >= 5, "{queries}");
    if std::env::var_os("KUBEREACH_BLESS").is_some() {
        std::fs::write(repository().join("docs/fleet.md"), text).unwrap();
    }
    for file in ["fleet.jsonl", "reports/berlin.yaml.html", "reports/paris.yaml.xml", "share-1.jsonl"] {
        assert!(folder.path().join(file).is_file(), "{file} was not written");
    }
}
