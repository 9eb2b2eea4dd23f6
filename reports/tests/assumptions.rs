//! What was not read and could only be in the way: said once for all, and never as a fault.

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use kubereach_reports::render::{Format, RenderOptions, render, render_trace};
use kubereach_reports::report::{Gate, Report, Verdict};
use serde_json::Value;

fn rendered(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    render(report, format, &RenderOptions { width: 100, ..RenderOptions::default() }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn trace(report: &Report, name: &str) -> String {
    let index = report.subjects.iter().position(|subject| subject.name == name).unwrap();
    let mut out = Vec::new();
    render_trace(report, index, &RenderOptions { width: 100, ..RenderOptions::default() }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn two_assumptions_in_every_format() {
    let report = common::assumed();
    for &format in Format::ALL {
        let text = rendered(&report, format);
        let text = match format {
            // Style and script are files of their own.
            Format::Html => text.split_once("<body>").unwrap().1.split_once("<script>").unwrap().0.to_owned(),
            _ => text,
        };
        insta::assert_snapshot!(format.word(), text);
    }
    insta::assert_snapshot!("trace", trace(&report, "front"));
}

#[test]
fn people_hear_it_once_with_the_command_and_how_to_do_without() {
    let report = common::assumed();
    for format in [Format::Text, Format::Markdown, Format::Html] {
        let text = rendered(&report, format).split_whitespace().collect::<Vec<_>>().join(" ");
        for (words, times) in [
            ("kubectl get networkpolicies.networking.k8s.io -A", 1),
            ("kubectl get secrets -n shop", 1),
            ("--assume-complete=NetworkPolicy", 1),
            ("--assume-complete=Secret", 0),
            ("--strict", 1),
            ("and 2 more", 1),
            ("3 subjects rest on this", 1),
            ("1 subject rests on this", 1),
            ("kubectl get gatewayclasses", 0),
        ] {
            assert_eq!(text.matches(words).count(), times, "{words} in {}:\n{text}", format.word());
        }
        assert!(text.contains("no fault found in what was read") || format != Format::Text);
        // What else was not read is still said, and nothing twice.
        assert!(text.contains("Node"), "{}", format.word());
    }
    let text = rendered(&report, Format::Text);
    assert_eq!(text.matches("NetworkPolicy not collected").count(), 0, "{text}");
}

#[test]
fn a_report_without_assumptions_does_not_mention_them() {
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Sarif, Format::Junit] {
        let text = rendered(&common::sample(), format);
        for words in ["assumed to be in order", "Assumption", "--strict", "Assumed"] {
            assert!(!text.contains(words), "{words} in {}", format.word());
        }
    }
}

/// A test case by its name: its element, what it is, and what is said of it there.
fn cases(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let report = quick_junit::Report::deserialize_from_str(xml).unwrap();
    report
        .test_suites
        .iter()
        .flat_map(|suite| &suite.test_cases)
        .map(|case| {
            let failures = match &case.status {
                quick_junit::TestCaseStatus::NonSuccess { kind, message, description, .. } => {
                    let text = |text: &Option<quick_junit::XmlString>| {
                        text.as_ref().map_or_else(String::new, |text| text.as_str().to_owned())
                    };
                    vec![(format!("{kind:?}"), text(message) + &text(description))]
                }
                quick_junit::TestCaseStatus::Skipped { .. } => vec![("skipped".to_owned(), String::new())],
                quick_junit::TestCaseStatus::Success { .. } => Vec::new(),
            };
            (case.name.as_str().to_owned(), failures)
        })
        .collect()
}

/// Whatever rests on assumptions: not one annotation, result, issue or failure more, and no word of theirs in one.
#[test]
fn no_format_shows_an_assumption_as_a_fault() {
    for report in [common::assumed(), common::sample(), common::many(120, 2)] {
        for fail_on in ["broken", "degraded", "unknown", "never"] {
            let failing = report.subjects.iter().filter(|subject| Gate::trips(fail_on, subject.verdict)).count();
            let gate = Gate {
                fail_on: fail_on.to_owned(),
                tripped: failing > 0,
                unread: Vec::new(),
                unjudged: 0,
                failing,
                excused: 0,
                suppressed: 0,
                config: None,
                suppressions: Vec::new(),
            };
            let plain = Report { gate: Some(gate), assumptions: Vec::new(), ..report.clone() };
            let resting = common::on_assumptions(plain.clone());
            assert!(!resting.assumptions.is_empty());
            let (github, gitlab) = (rendered(&resting, Format::Github), rendered(&resting, Format::Gitlab));
            let annotations = |text: &str| -> Vec<String> {
                text.lines().filter(|line| line.starts_with("::")).map(str::to_owned).collect()
            };
            assert_eq!(annotations(&github), annotations(&rendered(&plain, Format::Github)));
            assert_eq!(gitlab, rendered(&plain, Format::Gitlab));
            let results = |report: &Report| -> Value {
                let log: Value = serde_json::from_str(&rendered(report, Format::Sarif)).unwrap();
                log["runs"][0]["results"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|result| {
                        let mut result = result.clone();
                        // Where a rule stands among the rules is no matter.
                        result.as_object_mut().unwrap().remove("ruleIndex");
                        result
                    })
                    .collect()
            };
            assert_eq!(results(&resting), results(&plain));
            assert_eq!(cases(&rendered(&resting, Format::Junit)), cases(&rendered(&plain, Format::Junit)));
        }
    }
}

#[test]
fn sarif_says_it_for_information_and_junit_prints_it() {
    let report = common::assumed();
    let log: Value = serde_json::from_str(&rendered(&report, Format::Sarif)).unwrap();
    let run = &log["runs"][0];
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let said: Vec<&Value> =
        notifications.iter().filter(|n| n["message"]["text"].as_str().unwrap().starts_with("Assumed: ")).collect();
    assert_eq!(said.len(), 2);
    let rules: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    for notification in said {
        assert_eq!(notification["level"], "note");
        assert!(rules.contains(&&notification["associatedRule"]["id"]), "{notification}");
    }
    let xml = rendered(&report, Format::Junit);
    let suites = quick_junit::Report::deserialize_from_str(&xml).unwrap().test_suites;
    let printed = |name: &str| {
        let suite = suites.iter().find(|suite| suite.name.as_str() == name).unwrap();
        suite.system_out.as_ref().map_or_else(String::new, |out| out.as_str().to_owned())
    };
    assert!(printed("shop").contains("If there are none: --assume-complete=NetworkPolicy"));
    assert_eq!(printed("infra"), "");
    assert!(report.subjects.iter().any(|subject| subject.verdict == Verdict::ConfigOk));
}

#[test]
fn a_line_of_each_assumption_follows_those_of_the_subjects() {
    let report = common::assumed();
    let text = rendered(&report, Format::Jsonl);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), report.subjects.len() + report.assumptions.len());
    let (subjects, assumptions) = lines.split_at(report.subjects.len());
    assert!(subjects.iter().all(|line| line["schema"] == "kubereach/subject/v1"));
    for (line, assumption) in assumptions.iter().zip(&report.assumptions) {
        assert_eq!(line["schema"], "kubereach/assumption/v1");
        assert_eq!(line["assumption"], serde_json::to_value(assumption).unwrap());
        // Queries that look for a kind or a verdict find subjects only.
        assert!(line.get("kind").is_none() && line.get("verdict").is_none());
    }
}
