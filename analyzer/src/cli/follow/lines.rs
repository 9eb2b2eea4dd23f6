//! What changed between two reports, one line each.

use std::collections::BTreeMap;

use kubereach_reports::render::came_and_went;
use kubereach_reports::render::neutral::neutral;
use kubereach_reports::report::{Assumption, Cause, Report, Subject};

/// A subject by kind, namespace and name.
type Key<'r> = (&'r str, &'r str, &'r str);

fn subjects(report: &Report) -> BTreeMap<Key<'_>, &Subject> {
    report.subjects.iter().map(|s| ((s.kind.as_str(), s.namespace.as_str(), s.name.as_str()), s)).collect()
}

/// `Ingress/shop/web`.
pub(super) fn name(subject: &Subject) -> String {
    format!("{}/{}/{}", subject.kind, subject.namespace, subject.name)
}

/// How it stands at the beginning: the sum, and what is not well.
pub(super) fn opening(report: &Report) -> Vec<String> {
    let counts = [
        (report.summary.broken, "broken"),
        (report.summary.degraded, "degraded"),
        (report.summary.unknown, "unknown"),
        (report.summary.config_ok, "config-ok"),
        (report.summary.healthy, "healthy"),
    ];
    let counts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let counts = if counts.is_empty() { "no subjects yet".to_owned() } else { counts.join(", ") };
    let ill = report.subjects.iter().filter(|s| !matches!(s.verdict.word(), "healthy" | "config-ok"));
    std::iter::once(format!("watching: {counts}"))
        .chain(report.assumptions.iter().filter(|a| a.subjects > 0).map(assuming))
        .chain(report.causes.iter().filter(|c| !matches!(c.verdict.word(), "healthy" | "config-ok")).map(cause))
        .chain(ill.map(|s| line(&format!("{} is {}: {}", name(s), s.verdict.word(), s.headline))))
        .collect()
}

/// A root cause in one line.
fn cause(cause: &Cause) -> String {
    let subjects = if cause.subjects.len() == 1 { "subject" } else { "subjects" };
    line(&format!("cause: {} ({} {subjects})", cause.headline, cause.subjects.len()))
}

/// What changed.
pub(super) fn changes(before: &Report, after: &Report) -> Vec<String> {
    let mut lines = coverage(before, after);
    lines.extend(assumptions(before, after));
    lines.extend(came_and_went(before, after).iter().map(|told| line(told)));
    let (old, new) = (subjects(before), subjects(after));
    for (key, now) in &new {
        let text = match old.get(key) {
            None => format!("{} is new: {}: {}", name(now), now.verdict.word(), now.headline),
            Some(was) if was.verdict != now.verdict => {
                format!("{}: {} -> {}: {}", name(now), was.verdict.word(), now.verdict.word(), now.headline)
            }
            Some(was) if was.headline != now.headline || was.broken_at != now.broken_at => {
                format!("{} is still {}: {}", name(now), now.verdict.word(), now.headline)
            }
            Some(_) => continue,
        };
        lines.push(line(&text));
    }
    for (key, was) in &old {
        if !new.contains_key(key) {
            lines.push(line(&format!("{} is gone; it was {}", name(was), was.verdict.word())));
        }
    }
    lines
}

/// What can no longer be seen, and what can again: a verdict may change for that alone.
fn coverage(before: &Report, after: &Report) -> Vec<String> {
    let rows = |report: &Report| -> BTreeMap<(String, Option<String>), (&'static str, String)> {
        let rows = report.snapshot.coverage.iter();
        rows.map(|c| ((c.kind.clone(), c.namespace.clone()), (c.state.word(), c.reason.clone()))).collect()
    };
    let (old, new) = (rows(before), rows(after));
    let mut lines = Vec::new();
    for ((kind, namespace), (now, reason)) in &new {
        let Some((was, _)) = old.get(&(kind.clone(), namespace.clone())) else { continue };
        if was != now {
            let place = namespace.as_ref().map_or_else(String::new, |ns| format!(" in {ns}"));
            lines.push(line(&format!("reading {kind}{place}: {was} -> {now}: {reason}")));
        }
    }
    lines
}

/// What the verdicts rest on now, and no longer.
fn assumptions(before: &Report, after: &Report) -> Vec<String> {
    let rested = |report: &Report, id: &str| report.assumptions.iter().any(|a| a.id == id && a.subjects > 0);
    let new = after.assumptions.iter().filter(|a| a.subjects > 0 && !rested(before, &a.id)).map(assuming);
    let gone = before.assumptions.iter().filter(|a| a.subjects > 0 && !rested(after, &a.id));
    new.chain(gone.map(|a| line(&format!("no longer assumed: {}", a.text)))).collect()
}

/// One line for all subjects that rest on it.
fn assuming(assumption: &Assumption) -> String {
    let subjects = if assumption.subjects == 1 { "subject rests" } else { "subjects rest" };
    line(&format!("assuming: {}; {} {subjects} on it", assumption.text, assumption.subjects))
}

/// One line, without anything a terminal acts on.
pub(super) fn line(text: &str) -> String {
    neutral(text).into_owned()
}
