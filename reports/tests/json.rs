//! The JSON contract: what is printed is what the committed schema says, and reads back as it was.
//! `KUBEREACH_BLESS=1 cargo test -p kubereach-reports --test json` rewrites the schema.

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use kubereach_reports::render::{AssumptionLine, BundleLine, CauseLine, Format, RenderOptions, SubjectLine, render};
use kubereach_reports::report::Report;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

fn rendered(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    render(report, format, &RenderOptions::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn rendered_with(report: &Report, options: &RenderOptions) -> String {
    let mut out = Vec::new();
    render(report, Format::Jsonl, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The schema of what is written, not of what would be accepted: a field that is always printed is required.
fn schema_of<T: JsonSchema>() -> String {
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap();
    text.push('\n');
    text
}

fn generated() -> String {
    schema_of::<Report>()
}

#[test]
fn the_committed_schemas_are_current() {
    for (name, current) in [
        ("report-v1.json", generated()),
        ("subject-v1.json", schema_of::<SubjectLine<'_>>()),
        ("bundle-v1.json", schema_of::<BundleLine<'_>>()),
        ("assumption-v1.json", schema_of::<AssumptionLine<'_>>()),
        ("cause-v1.json", schema_of::<CauseLine<'_>>()),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
        if std::env::var_os("KUBEREACH_BLESS").is_some() {
            std::fs::write(&path, &current).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == current, "{name} is stale: run this test with KUBEREACH_BLESS=1 and read the diff");
    }
}

#[test]
fn rendered_reports_are_valid_and_read_back_unchanged() {
    let schema: Value = serde_json::from_str(&generated()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [common::sample(), common::assumed(), common::many(30, 3), common::many(0, 0)] {
        let text = rendered(&report, Format::Json);
        assert!(text.ends_with("}\n"));
        let value: Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|e| format!("{} at {}", e, e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    }
}

#[test]
fn the_schema_notices_a_wrong_word_and_a_missing_field() {
    let schema: Value = serde_json::from_str(&generated()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good: Value = serde_json::from_str(&rendered(&common::sample(), Format::Json)).unwrap();
    for pointer in ["/subjects/0/verdict", "/findings/0/effect", "/snapshot/coverage/0/state"] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = Value::from("fine");
        assert!(!validator.is_valid(&bad), "{pointer}");
    }
    let mut bad = good;
    bad.pointer_mut("/subjects/0").unwrap().as_object_mut().unwrap().remove("headline");
    assert!(!validator.is_valid(&bad));
}

#[test]
fn every_line_of_jsonl_stands_alone() {
    let report = common::sample();
    let text = rendered(&report, Format::Jsonl);
    assert_eq!(text.lines().count(), report.subjects.len());
    for (line, subject) in text.lines().zip(&report.subjects) {
        let value: Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["name"], subject.name);
        assert_eq!(value["verdict"], subject.verdict.word());
        assert_eq!(value.get("cluster").and_then(Value::as_str), subject.cluster.as_deref());
        let inside: Vec<&str> =
            value["finding_objects"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
        let of_segments = subject.paths.iter().flat_map(|p| &p.segments).flat_map(|s| &s.findings);
        for id in subject.findings.iter().chain(&subject.entry_problems).chain(of_segments) {
            assert_eq!(inside.iter().filter(|known| *known == id).count(), 1, "{id} in {inside:?}");
        }
    }
}

#[test]
fn lines_follow_their_schemas_and_those_of_a_fleet_name_their_bundle() {
    let subject = jsonschema::validator_for(&serde_json::from_str(&schema_of::<SubjectLine<'_>>()).unwrap()).unwrap();
    let bundle = jsonschema::validator_for(&serde_json::from_str(&schema_of::<BundleLine<'_>>()).unwrap()).unwrap();
    let report = common::sample();
    for name in [None, Some("dumps/a.tar.gz")] {
        let text =
            rendered_with(&report, &RenderOptions { bundle: name.map(str::to_owned), ..RenderOptions::default() });
        assert_eq!(text.lines().count(), report.subjects.len());
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            let errors: Vec<String> = subject.iter_errors(&value).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{errors:#?}");
            assert!(!bundle.is_valid(&value));
            assert_eq!(value.get("bundle").and_then(Value::as_str), name);
            assert_eq!(value.get("taken_at").is_some(), name.is_some() && report.snapshot.taken_at.is_some());
        }
    }
    let assumption = jsonschema::validator_for(&serde_json::from_str(&schema_of::<AssumptionLine<'_>>()).unwrap());
    let assumption = assumption.unwrap();
    let assumed = rendered(&common::assumed(), Format::Jsonl);
    let lines = assumed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let valid = lines.filter(|line| assumption.is_valid(line) && !subject.is_valid(line) && !bundle.is_valid(line));
    assert_eq!(valid.count(), common::assumed().assumptions.len());
    // A bundle leaves a line although it has no subject, and only one where the summary is asked for.
    let options = RenderOptions { bundle: Some("b".to_owned()), ..RenderOptions::default() };
    let quiet = RenderOptions { quiet: true, ..options.clone() };
    let mut unreadable = Vec::new();
    BundleLine::unreadable("c", "no such file").write(&mut unreadable).unwrap();
    for (text, state) in [
        (rendered_with(&common::many(0, 0), &options), "judged"),
        (rendered_with(&report, &quiet), "judged"),
        (String::from_utf8(unreadable).unwrap(), "unreadable"),
    ] {
        assert_eq!(text.lines().count(), 1, "{text}");
        let value: Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = bundle.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert_eq!(value["state"], state);
        assert_eq!(value["summary"].is_object(), state == "judged");
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for &format in Format::ALL {
        assert_eq!(rendered(&common::sample(), format), rendered(&common::sample(), format), "{}", format.word());
    }
}
