//! JUnit XML: one test case per subject, one suite per namespace.
//!
//! A subject that trips the gate is a failure, and so is every broken one; *unknown* is skipped, since
//! nobody tested it, and an excused one is skipped with its reason. The text stands in the bodies, because
//! GitLab shows nothing else.

use std::collections::BTreeMap;
use std::io::Write;

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::gate::{details, fails};
use super::index::Findings;
use super::neutral::neutral;
use super::words::label;
use super::{Options, RenderError};
use crate::report::{Effect, Report, Subject, Verdict};

/// The whole report.
pub(super) fn render(report: &Report, options: &Options, out: &mut dyn Write) -> Result<(), RenderError> {
    let findings = Findings::of(report);
    let mut suites: BTreeMap<String, Vec<TestCase>> = BTreeMap::new();
    for subject in &report.subjects {
        let suite = match &subject.cluster {
            Some(cluster) => format!("{} @ {cluster}", subject.namespace),
            None => subject.namespace.clone(),
        };
        suites.entry(suite).or_default().push(case(report, subject, &findings, options));
    }
    let mut junit = Junit::new("kubereach");
    for (namespace, cases) in suites {
        let mut suite = TestSuite::new(neutral(&namespace).as_ref());
        suite.add_test_cases(cases);
        junit.add_test_suite(suite);
    }
    let text = junit.to_string().map_err(|error| std::io::Error::other(error.to_string()))?;
    // The schema that Jenkins checks against knows no `skipped` at the root; the suites carry it.
    let skipped = format!(" skipped=\"{}\"", junit.skipped);
    out.write_all(text.replacen(&skipped, "", 1).as_bytes())?;
    Ok(())
}

fn case(report: &Report, subject: &Subject, findings: &Findings<'_>, options: &Options) -> TestCase {
    let kind = match subject.verdict {
        _ if fails(report, subject) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Unknown => TestCaseStatus::skipped(),
        _ if subject.excused => TestCaseStatus::skipped(),
        _ => TestCaseStatus::success(),
    };
    let mut status = kind;
    let body = body(subject, findings, options);
    let success = matches!(status, TestCaseStatus::Success { .. });
    if !success {
        let accepted = accepted(subject, findings);
        let message = match (&accepted, subject.excused) {
            (Some(reason), true) => format!("{}, accepted: {reason}", subject.verdict),
            (None, true) => format!("{}, never trips the gate: {}", subject.verdict, subject.headline),
            _ => subject.headline.clone(),
        };
        status.set_message(neutral(&message).as_ref());
        status.set_type(subject.verdict.word());
        status.set_description(body.as_str());
    }
    let name = format!("{} {}", subject.kind, subject.name);
    let mut case = TestCase::new(neutral(&name).as_ref(), status);
    case.set_classname(neutral(&format!("{}.{}", subject.namespace, subject.kind)).as_ref());
    if success {
        case.set_system_out(body.as_str());
    }
    case
}

/// The reason of the first accepted finding.
fn accepted(subject: &Subject, findings: &Findings<'_>) -> Option<String> {
    findings.of_subject(subject).iter().find_map(|f| f.suppressed.as_ref().map(|s| s.reason.clone()))
}

fn body(subject: &Subject, findings: &Findings<'_>, options: &Options) -> String {
    let mut lines = vec![format!("{}: {}", label(subject.verdict), neutral(&subject.headline))];
    for finding in findings.all(&subject.findings).iter().filter(|f| f.effect != Effect::Notes) {
        lines.push(String::new());
        let place = finding.location.as_ref().map_or_else(String::new, |at| {
            format!(" at {}:{}:{}", neutral(&options.root.path(&at.path)), at.line, at.column)
        });
        let accepted = finding
            .suppressed
            .as_ref()
            .map_or_else(String::new, |by| format!(" [accepted by {}: {}]", by.by, neutral(&by.reason)));
        lines.push(format!("{} ({}){place}{accepted}", neutral(&finding.code), finding.effect));
        lines.push(neutral(&finding.message).into_owned());
        lines.extend(details(finding).iter().map(|part| neutral(part).into_owned()));
    }
    lines.join("\n")
}
