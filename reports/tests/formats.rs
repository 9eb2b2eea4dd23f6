//! The formats for CI systems against what is published about them.

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use kubereach_reports::render::{Format, RenderOptions, Root, RuleDoc, render};
use kubereach_reports::report::*;
use proptest::prelude::*;
use serde_json::Value;

static SARIF: LazyLock<Validator> = LazyLock::new(|| {
    // As published, the pattern of languages has a bracket too many and is no regular expression.
    let text = include_str!("schemas/sarif-2.1.0.json").replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
});
static GITLAB: LazyLock<Validator> = LazyLock::new(|| {
    jsonschema::validator_for(&serde_json::from_str(include_str!("schemas/gitlab-code-quality.json")).unwrap()).unwrap()
});

fn rendered(report: &Report, format: Format, options: &RenderOptions) -> String {
    let mut out = Vec::new();
    render(report, format, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn options() -> RenderOptions {
    let page = RuleDoc {
        title: "The Service does not exist".to_owned(),
        explanation: "The Ingress names a Service that is not there.".to_owned(),
        example: "backend: {service: {name: nope}}".to_owned(),
        sources: vec!["networking/v1 IngressBackend".to_owned()],
        effect: Effect::Blocks,
        segment: SegmentName::Service,
    };
    RenderOptions { rules: Arc::new([("service/missing".to_owned(), page)].into()), ..RenderOptions::default() }
}

/// The sample with a gate, a suppressed finding and an excused subject.
fn gated() -> Report {
    let mut report = common::sample();
    for (n, finding) in report.findings.iter_mut().enumerate() {
        finding.fingerprint = format!("{n:024x}:1");
    }
    let by = Suppression {
        by: SuppressedBy::Config,
        reason: "known: <b>rolled out</b> | later".to_owned(),
        place: "kubereach.toml:3".to_owned(),
        expires: Some("2027-01-31".to_owned()),
    };
    let crash = report.findings.iter_mut().find(|f| f.code == "endpoints/crash-loop").unwrap();
    crash.suppressed = Some(by.clone());
    let id = crash.id.clone();
    for subject in report.subjects.iter_mut().filter(|s| s.findings.contains(&id)) {
        subject.excused = true;
    }
    let missing = report.findings.iter_mut().find(|f| f.code == "service/missing").unwrap();
    missing.location = Some(Location {
        path: "deploy/web.yaml".to_owned(),
        line: 14,
        template: None,
        column: 11,
        end_column: Some(15),
        field: Some("spec.rules[0].http.paths[0].backend.service.name".to_owned()),
    });
    missing.frame = Some(Frame {
        first_line: 12,
        lines: vec![
            "        backend:".to_owned(),
            "          service: # \u{1b}[31mred".to_owned(),
            "          \tname: cart # \u{202e}cart".to_owned(),
            "            port:".to_owned(),
        ],
        marked: 2,
        start: 17,
        end: 21,
    });
    let given = |state, code: &str, findings| GivenSuppression {
        state,
        by: by.by,
        place: by.place.clone(),
        code: code.to_owned(),
        object: "*/shop/*".to_owned(),
        reason: by.reason.clone(),
        expires: by.expires.clone(),
        findings,
    };
    report.gate = Some(Gate {
        fail_on: "broken".to_owned(),
        tripped: true,
        unread: vec![Problem {
            path: "deploy/\u{202e}<b>.yaml".to_owned(),
            line: Some(7),
            column: Some(2),
            message: "Service could not be read: ::error::<script>".to_owned(),
        }],
        unjudged: 1,
        failing: 3,
        excused: 1,
        suppressed: 1,
        config: Some("kubereach.toml".to_owned()),
        suppressions: vec![
            given(SuppressionState::Unused, "service/selects-no-pod", 0),
            given(SuppressionState::Expired, "service/missing", 1),
            given(SuppressionState::Used, "endpoints/crash-loop", 1),
        ],
    });
    report
}

fn valid(validator: &Validator, text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|e| format!("{e} at {}", e.instance_path())).take(5).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    value
}

fn reports() -> Vec<Report> {
    vec![common::sample(), common::assumed(), gated(), common::many(200, 3), common::many(0, 0)]
}

#[test]
fn sarif_is_valid_and_places_what_it_says() {
    for report in reports() {
        for show_suppressed in [false, true] {
            let options = RenderOptions { show_suppressed, ..options() };
            let log = valid(&SARIF, &rendered(&report, Format::Sarif, &options));
            let run = &log["runs"][0];
            let rules: Vec<&str> =
                run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
            for result in run["results"].as_array().unwrap() {
                let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
                assert_eq!(rules[index], result["ruleId"]);
                assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
                let at = &result["locations"][0]["physicalLocation"];
                assert!(at["region"]["startLine"].as_u64().unwrap() >= 1, "{result}");
                let uri = at["artifactLocation"]["uri"].as_str().unwrap();
                assert!(uri.starts_with("file://") || at["artifactLocation"]["uriBaseId"] == "%SRCROOT%", "{uri}");
                for flow in result["codeFlows"].as_array().into_iter().flatten() {
                    for step in flow["threadFlows"][0]["locations"].as_array().unwrap() {
                        assert!(step["location"]["physicalLocation"].is_object());
                    }
                }
            }
        }
    }
}

#[test]
fn sarif_has_the_region_the_help_the_way_and_the_gaps() {
    let log: Value = serde_json::from_str(&rendered(&gated(), Format::Sarif, &options())).unwrap();
    let run = &log["runs"][0];
    let result =
        run["results"].as_array().unwrap().iter().find(|r| r["ruleId"] == "service/missing").expect("the result");
    assert_eq!(result["level"], "error");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"], &region["endColumn"]),
        (&14.into(), &11.into(), &15.into())
    );
    assert!(!result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap().is_empty());
    let rule =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().find(|r| r["id"] == "service/missing").unwrap();
    assert!(rule["help"]["markdown"].as_str().unwrap().contains("kubereach explain service/missing"));
    let said = run["invocations"][0]["toolExecutionNotifications"].to_string();
    for words in ["EndpointSlice", "is forbidden", "Cannot be told", "suppressed", "The list ends in the middle"] {
        assert!(said.contains(words), "no {words} in {said}");
    }
    let results = run["results"].to_string();
    assert!(!results.contains("endpoints/crash-loop"), "suppressed results are left out");
    let shown = RenderOptions { show_suppressed: true, ..options() };
    let log: Value = serde_json::from_str(&rendered(&gated(), Format::Sarif, &shown)).unwrap();
    let crash = log["runs"][0]["results"].as_array().unwrap().iter().find(|r| r["ruleId"] == "endpoints/crash-loop");
    assert_eq!(crash.unwrap()["suppressions"][0]["status"], "accepted");
}

#[test]
fn sarif_stays_within_what_github_takes_and_says_the_cut() {
    let mut report = common::sample();
    let template = report.findings.iter().find(|f| f.code == "service/missing").unwrap().clone();
    for n in 0..6_000 {
        let effect = if n % 2 == 0 { Effect::Narrows } else { Effect::Blocks };
        let fingerprint = format!("{n}:1");
        report.findings.push(Finding { id: format!("x{n}"), effect, fingerprint, ..template.clone() });
    }
    let ids: Vec<String> = report.findings.iter().map(|f| f.id.clone()).collect();
    report.subjects[0].paths[0].segments[0].findings.extend(ids);
    let log = valid(&SARIF, &rendered(&report, Format::Sarif, &options()));
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 5_000);
    let levels: Vec<&str> = results.iter().map(|r| r["level"].as_str().unwrap()).collect();
    assert!(levels.is_sorted(), "errors before warnings");
    let said = log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(said.contains("Only the worst 5,000 of 6,0"), "{said}");
}

#[test]
fn gitlab_is_valid_and_no_fingerprint_twice() {
    for report in reports() {
        let issues = valid(&GITLAB, &rendered(&report, Format::Gitlab, &options()));
        let issues = issues.as_array().unwrap();
        let unique: BTreeSet<&str> = issues.iter().map(|i| i["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(unique.len(), issues.len());
    }
}

#[test]
fn junit_is_valid_xml_for_jenkins() {
    let folder = std::env::temp_dir().join(format!("kubereach-junit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let xsd = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemas/junit-10.xsd");
    for (n, report) in reports().into_iter().enumerate() {
        let text = rendered(&report, Format::Junit, &options());
        let parsed = quick_junit::Report::deserialize_from_str(&text).unwrap();
        let cases: usize = parsed.test_suites.iter().map(|suite| suite.test_cases.len()).sum();
        let unread = report.gate.as_ref().map_or(0, |gate| gate.unread.len());
        assert_eq!(cases, report.subjects.len() + unread, "one test case per subject, and per object not read");
        let failures: usize = parsed.test_suites.iter().map(|suite| suite.failures).sum();
        let broken = report.subjects.iter().filter(|s| s.verdict == Verdict::Broken && !s.excused).count();
        assert_eq!(failures, broken + unread);
        let skipped: usize = parsed.test_suites.iter().map(|suite| suite.skipped).sum();
        let unknown = report.subjects.iter().filter(|s| s.verdict == Verdict::Unknown || s.excused).count();
        assert_eq!(skipped, unknown);
        let file = folder.join(format!("{n}.xml"));
        std::fs::write(&file, &text).unwrap();
        match std::process::Command::new("xmllint").args(["--noout", "--schema", xsd]).arg(&file).output() {
            Ok(run) => assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr)),
            Err(error) => {
                eprintln!("SKIPPED: xmllint is not there ({error}): junit-10.xsd was not held against the output");
            }
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn github_shows_ten_of_each_level_and_counts_the_rest() {
    let mut report = common::many(100, 1);
    let template = report.findings.iter().find(|f| f.code == "service/missing").unwrap().clone();
    for n in 0..25 {
        let message = format!("100% of\nport {n}: a,b");
        report.findings.push(Finding { id: format!("x{n:02}"), message, ..template.clone() });
    }
    let ids: Vec<String> = report.findings.iter().map(|f| f.id.clone()).collect();
    report.subjects[0].paths[0].segments[0].findings.extend(ids);
    let text = rendered(&report, Format::Github, &options());
    for command in ["::error ", "::warning ", "::notice "] {
        assert!(text.lines().filter(|line| line.starts_with(command)).count() <= 10, "{command}");
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("::error ")).count(), 10);
    assert!(text.contains("more errors"), "{text}");
    for line in text.lines().filter(|line| line.starts_with("::")) {
        let (properties, message) = line.trim_start_matches("::").split_once("::").unwrap();
        assert!(!message.contains('\r'), "{line}");
        for property in properties.split_once(' ').unwrap().1.split(',') {
            let (key, value) = property.split_once('=').unwrap();
            assert!(["file", "line", "col", "endColumn", "title"].contains(&key), "{line}");
            assert!(!value.contains([':', ',', '\n']), "{line}");
        }
    }
}

#[test]
fn paths_are_from_the_repositorys_root() {
    let root = Root { absolute: "/repo".to_owned(), prefix: "apps/shop".to_owned() };
    let options = RenderOptions { root, ..options() };
    for format in [Format::Sarif, Format::Github, Format::Gitlab, Format::Junit] {
        let text = rendered(&gated(), format, &options);
        assert!(text.contains("apps/shop/deploy/web.yaml"), "{}", format.word());
    }
}

#[test]
fn what_each_format_looks_like() {
    let report = gated();
    for format in [Format::Sarif, Format::Junit, Format::Github, Format::Gitlab] {
        insta::assert_snapshot!(format!("gated_{}", format.word()), rendered(&report, format, &options()));
    }
    for (width, color) in [(80, false), (120, false), (80, true)] {
        let options = RenderOptions { width, color, show_suppressed: true, ..options() };
        let text = rendered(&report, Format::Text, &options);
        insta::assert_snapshot!(format!("gated_text_{width}{}", if color { "_color" } else { "" }), text);
    }
}

#[test]
fn frames_are_harmless() {
    let text = rendered(&gated(), Format::Text, &RenderOptions { width: 200, ..options() });
    assert!(text.contains("name: cart"), "{text}");
    for c in text.chars() {
        assert!(c == '\n' || !c.is_control(), "{c:?}");
        assert!(!matches!(c, '\u{202a}'..='\u{202e}'), "{c:?}");
    }
}

#[test]
fn an_excused_subject_keeps_its_verdict_in_every_format() {
    let report = gated();
    let excused = report.subjects.iter().find(|s| s.excused).unwrap();
    let text = rendered(&report, Format::Text, &options());
    assert!(text.contains("accepted — the verdict stands"), "{text}");
    assert!(text.contains(&excused.name), "{text}");
    let markdown = rendered(&report, Format::Markdown, &options());
    assert!(markdown.contains("(accepted)") && markdown.contains("excused from the gate"), "{markdown}");
    let junit = rendered(&report, Format::Junit, &options());
    assert!(junit.contains("broken, accepted: known"), "{junit}");
    let html = rendered(&report, Format::Html, &options());
    assert!(html.contains("accepted beforehand"), "the page counts them");
}

#[test]
fn accepted_findings_are_listed_where_asked_for() {
    let report = gated();
    let list = RenderOptions { show_suppressed: true, ..options() };
    for (format, heading, escaped) in [
        (Format::Markdown, "### Accepted findings", "<b>rolled out"),
        (Format::Html, "<h2 id=\"accepted\">", "<b>rolled out"),
    ] {
        assert!(!rendered(&report, format, &options()).contains(heading));
        let text = rendered(&report, format, &list);
        let part = text.split_once(heading).unwrap().1;
        assert!(part.contains("crash-loop") && part.contains("kubereach.toml:3, until 2027"), "{part}");
        assert!(!part.contains(escaped), "reasons are escaped");
    }
}

/// The sample as the report of a change: what it brings, and what was there.
fn changed() -> (Report, String, String) {
    let mut report = common::sample();
    report.gate = None;
    let blocks = |f: &&Finding| f.effect == Effect::Blocks;
    let on_path = |s: &Subject, f: &Finding| {
        let paths = s.paths.iter().filter(|p| !p.dormant);
        paths.flat_map(|p| &p.segments).any(|segment| segment.findings.contains(&f.id))
    };
    // A finding that one subject alone names.
    let alone: Vec<&Finding> = report
        .findings
        .iter()
        .filter(blocks)
        .filter(|f| report.subjects.iter().filter(|s| on_path(s, f)).count() == 1)
        .collect();
    let (new, old) = (alone[0].clone(), alone.iter().find(|f| f.code != alone[0].code).unwrap().id.clone());
    let subject = report.subjects.iter().find(|s| on_path(s, &new)).unwrap();
    let row = SubjectChange {
        kind: subject.kind.clone(),
        namespace: subject.namespace.clone(),
        name: subject.name.clone(),
        cluster: subject.cluster.clone(),
        group: None,
        became: Became::Introduced,
        before: Some(Verdict::ConfigOk),
        after: Some(subject.verdict),
        headline: subject.headline.clone(),
        introduced: vec![ProblemChange {
            effect: new.effect,
            segment: new.segment,
            code: new.code.clone(),
            object: new.object.clone(),
            paths: 1,
            message: new.message.clone(),
            finding: Some(new.id.clone()),
        }],
        fixed: Vec::new(),
        newly_seen: Vec::new(),
        no_longer_seen: Vec::new(),
        causes: Vec::new(),
    };
    report.change = Some(Change {
        kind: ChangeKind::OnTopOf,
        before: vec!["cluster.yaml".to_owned()],
        after: vec!["change.yaml".to_owned()],
        summary_before: report.summary,
        counts: ChangeCounts { introduced: 1, ..ChangeCounts::default() },
        causes: Vec::new(),
        subjects: vec![row],
        findings: Vec::new(),
        objects: Vec::new(),
        requests: Vec::new(),
        requests_left_out: 0,
    });
    (report, new.id, old)
}

#[test]
fn of_a_change_only_what_it_brings_is_annotated() {
    let (report, new, old) = changed();
    let message = |id: &str| report.findings.iter().find(|f| f.id == id).unwrap().message.clone();
    let print = |id: &str| report.findings.iter().find(|f| f.id == id).unwrap().id.clone();
    let sarif = valid(&SARIF, &rendered(&report, Format::Sarif, &options()));
    let state = |id: &str| {
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let of = |r: &&Value| r["partialFingerprints"]["kubereach/v1"] == print(id);
        results.iter().find(of).unwrap()["baselineState"].clone()
    };
    assert_eq!((state(&new), state(&old)), (Value::from("new"), Value::from("unchanged")));
    let everything = RenderOptions { show_existing: true, ..options() };
    for format in [Format::Github, Format::Gitlab] {
        let lines = |options: &RenderOptions| {
            let text = rendered(&report, format, options);
            if format == Format::Gitlab {
                return valid(&GITLAB, &text).as_array().unwrap().len();
            }
            text.lines().filter(|line| line.starts_with("::")).count()
        };
        assert_eq!(lines(&options()), 1);
        assert!(lines(&everything) > 5);
        assert!(rendered(&report, format, &options()).contains(&message(&new)[..12]));
    }
    assert!(rendered(&report, Format::Github, &options()).contains("there before are not annotated"));
    // Without a change nothing is said of it.
    let plain = Report { change: None, ..report.clone() };
    assert!(!rendered(&plain, Format::Sarif, &options()).contains("baselineState"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in names, messages, paths and frames: every format writes something valid.
    #[test]
    fn any_text_leaves_every_format_valid(text in "\\PC*|(?s).{0,40}", start in 0_usize..60, len in 0_usize..10) {
        let mut report = common::on_assumptions(gated());
        for assumption in &mut report.assumptions {
            assumption.namespaces = vec![text.clone()];
            assumption.text = text.clone();
            assumption.reason = text.clone();
            assumption.command = text.clone();
        }
        for finding in &mut report.findings {
            finding.message = text.clone();
            finding.object.name = text.clone();
            finding.command = text.clone();
            if let Some(at) = &mut finding.location {
                at.path = text.clone();
            }
            if let Some(by) = &mut finding.suppressed {
                by.reason = text.clone();
            }
            finding.frame = Some(Frame {
                first_line: 1,
                lines: vec![text.replace('\n', " "), text.replace('\n', " ")],
                marked: 1,
                start,
                end: start + len,
            });
        }
        for subject in &mut report.subjects {
            subject.name = text.clone();
            subject.headline = text.clone();
        }
        valid(&SARIF, &rendered(&report, Format::Sarif, &options()));
        valid(&GITLAB, &rendered(&report, Format::Gitlab, &options()));
        let junit = rendered(&report, Format::Junit, &options());
        prop_assert!(quick_junit::Report::deserialize_from_str(&junit).is_ok());
        let github = rendered(&report, Format::Github, &options());
        let commands = github.lines().filter(|line| line.starts_with("::")).count();
        let known = github.lines().filter(|l| ["::error ", "::warning ", "::notice "].iter().any(|c| l.starts_with(c))).count();
        prop_assert_eq!(commands, known);
        let text = rendered(&report, Format::Text, &options());
        prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
    }
}
