//! Repairs from outside: `docs/fixes.md` shows what the program prints, and what each format carries.

use kubereach_testkit::repository;
use serde_json::Value;

use crate::program::kubereach;

const INPUT: &str = "fixtures/fix/selector-typo/input";

fn run(args: &[&str]) -> String {
    let done = kubereach().current_dir(repository()).args(args).assert();
    String::from_utf8(done.get_output().stdout.clone()).unwrap()
}

fn report(format: &str, more: &[&str]) -> String {
    run(&[&["check", INPUT, "--assume-complete", "--format", format], more].concat())
}

#[test]
fn the_page_shows_what_is_printed() {
    const MARK: &str = "KUBEREACH_BLESS=1 -->\n```text\n";
    let path = repository().join("docs/fixes.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(MARK).unwrap();
    let (_, after) = rest.split_once("```\n").unwrap();
    let printed = run(&["trace", "service/cart", "-n", "shop", INPUT, "--assume-complete"]);
    let expected = format!("{before}{MARK}{printed}```\n{after}");
    if std::env::var_os("KUBEREACH_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
        return;
    }
    assert_eq!(text, expected, "KUBEREACH_BLESS=1 writes it anew");
}

#[test]
fn every_format_that_has_a_place_for_it_carries_the_command() {
    for format in ["text", "markdown", "html", "json"] {
        let text = report(format, &[]);
        assert!(text.contains("kubectl patch services cart -n shop"), "{format}");
        assert!(!report(format, &["--fixes", "never"]).contains("kubectl patch"), "{format}");
    }
}

#[test]
fn a_sarif_fix_written_into_the_file_is_the_fix() {
    let sarif: Value = serde_json::from_str(&report("sarif", &[])).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let fixes: Vec<&Value> = results.iter().filter_map(|result| result["fixes"].get(0)).collect();
    assert!(!fixes.is_empty(), "{results:#?}");
    let change = &fixes[0]["artifactChanges"][0];
    let file = repository().join(change["artifactLocation"]["uri"].as_str().unwrap());
    let (region, inserted) =
        (&change["replacements"][0]["deletedRegion"], &change["replacements"][0]["insertedContent"]["text"]);
    let number = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap();
    let mut lines: Vec<String> = std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect();
    let line = &mut lines[number("startLine") - 1];
    let (start, end) = (number("startColumn") - 1, number("endColumn") - 1);
    line.replace_range(start..end, inserted.as_str().unwrap());
    let mended = kubereach()
        .args(["check", "-", "--assume-complete", "--format", "json", "--fail-on", "degraded"])
        .write_stdin(lines.join("\n"))
        .assert()
        .success();
    let report: Value = serde_json::from_slice(&mended.get_output().stdout).unwrap();
    assert_eq!(report["summary"]["broken"], 0);
}
