//! What people read, pinned: a dozen situations as text, Markdown and HTML, and one trace.

use kubereach_engine::analyze;
use kubereach_intake::progress::Silent;
use kubereach_reports::render::{Format, RenderOptions, render, render_trace};
use kubereach_reports::report::Report;
use kubereach_testkit::situations::{args, fixtures, inputs};

use crate::common::situation::measured_options;

const SITUATIONS: [&str; 12] = [
    "bundles/troubleshoot",
    "ingress/one-of-three-backends-missing",
    "ingress/controller-not-seen",
    "ingress/hostile-names",
    "tls/secret-not-collected",
    "service/selector-matches-nothing",
    "service/one-of-three-ready",
    "service/scaled-to-zero",
    "service/selectorless-unseen",
    "pod/crash-loop",
    "measured/service-rules-broken",
    "measured/two-vantages-disagree",
];

fn report(name: &str) -> Report {
    let folder = fixtures().join(name);
    let mut options = measured_options(&folder, &args(&folder));
    options.words = vec!["dump".to_owned()];
    let report = analyze(&inputs(&folder), &options, &Silent).unwrap();
    // Where the clone lies is not what is pinned.
    let root = fixtures().display().to_string();
    serde_json::from_str(&serde_json::to_string(&report).unwrap().replace(&root, "fixtures")).unwrap()
}

fn rendered(report: &Report, format: Format) -> String {
    let mut bytes = Vec::new();
    render(report, format, &RenderOptions { width: 100, ..RenderOptions::default() }, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn situations_as_people_read_them() {
    for situation in SITUATIONS {
        let report = report(situation);
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
        serde_json::from_str(include_str!("../../../../reports/schema/report-v1.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for situation in SITUATIONS {
        let value: serde_json::Value = serde_json::from_str(&rendered(&report(situation), Format::Json)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{situation}: {errors:?}");
    }
}
