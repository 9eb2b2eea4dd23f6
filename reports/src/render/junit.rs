//! JUnit XML: one test case per subject, one suite per namespace.
//!
//! A subject that trips the gate is a failure, and so is every broken one; *unknown* is skipped, since
//! nobody tested it, and an excused one is skipped with its reason. The text stands in the bodies, because
//! GitLab shows nothing else. What was not read and could only be in the way is output (`system-out`) of the suites and
//! cases that rest on it, and never a failure.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::assumptions::{Assumed, Assumptions};
use super::causes::{Causes, is_fault};
use super::gate::{details, fails};
use super::index::Findings;
use super::neutral::{neutral, neutral_command};
use super::words::{label, plural};
use super::{RenderError, RenderOptions};
use crate::report::{Effect, Problem, Report, Subject, Verdict};

/// The whole report.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    let (findings, causes) = (Findings::of(report), Causes::of(report));
    let assumptions = Assumptions::of(report);
    let mut suites: BTreeMap<String, (Vec<TestCase>, BTreeSet<usize>)> = BTreeMap::new();
    for subject in &report.subjects {
        let suite = match &subject.cluster {
            Some(cluster) => format!("{} @ {cluster}", subject.namespace),
            None => subject.namespace.clone(),
        };
        let (cases, assumed) = suites.entry(suite).or_default();
        let unread = assumptions.unsaid(subject);
        cases.push(case(report, subject, (&findings, &causes), &unread, options));
        assumed.extend(assumptions.named(&subject.assumptions).map(|(number, _)| number));
    }
    let mut junit = Junit::new("kubereach");
    for (namespace, (cases, assumed)) in suites {
        let mut suite = TestSuite::new(neutral(&namespace).as_ref());
        suite.add_test_cases(cases);
        let told: Vec<String> =
            assumptions.shown().filter(|(number, _)| assumed.contains(number)).map(|(_, one)| output(one)).collect();
        if !told.is_empty() {
            suite.set_system_out(told.join("\n"));
        }
        junit.add_test_suite(suite);
    }
    let unread = report.gate.as_ref().map(|gate| gate.unread.as_slice()).unwrap_or_default();
    if !unread.is_empty() {
        let mut suite = TestSuite::new("not read");
        suite.add_test_cases(unread.iter().map(|problem| of_unread(problem, options)));
        junit.add_test_suite(suite);
    }
    let unwanted = format!(" skipped=\"{}\"", junit.skipped);
    let mut without = Without { head: Some(Vec::new()), unwanted, out, failed: None };
    let written = junit.serialize(&mut without);
    match (without.failed.take(), written) {
        (Some(error), _) => Err(error.into()),
        (None, Err(error)) => Err(std::io::Error::other(error.to_string()).into()),
        (None, Ok(())) => Ok(()),
    }
}

/// Takes an attribute out of the root: the schema that Jenkins checks against knows no `skipped` there; the suites
/// carry it.
struct Without<'w> {
    /// What was written before the root was whole.
    head: Option<Vec<u8>>,
    unwanted: String,
    out: &'w mut dyn Write,
    failed: Option<std::io::Error>,
}

impl Without<'_> {
    fn pass(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.out.write_all(bytes).map_err(|error| {
            let kind = error.kind();
            // The library that writes does not hand the error on as it was.
            self.failed = Some(error);
            std::io::Error::from(kind)
        })?;
        Ok(bytes.len())
    }
}

impl Write for Without<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let Some(head) = &mut self.head else { return self.pass(bytes) };
        head.extend_from_slice(bytes);
        let text = String::from_utf8_lossy(head).into_owned();
        if text.split_once("<testsuites").is_some_and(|(_, root)| root.contains('>')) {
            self.head = None;
            self.pass(text.replacen(&self.unwanted, "", 1).as_bytes())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// An object of a manifest that could not be read.
fn of_unread(problem: &Problem, options: &RenderOptions) -> TestCase {
    let place = match problem.line {
        Some(line) => format!("{}:{line}", options.root.path(&problem.path)),
        None => options.root.path(&problem.path),
    };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(neutral(&problem.message).as_ref());
    status.set_type("unread");
    status.set_description("What was not read did not pass; --allow-unreadable lets it pass.");
    let mut case = TestCase::new(neutral(&place).as_ref(), status);
    case.set_classname("manifests");
    case
}

/// An assumption as a suite prints it, with what reads it and what declares it.
fn output(one: &Assumed<'_>) -> String {
    let mut lines = vec![format!("{}.", neutral(&one.sentence()))];
    lines.extend(one.commands().iter().map(|command| format!("$ {}", neutral_command(command))));
    lines.extend(one.declaration().map(|option| format!("If there are none: {}", neutral(&option))));
    lines.join("\n")
}

fn case(
    report: &Report,
    subject: &Subject,
    (findings, causes): (&Findings<'_>, &Causes<'_>),
    unread: &str,
    options: &RenderOptions,
) -> TestCase {
    let kind = match subject.verdict {
        _ if fails(report, subject) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Unknown => TestCaseStatus::skipped(),
        _ if subject.excused => TestCaseStatus::skipped(),
        _ => TestCaseStatus::success(),
    };
    let mut status = kind;
    let body = body(subject, findings, causes, options);
    let success = matches!(status, TestCaseStatus::Success { .. });
    if !success {
        let accepted = accepted(subject, findings);
        let message = match (&accepted, subject.excused) {
            (Some(reason), true) => format!("{}, accepted: {reason}", label(subject.verdict)),
            (None, true) => format!("{}, never trips the gate: {}", label(subject.verdict), subject.headline),
            _ => subject.headline.clone(),
        };
        status.set_message(neutral(&message).as_ref());
        status.set_type(subject.verdict.word());
        status.set_description(body.as_str());
    }
    let name = format!("{} {}", subject.kind, subject.name);
    let mut case = TestCase::new(neutral(&name).as_ref(), status);
    case.set_classname(neutral(&format!("{}.{}", subject.namespace, subject.kind)).as_ref());
    let mut output = if success { body } else { String::new() };
    if !unread.is_empty() {
        if !output.is_empty() {
            output.push('\n');
        }
        output.push_str(&format!("Assumption: {}", neutral(unread)));
    }
    if !output.is_empty() {
        case.set_system_out(output.as_str());
    }
    case
}

/// The reason of the first accepted finding.
fn accepted(subject: &Subject, findings: &Findings<'_>) -> Option<String> {
    findings.of_subject(subject).iter().find_map(|f| f.suppressed.as_ref().map(|s| s.reason.clone()))
}

fn body(subject: &Subject, findings: &Findings<'_>, causes: &Causes<'_>, options: &RenderOptions) -> String {
    let mut lines = vec![format!("{}: {}", label(subject.verdict), neutral(&subject.headline))];
    for (_, cause) in causes.of_subject(subject).filter(|(_, cause)| is_fault(cause)) {
        let others = cause.subjects.len().saturating_sub(1);
        let more = if others > 0 {
            format!(" ({} more with it)", plural(others, "subject", "subjects"))
        } else {
            String::new()
        };
        lines.push(format!("Cause: {}{more}", neutral(&cause.headline)));
    }
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
