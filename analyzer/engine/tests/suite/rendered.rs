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

/// What stands on the first screen of a terminal of 80 columns and 24 lines.
fn first_screen(report: &Report) -> String {
    let mut bytes = Vec::new();
    render(report, Format::Text, &RenderOptions { width: 80, ..RenderOptions::default() }, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap().lines().take(24).map(|line| format!("{line}\n")).collect()
}

#[test]
fn one_cause_stands_on_one_screen_whatever_it_takes_down() {
    for (situation, culprit) in [
        ("one-node-down", "Node node-1 is not ready"),
        ("class-missing", "IngressClass nginx does not exist"),
        ("deny-all-under-calico", "Network policies close these pods"),
        ("memory-kill-behind-an-ingress", "Deployment shop/cart is down"),
        ("policies-not-read", "look right as far as was read"),
    ] {
        let report = report(&format!("causes/{situation}"));
        let screen = first_screen(&report);
        assert!(screen.replace("\n  ", " ").contains(culprit), "{screen}");
        insta::assert_snapshot!(format!("causes__{situation}.screen"), screen);
        let markdown = rendered(&report, Format::Markdown);
        // Up to the table of subjects: what a ticket shows before anybody scrolls.
        let top = markdown.split("### Needs attention").next().unwrap_or_default();
        let top = top.split("<details>").next().unwrap_or_default();
        assert!(top.contains(culprit) && top.lines().count() < 40, "{top}");
        insta::assert_snapshot!(format!("causes__{situation}.ticket"), top);
    }
}

#[test]
fn the_first_fault_stands_on_the_first_screen() {
    for situation in SITUATIONS {
        let report = report(situation);
        let screen = first_screen(&report);
        for (count, label) in [(report.summary.broken, "BROKEN"), (report.summary.degraded, "PARTLY WORKING")] {
            if count > 0 {
                assert!(screen.contains(label), "{situation}: {label} is not on it\n{screen}");
                break;
            }
        }
    }
}
