//! The report for GitHub, GitLab and tickets: verdict first, tables, collapsed details, and never
//! longer than [`LIMIT`].

mod budget;
mod change;
mod escape;
mod fix;
mod parts;
mod subject;

use std::io::Write;

use super::assumptions::Assumptions;
use super::index::Findings;
use super::words::{self, number};
use super::{RenderError, RenderOptions};
use crate::report::{Report, Subject};
use budget::{length, take};

/// GitHub refuses comments longer than 65,536 characters.
pub(super) const LIMIT: usize = 65_000;

/// What the parts around the details may use of it.
const CHANGE: usize = 16_000;
const INPUTS: usize = 4_000;
const ASSUMPTIONS: usize = 2_000;
/// With the assumptions.
const GAPS: usize = 4_000;
const TABLE: usize = 14_000;
const QUIET: usize = 5_000;
const COVERAGE: usize = 9_000;
const SUPPRESSED: usize = 5_000;
const PROBLEMS: usize = 3_000;
const MEASURED: usize = 8_000;
const ASKS: usize = 6_000;
/// The table, where it is all there is.
const SUMMARY: usize = 8_000;
/// Headings, counts and the honest "N more" lines.
const SLACK: usize = 1_000;

/// The whole report.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    let remarkable: Vec<&Subject> =
        report.subjects.iter().filter(|subject| words::remarkable(subject.verdict)).collect();
    let mut head = parts::head(report);
    if let Some(change) = &report.change {
        head.push_str(&change::part(report, change, CHANGE));
    }
    head.push_str(&parts::inputs(report, INPUTS));
    if options.summary_only {
        head.push_str(&table(&remarkable, SUMMARY));
        return Ok(out.write_all(head.as_bytes())?);
    }
    let assumptions = Assumptions::of(report);
    let assumed = parts::assumptions(&assumptions, ASSUMPTIONS);
    head.push_str(&assumed);
    head.push_str(&parts::gaps(report, &assumptions, GAPS.saturating_sub(length(&assumed))));
    head.push_str(&table(&remarkable, TABLE));
    let mut tail = parts::quiet(report, QUIET);
    tail.push_str(&parts::measured(report, MEASURED));
    tail.push_str(&parts::suppressed(report, SUPPRESSED, options.show_suppressed));
    tail.push_str(&parts::coverage(report, COVERAGE));
    tail.push_str(&parts::problems(report, PROBLEMS));
    tail.push_str(&parts::asks(report, options.audience, ASKS));
    tail.push_str(&parts::legend(report));

    let room = LIMIT.saturating_sub(length(&head) + length(&tail) + SLACK);
    let details = details(report, &remarkable, &assumptions, room, options.max_subjects);
    for part in [head, details, tail] {
        out.write_all(part.as_bytes())?;
    }
    Ok(())
}

/// One row per subject that needs attention.
fn table(subjects: &[&Subject], limit: usize) -> String {
    if subjects.is_empty() {
        return String::new();
    }
    let mut out = String::from("### Needs attention\n\n| Verdict | Object | What is wrong |\n|---|---|---|\n");
    let rows = subjects.iter().map(|subject| {
        format!(
            "| **{}**{} | {} | {} |\n",
            subject.verdict,
            if subject.excused { " (accepted)" } else { "" },
            escape::code_cell(&words::subject_name(subject)),
            escape::prose(&subject.headline)
        )
    });
    let (text, taken) = take(rows, limit);
    out.push_str(&text);
    out.push('\n');
    out.push_str(&more(subjects.len() - taken, "not in this table"));
    out
}

fn details(
    report: &Report,
    subjects: &[&Subject],
    assumptions: &Assumptions<'_>,
    limit: usize,
    at_most: Option<usize>,
) -> String {
    if subjects.is_empty() {
        return String::new();
    }
    let findings = Findings::of(report);
    let shown = subjects.iter().take(at_most.unwrap_or(usize::MAX));
    let blocks = shown.map(|subject| subject::block(subject, &findings, assumptions));
    let (text, taken) = take(blocks, limit);
    let mut out = String::from("### Details\n\n");
    out.push_str(&text);
    out.push_str(&more(subjects.len() - taken, "not shown in detail"));
    out
}

/// `12 more subjects not shown in detail; the JSON and HTML reports have them all.`
fn more(left: usize, what: &str) -> String {
    match left {
        0 => String::new(),
        1 => format!("_1 more subject {what}; the JSON report has them all._\n\n"),
        n => format!("_{} more subjects {what}; the JSON report has them all._\n\n", number(n)),
    }
}
