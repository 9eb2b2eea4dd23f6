//! `docs/recipes.md`: its lines run, and answer what they promise.

use std::process::Command;

use kubereach_testkit::repository;
use serde_json::Value;

use crate::page::{Block, blocks, shell};
use crate::program::kubereach;

/// The report of a situation with a cause and of one with a gap.
fn report(folder: &std::path::Path, situation: &str, args: &[&str]) -> Value {
    let input = repository().join("fixtures/causes").join(situation).join("input");
    let mut command = kubereach();
    command.current_dir(folder).arg("check").arg(input).args(args).args(["--fail-on", "never", "-o", "report.json"]);
    command.assert().code(0);
    serde_json::from_slice(&std::fs::read(folder.join("report.json")).unwrap()).unwrap()
}

fn recipes() -> Vec<Block> {
    let page = std::fs::read_to_string(repository().join("docs/recipes.md")).unwrap();
    let all: Vec<Block> = blocks(&page).into_iter().filter(|block| block.text.starts_with("jq ")).collect();
    assert_eq!(all.len(), 5, "broken subjects, hosts down, causes, next commands, what was not read");
    all
}

/// What each recipe prints of this report; none where there is no jq.
fn answers(folder: &std::path::Path) -> Option<Vec<String>> {
    let answer = |block: Block| {
        let run = shell(block.text.trim(), folder).output().unwrap();
        assert!(run.status.success(), "{}: {}", block.text, String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    };
    let has_jq = Command::new("jq").arg("--version").output().is_ok_and(|run| run.status.success());
    if !has_jq {
        println!("SKIPPED: jq is not installed");
    }
    has_jq.then(|| recipes().into_iter().map(answer).collect())
}

#[test]
fn the_recipes_answer_what_they_promise() {
    let folder = tempfile::tempdir().unwrap();
    let value = report(folder.path(), "one-node-down", &["--assume-complete"]);
    // The same paths without jq, so that a renamed field is noticed everywhere.
    let first = &value["causes"][0];
    assert_eq!(first["headline"], "Node node-1 is not ready");
    assert_eq!(first["hosts"].as_array().unwrap().len(), 200);
    assert!(first["next"]["command"].as_str().unwrap().contains("node-1"));
    assert_eq!(value["subjects"].as_array().unwrap().iter().filter(|s| s["verdict"] == "broken").count(), 400);
    if let Some(said) = answers(folder.path()) {
        assert_eq!(said[0].lines().count(), 400);
        assert!(said[0].contains("Ingress/shop/web-000: "));
        assert_eq!(said[1].lines().next(), Some("web-000.example: Node node-1 is not ready"));
        assert_eq!(said[2].lines().next(), Some("400 broken: Node node-1 is not ready"));
        assert_eq!(said[3].trim(), "kubectl describe node node-1");
        assert_eq!(said[4], "");
    }
    let value = report(folder.path(), "policies-not-read", &[]);
    let gap = value["causes"].as_array().unwrap().iter().find(|cause| cause["missing"] == "NetworkPolicy").unwrap();
    assert!(gap["object"].is_null() && gap["otherwise"]["config-ok"] == 24, "{gap}");
    if let Some(said) = answers(folder.path()) {
        assert!(said[4].contains("\"missing\":\"NetworkPolicy\",\"waiting\":24"), "{}", said[4]);
    }
}
