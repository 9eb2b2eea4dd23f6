//! What people read, pinned: ten situations as text, Markdown and HTML, and one trace.

use std::path::Path;

use kubereach::intake::InputSpec;
use kubereach::intake::progress::Silent;
use kubereach::snapshot::Assumption;
use kubereach::{Options, analyze};
use kubereach_reports::render::{Format, Options as RenderOptions, render, render_trace};
use kubereach_reports::report::Report;

/// Situations, and whether their input is the whole cluster.
const SITUATIONS: [(&str, bool); 10] = [
    ("bundles/troubleshoot", false),
    ("ingress/one-of-three-backends-missing", true),
    ("ingress/controller-not-seen", true),
    ("ingress/hostile-names", true),
    ("tls/secret-not-collected", false),
    ("service/selector-matches-nothing", true),
    ("service/one-of-three-ready", true),
    ("service/scaled-to-zero", true),
    ("service/selectorless-unseen", false),
    ("pod/crash-loop", true),
];

fn report(situation: &str, whole: bool) -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(situation).join("input");
    let mut options = Options::default();
    if whole {
        options.intake.assume_complete.push(Assumption { kind: None, namespace: None });
    }
    let mut inputs: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    inputs.sort();
    let inputs: Vec<InputSpec> = inputs.into_iter().map(InputSpec::Path).collect();
    let mut report = analyze(&inputs, &options, &Silent).unwrap();
    // Where the clone lies is not what is pinned.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").display().to_string();
    let text = serde_json::to_string(&report).unwrap().replace(&root, "fixtures");
    report = serde_json::from_str(&text).unwrap();
    report
}

fn rendered(report: &Report, format: Format) -> String {
    let mut bytes = Vec::new();
    render(report, format, &RenderOptions { width: 100, ..RenderOptions::default() }, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn ten_situations_as_people_read_them() {
    for (situation, whole) in SITUATIONS {
        let report = report(situation, whole);
        let name = situation.replace('/', "__");
        insta::assert_snapshot!(format!("{name}.text"), rendered(&report, Format::Text));
        insta::assert_snapshot!(format!("{name}.markdown"), rendered(&report, Format::Markdown));
        insta::assert_snapshot!(format!("{name}.html"), body(&rendered(&report, Format::Html)));
        let mut trace = Vec::new();
        render_trace(&report, 0, &RenderOptions { width: 100, ..RenderOptions::default() }, &mut trace).unwrap();
        insta::assert_snapshot!(format!("{name}.trace"), String::from_utf8(trace).unwrap());
    }
}

/// The page without its style and script, which are pinned by their own files.
fn body(html: &str) -> &str {
    html.split_once("<body").map_or(html, |(_, body)| body.split_once("<script").map_or(body, |(page, _)| page))
}

#[test]
fn every_situation_renders_to_valid_json() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../reports/schema/report-v1.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (situation, whole) in SITUATIONS {
        let value: serde_json::Value = serde_json::from_str(&rendered(&report(situation, whole), Format::Json)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{situation}: {errors:?}");
    }
}
