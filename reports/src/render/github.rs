//! GitHub annotations: workflow commands that put findings at their lines in a pull request.
//!
//! GitHub shows ten of each level per step and drops the rest in silence, so the worst ten of each are
//! written and the rest is counted in the log.
//! Source: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::io::Write;

use super::gate::{Level, Shown, brought, details, place, sentence, shown};
use super::neutral::{neutral, neutral_command};
use super::words::{count, label, number, overall, plural};
use super::{RenderError, RenderOptions};
use crate::report::{Report, Verdict};

/// Annotations that GitHub shows of each level per step.
const PER_LEVEL: usize = 10;

/// The annotations, then one line with the counts.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    let (all, existing) = brought(report, shown(report), options);
    let mut left = Vec::new();
    for (level, command, words) in [
        (Level::Error, "error", "errors"),
        (Level::Warning, "warning", "warnings"),
        (Level::Notice, "notice", "notices"),
    ] {
        let of_level: Vec<&Shown<'_>> = all.iter().filter(|shown| shown.level == level).collect();
        for shown in of_level.iter().take(PER_LEVEL) {
            annotation(report, shown, command, options, out)?;
        }
        if of_level.len() > PER_LEVEL {
            left.push(format!("{} more {words}", number(of_level.len() - PER_LEVEL)));
        }
    }
    let unread = report.gate.as_ref().map(|gate| gate.unread.as_slice()).unwrap_or_default();
    for problem in unread.iter().take(PER_LEVEL) {
        let mut properties = vec![format!("file={}", property(&options.root.path(&problem.path)))];
        properties.extend(problem.line.map(|line| format!("line={line}")));
        properties.extend(problem.column.map(|column| format!("col={column}")));
        properties.push("title=not read".to_owned());
        writeln!(out, "::error {}::{}", properties.join(","), message(&neutral(&problem.message)))?;
    }
    if unread.len() > PER_LEVEL {
        left.push(format!("{} more that could not be read", number(unread.len() - PER_LEVEL)));
    }
    let told = overall(report);
    writeln!(out, "{}", plain(format!("{} {}", told.lead, told.rest).trim()))?;
    let counts: Vec<String> = Verdict::ALL
        .iter()
        .map(|&verdict| format!("{} {}", number(count(&report.summary, verdict)), label(verdict)))
        .collect();
    writeln!(out, "{}", counts.join(" · "))?;
    if !left.is_empty() {
        writeln!(out, "GitHub shows {PER_LEVEL} annotations of each level; not shown: {}.", left.join(", "))?;
    }
    if existing > 0 {
        let words = plural(existing, "finding that was there before is", "findings that were there before are");
        writeln!(out, "{words} not annotated; --fail-on-existing does that.")?;
    }
    if let Some(gate) = report.gate.as_ref().filter(|gate| gate.suppressed > 0) {
        writeln!(
            out,
            "{} suppressed, {} excused from the gate.",
            plural(gate.suppressed, "finding is", "findings are"),
            plural(gate.excused, "subject is", "subjects are")
        )?;
    }
    Ok(())
}

fn annotation(
    report: &Report,
    shown: &Shown<'_>,
    command: &str,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let mut properties = Vec::new();
    if let Some((path, line)) = place(report, shown.finding, options) {
        properties.push(format!("file={}", property(&path)));
        properties.push(format!("line={line}"));
        if let Some(at) = &shown.finding.location {
            properties.push(format!("col={}", at.column));
            properties.extend(at.end_column.map(|end| format!("endColumn={end}")));
        }
    }
    properties.push(format!("title={}", property(&shown.finding.code)));
    let mut text = vec![neutral(&sentence(shown)).into_owned()];
    text.extend(details(shown.finding).iter().map(|part| neutral_command(part).into_owned()));
    writeln!(out, "::{command} {}::{}", properties.join(","), message(&text.join("\n")))?;
    Ok(())
}

/// A message may hold anything once these three are escaped.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// In a property the two that end it are escaped as well.
fn property(text: &str) -> String {
    message(&neutral(text)).replace(':', "%3A").replace(',', "%2C")
}

/// A line of the log must not be taken for a command.
fn plain(text: &str) -> String {
    let text = neutral(text);
    if text.starts_with("::") { format!(" {text}") } else { text.into_owned() }
}
