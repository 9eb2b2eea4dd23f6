//! Repairs that were proved, in every format that shows them.

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::build;

use kubereach_reports::render::{Format, RenderOptions, render, render_trace};
use kubereach_reports::report::{
    ConfigVerdict, Effect, Fix, FixChange, Location, ObjectRef, Replacement, Report, SegmentName,
};
use serde_json::Value;

const HOSTILE: &str = "</code></pre><script>alert(1)</script>```\u{202e}";

fn fix(word: &str) -> Fix {
    let object = ObjectRef { kind: "Service".into(), namespace: Some("shop".into()), name: "cart".into(), group: None };
    let location =
        Location { path: "cart.yaml".into(), line: 7, column: 10, end_column: Some(14), ..Location::default() };
    Fix {
        object,
        creates: false,
        summary: format!("Set spec.selector.app of Service shop/cart to cart (it is {word})."),
        patch: "[]".into(),
        diff: vec![" spec.selector:".into(), format!("-  app: {word}"), "+  app: cart".into()],
        kubectl: "kubectl patch services cart -n shop --type=json -p '[]'".into(),
        change_at: String::new(),
        verified: true,
        changes: vec![FixChange {
            kind: "Service".into(),
            namespace: "shop".into(),
            name: "cart".into(),
            group: None,
            before: ConfigVerdict::Broken,
            after: ConfigVerdict::ConfigOk,
        }],
        better: 1,
        judged: 3,
        replaces: Some(Replacement {
            field: "spec.selector.app".into(),
            old: word.to_owned(),
            new: "cart".into(),
            shown: word.to_owned(),
        }),
        location: Some(location),
    }
}

/// One broken Service whose finding has this repair.
fn report(fix: Fix) -> Report {
    let mut report = build::empty();
    let object = build::object("Service", "shop", "cart");
    let mut finding =
        build::finding("f1", "service/selects-no-pod", Effect::Blocks, SegmentName::Endpoints, object, "no pod");
    finding.fix = Some(Box::new(fix));
    let mut subject = build::subject("Service", "shop", "cart");
    subject.verdict = kubereach_reports::report::Verdict::Broken;
    subject.findings = build::ids(&["f1"]);
    subject.primary = Some("f1".into());
    report.findings.push(finding);
    report.subjects.push(subject);
    build::finish(report)
}

fn rendered(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    render(report, format, &RenderOptions::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn text_shows_the_diff_and_the_command() {
    let report = report(fix("crat"));
    let mut trace = Vec::new();
    render_trace(&report, 0, &RenderOptions::default(), &mut trace).unwrap();
    for text in [rendered(&report, Format::Text), String::from_utf8(trace).unwrap()] {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let at = lines.iter().position(|line| *line == "spec.selector:").unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            lines[at + 1..at + 4],
            ["-  app: crat", "+  app: cart", "$ kubectl patch services cart -n shop --type=json -p '[]'"]
        );
        let whole = lines.join(" ");
        assert!(whole.contains("fixes 1 subject, changes no other"), "{text}");
    }
}

#[test]
fn what_others_apply_has_a_place_and_no_command() {
    let elsewhere =
        Fix { kubectl: String::new(), change_at: "Helm release cart made this object".into(), ..fix("crat") };
    let report = report(elsewhere);
    for format in [Format::Text, Format::Markdown, Format::Html] {
        let text = rendered(&report, format);
        assert!(text.contains("Helm release cart made this object") && !text.contains("kubectl patch"), "{text}");
    }
}

#[test]
fn markdown_has_a_fenced_diff() {
    let text = rendered(&report(fix("crat")), Format::Markdown);
    assert!(text.contains("```diff\n spec.selector:\n-  app: crat\n+  app: cart\n```\n"), "{text}");
}

#[test]
fn the_page_has_a_command_that_its_script_gives_a_button() {
    let text = rendered(&report(fix("crat")), Format::Html);
    let diff = "<pre class=\"diff\"><code><span> spec.selector:</span>\n<span>-  app: crat</span>\n<span>+  app: cart</span>\n";
    assert!(text.contains(diff), "{text}");
    assert!(text.contains("<pre class=\"command\"><code>kubectl patch services cart"), "{text}");
}

#[test]
fn hostile_values_stay_text() {
    let report = report(fix(HOSTILE));
    for format in [Format::Text, Format::Markdown, Format::Html] {
        let text = rendered(&report, format);
        assert!(!text.contains('\u{202e}'), "{text}");
    }
    assert!(!rendered(&report, Format::Html).contains("<script>alert"));
    // The fence of the diff is longer than what would end it.
    assert!(rendered(&report, Format::Markdown).contains("````diff\n"));
}

fn sarif_fix(fix: Fix) -> Value {
    let sarif: Value = serde_json::from_str(&rendered(&report(fix), Format::Sarif)).unwrap();
    let schema: Value =
        serde_json::from_str(&include_str!("schemas/sarif-2.1.0.json").replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$"))
            .unwrap();
    let errors: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&sarif).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    sarif["runs"][0]["results"][0]["fixes"].clone()
}

#[test]
fn sarif_replaces_exactly_one_word() {
    let change = &sarif_fix(fix("crat"))[0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "cart.yaml");
    let replacement = &change["replacements"][0];
    let region = &replacement["deletedRegion"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"], &region["endColumn"]),
        (&7.into(), &10.into(), &14.into())
    );
    assert_eq!(replacement["insertedContent"]["text"], "cart");
}

#[test]
fn sarif_keeps_quotes_and_leaves_out_what_is_not_exact() {
    let shown = |shown: &str, new: &str| {
        let mut fix = fix("crat");
        let replaces = fix.replaces.as_mut().unwrap();
        (replaces.shown, replaces.new) = (shown.to_owned(), new.to_owned());
        sarif_fix(fix)
    };
    assert_eq!(
        shown("\"crat\"", "cart")[0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"],
        "\"cart\""
    );
    assert_eq!(
        shown("'crat'", "8080")[0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"],
        "'8080'"
    );
    for (region, new) in [("app: crat", "cart"), ("", "cart"), ("crat", "8080"), ("crat", "true"), ("crat", "a: b")] {
        assert!(shown(region, new).is_null(), "{region} {new}");
    }
    let of_chart = Location { template: Some("templates/svc.yaml".into()), ..fix("crat").location.unwrap() };
    let in_archive = Location { path: "a.tar.gz!cart.yaml".into(), ..fix("crat").location.unwrap() };
    for location in [of_chart, in_archive] {
        assert!(sarif_fix(Fix { location: Some(location), ..fix("crat") }).is_null());
    }
}

#[test]
fn what_was_not_verified_is_shown_nowhere() {
    let report = report(Fix { verified: false, ..fix("crat") });
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Sarif] {
        assert!(!rendered(&report, format).contains("kubectl patch"), "{format:?}");
    }
}
