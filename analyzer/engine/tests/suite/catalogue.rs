//! The catalogue: a situation raises each of its codes, and what it says follows one rule.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_engine::checks;
use kubereach_model::snapshot::kinds;
use kubereach_reports::secrets;
use kubereach_testkit::situations::{args, expect, folders, name};
use serde_json::Value;

use crate::common::situation::{measured_options, report_with};

/// Codes that a situation asserts: that a finding or a note has them. Words under `not` and `absent`, and prose, are no
/// assertion that something is raised.
fn asserted(expect: &Value, into: &mut BTreeSet<String>) {
    fn words(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::String(word) => drop(into.insert(word.clone())),
            Value::Array(all) => all.iter().for_each(|value| words(value, into)),
            Value::Object(all) => all.values().for_each(|value| words(value, into)),
            _ => {}
        }
    }
    for subject in expect["subjects"].as_object().into_iter().flat_map(|subjects| subjects.values()) {
        for key in ["codes", "notes", "entry_problems", "assumes"] {
            words(&subject[key], into);
        }
    }
    for key in ["introduced", "fixed", "newly_seen", "no_longer_seen", "causes"] {
        words(&expect["change"][key], into);
    }
}

#[test]
fn every_code_is_raised_by_a_situation() {
    let mut raised = BTreeSet::new();
    for folder in folders() {
        asserted(&expect(&folder).unwrap_or_else(|e| panic!("{}: {e}", name(&folder))), &mut raised);
    }
    let catalogue: BTreeSet<String> = checks::catalogue().keys().map(|code| (*code).to_owned()).collect();
    let missing: Vec<_> = catalogue.difference(&raised).collect();
    assert!(missing.is_empty(), "no expect.yaml asserts {missing:?}");
    let unknown: Vec<_> = raised.difference(&catalogue).collect();
    assert!(unknown.is_empty(), "situations assert what no check raises: {unknown:?}");
}

/// Whether a text is sentences: it begins with a capital, or with a name in its own spelling, and ends with a full stop.
fn is_sentence(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    // `certificateRefs`, `spec.rules`, `kube-proxy`, `from:`
    let name = first.chars().any(|c| c.is_uppercase() || c.is_ascii_digit() || ".-_:`/".contains(c));
    (text.starts_with(char::is_uppercase) || name) && text.ends_with('.') && !text.ends_with("..")
}

#[test]
fn titles_are_lines_and_explanations_are_sentences() {
    let mut wrong = Vec::new();
    for (code, entry) in checks::catalogue() {
        let title = entry.text.title;
        if !is_sentence(&format!("{title}.")) || title.ends_with(['.', ' ', ':']) {
            wrong.push(format!("{code}: '{title}'"));
        }
        if !is_sentence(entry.text.explanation) {
            wrong.push(format!("{code}: '{}'", entry.text.explanation));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn actions_are_sentences() {
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    for folder in folders() {
        let args = args(&folder);
        let Ok(report) = report_with(&folder, &args, &measured_options(&folder, &args)) else { continue };
        for finding in &report.findings {
            if !finding.action.is_empty() && !is_sentence(&finding.action) {
                wrong.entry(finding.code.clone()).or_insert_with(|| finding.action.clone());
            }
        }
        for subject in &report.subjects {
            let next = [&subject.next, &subject.next_test].into_iter().flatten();
            for action in next.map(|step| &step.action).filter(|action| !is_sentence(action)) {
                let code = report.findings.iter().find(|f| &f.action == action).map(|f| f.code.clone());
                wrong.entry(code.unwrap_or_else(|| format!("({action})"))).or_insert_with(|| action.clone());
            }
        }
    }
    let listed: String = wrong.iter().map(|(code, action)| format!("{code}\t{action}\n")).collect();
    assert!(wrong.is_empty(), "actions of these codes are not sentences:\n{listed}");
}

/// What is masked as a secret are other people's words, never our own: the names of kinds, and what the pages say.
#[test]
fn nothing_that_the_program_says_itself_looks_like_a_secret() {
    let kinds = kinds::KINDS.iter().flat_map(|kind| [kind.kind, kind.plural]);
    let pages: Vec<_> = checks::catalogue().into_values().collect();
    let texts = pages.iter().flat_map(|page| [page.text.code, page.text.title, page.text.explanation]);
    let masked: Vec<_> = kinds.chain(texts).filter_map(secrets::mask).collect();
    assert!(masked.is_empty(), "{masked:#?}");
}
