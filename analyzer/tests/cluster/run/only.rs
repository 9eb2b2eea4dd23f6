//! What a run may do and does: the Role of docs/rbac.yaml is enough, and no other command can change a cluster.

use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use serde_json::Value;

use super::kit::{assert_clean, cluster, good, run};
use crate::api::Rule;
use crate::api::jobs::Kubelet;

fn role(kind: &str, name: &str) -> Value {
    let path = kubereach_testkit::repository().join("docs/rbac.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let all = serde_yaml::Deserializer::from_str(&text).map(|d| Value::deserialize(d).unwrap());
    all.into_iter().find(|d| d["kind"] == kind && d["metadata"]["name"] == name).unwrap()
}

#[test]
fn the_roles_for_reading_and_for_a_run_are_enough_for_all_of_it() {
    for (kind, scope) in [("ClusterRole", None), ("Role", Some("shop"))] {
        let mut rules = Rule::of_role(&role(kind, "kubereach"), scope);
        rules.extend(Rule::of_role(&role("Role", "kubereach-run"), Some("shop")));
        let mut cluster = cluster(8080).identity("runner", rules);
        cluster.workshop.kubelet = Kubelet::Seen(vec![serde_json::json!({"status": {"phase": "Succeeded",
            "containerStatuses": [{"name": "prober", "state": {"terminated": {"exitCode": 0}}}]}})]);
        cluster.workshop.log = Some(good);
        let api = cluster.start();
        let (code, _, err) = run(&api, "runner", &["-n", "shop", "--yes", "-q", "--from", "deployment/front"]);
        assert_eq!(code, 0, "{kind}: {err}");
        assert!(!err.contains("could not be"), "something it may not look at: {err}");
        let (code, _, err) = run(&api, "runner", &["--cleanup", "--yes", "-n", "shop"]);
        assert_eq!(code, 0, "{kind}: {err}");
        assert_clean(&api, &err);
        // Whatever was asked was allowed, apart from what is tried for the whole cluster first.
        let changes: Vec<String> = api
            .log()
            .iter()
            .filter(|request| !matches!(request.method.as_str(), "GET") && !request.path.ends_with("reviews"))
            .map(|request| format!("{} {}", request.method, request.path))
            .collect();
        assert!(
            changes.iter().all(|c| c.contains("/namespaces/shop/jobs") || c.contains("/namespaces/shop/configmaps"))
        );
        assert!(changes.iter().all(|c| c.starts_with("POST") || c.starts_with("DELETE")), "{changes:?}");
    }
}

#[test]
fn a_run_by_a_reader_creates_nothing_and_says_what_to_ask_for() {
    let api = cluster(8080).start();
    let (code, out, err) = run(&api, "reader", &["-n", "shop", "--yes"]);
    assert_eq!(code, 3, "{err}");
    let said = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("it was to be measured and could not be, so not tested"), "{out}");
    for words in ["create jobs.batch, to start the prober", "delete configmaps", "rolebinding kubereach-run"] {
        assert!(err.contains(words), "{words}: {err}");
    }
    assert!(!api.log().iter().any(|r| r.method == "DELETE" || r.method == "POST" && !r.path.ends_with("reviews")));
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, into);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            into.push(entry);
        }
    }
}

/// Methods that change something are named in one file; posts to the review APIs in another.
#[test]
fn one_file_of_the_program_can_change_a_cluster() {
    const WRITER: &str = "live/src/run/writer.rs";
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for part in ["src", "model/src", "intake/src", "engine/src", "live/src"] {
        sources(&root.join(part), &mut files);
    }
    assert!(files.len() > 300, "{}", files.len());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        for method in ["DELETE", "PUT", "PATCH", "POST"] {
            let has = text.contains(&format!("Method::{method}"));
            let may = match method {
                "DELETE" => name == WRITER,
                "POST" => name == WRITER || name == "live/src/cluster/client.rs",
                _ => false,
            };
            assert!(!has || may, "{name} names {method}");
        }
        let own = |(at, _): (usize, &str)| !text[..at].ends_with(|c: char| c.is_alphanumeric());
        let writes = text.match_indices("Writer::new(").any(own);
        assert!(!writes || name.starts_with("live/src/run/"), "{name} makes a writer");
        // The kube crate's own ways to change something.
        for way in ["kube::Api", "client.request", "Api::namespaced"] {
            assert!(!text.contains(way), "{name} uses {way}");
        }
    }
}

/// docs/run.md shows the table as it is.
#[test]
fn the_page_has_every_row_of_the_table() {
    const MARK: &str = "<!-- the table of analyzer/src/run/trouble.rs; KUBEREACH_BLESS=1 writes it -->\n";
    let path = kubereach_testkit::repository().join("docs/run.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, _) = text.split_once(MARK).unwrap();
    let mut expected = format!("{before}{MARK}\n| row | class | what happened | what to do |\n|---|---|---|---|\n");
    for trouble in kubereach_live::run::Trouble::ALL {
        let row = trouble.row();
        let waits = if row.passes { " (waits)" } else { "" };
        expected.push_str(&format!("| {}{waits} | `{}` | {} | {} |\n", row.word, row.class, row.says, row.remedy));
    }
    if std::env::var_os("KUBEREACH_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
        return;
    }
    assert_eq!(text, expected, "KUBEREACH_BLESS=1 writes it anew");
}
