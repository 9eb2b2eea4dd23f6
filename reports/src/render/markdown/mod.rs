//! The report for GitHub, GitLab and tickets: verdict first, tables, collapsed details, and never
//! longer than [`LIMIT`].

mod budget;
mod causes;
mod change;
mod escape;
mod fix;
mod parts;
mod subject;

use std::collections::BTreeMap;
use std::io::Write;

use super::assumptions::Assumptions;
use super::causes::{Causes, culprit};
use super::index::Findings;
use super::words::{self, number};
use super::{RenderError, RenderOptions};
use crate::report::{Report, Subject};
use budget::{length, take};

/// GitHub refuses comments longer than 65,536 characters.
pub(super) const LIMIT: usize = 65_000;

/// Subjects named of each cause.
const OF_A_CAUSE: usize = 8;
/// What the parts around the details may use of it.
const CHANGE: usize = 16_000;
const CAUSES: usize = 12_000;
const INPUTS: usize = 3_000;
const ASSUMPTIONS: usize = 2_000;
/// With the assumptions.
const GAPS: usize = 4_000;
const TABLE: usize = 9_000;
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
    head.push_str(&causes::part(report, CAUSES));
    let story = Causes::of(report);
    let told = first_of_each(&remarkable, &story);
    if options.summary_only {
        head.push_str(&table(&told, remarkable.len(), &story, SUMMARY));
        return Ok(out.write_all(head.as_bytes())?);
    }
    head.push_str(&table(&told, remarkable.len(), &story, TABLE));
    let assumptions = Assumptions::of(report);
    let assumed = parts::assumptions(&assumptions, ASSUMPTIONS);
    let mut tail = parts::quiet(report, QUIET);
    tail.push_str(&parts::inputs(report, INPUTS));
    tail.push_str(&assumed);
    tail.push_str(&parts::gaps(report, &assumptions, GAPS.saturating_sub(length(&assumed))));
    tail.push_str(&parts::measured(report, MEASURED));
    tail.push_str(&parts::suppressed(report, SUPPRESSED, options.show_suppressed));
    tail.push_str(&parts::coverage(report, COVERAGE));
    tail.push_str(&parts::problems(report, PROBLEMS));
    tail.push_str(&parts::asks(report, options.audience, ASKS));
    tail.push_str(&parts::legend(report));

    let room = LIMIT.saturating_sub(length(&head) + length(&tail) + SLACK);
    let details = details(report, (&told, remarkable.len()), (&assumptions, &story), room, options.max_subjects);
    for part in [head, details, tail] {
        out.write_all(part.as_bytes())?;
    }
    Ok(())
}

/// Of many subjects of one cause the first: the cause counts them all.
fn first_of_each<'r>(subjects: &[&'r Subject], story: &Causes<'_>) -> Vec<&'r Subject> {
    let mut of_cause: BTreeMap<usize, usize> = BTreeMap::new();
    let is_told = |subject: &&&Subject| match story.main(subject) {
        None => true,
        Some((number, _)) => {
            let count = of_cause.entry(number).or_default();
            *count += 1;
            *count <= OF_A_CAUSE
        }
    };
    subjects.iter().filter(is_told).copied().collect()
}

/// One row per subject that needs attention.
fn table(subjects: &[&Subject], all: usize, story: &Causes<'_>, limit: usize) -> String {
    if subjects.is_empty() {
        return String::new();
    }
    let mut out = String::from("### Needs attention\n\n| Verdict | Object | What is wrong |\n|---|---|---|\n");
    let rows = subjects.iter().map(|subject| {
        format!(
            "| **{}**{} | {} | {} |\n",
            words::label(subject.verdict),
            if subject.excused { " (accepted)" } else { "" },
            escape::code_cell(&words::subject_name(subject)),
            what_is_wrong(subject, story)
        )
    });
    let (text, taken) = take(rows, limit);
    out.push_str(&text);
    out.push('\n');
    out.push_str(&more(all - taken, "not in this table"));
    out
}

/// The causes that tell its story, or the story.
fn what_is_wrong(subject: &Subject, story: &Causes<'_>) -> String {
    let told: Vec<String> = story
        .of_subject(subject)
        .map(|(number, cause)| format!("{number} ({})", escape::prose(&culprit(cause))))
        .collect();
    if told.is_empty() { escape::prose(&subject.headline) } else { format!("cause {}", words::join_and(&told)) }
}

fn details(
    report: &Report,
    (subjects, all): (&[&Subject], usize),
    (assumptions, story): (&Assumptions<'_>, &Causes<'_>),
    limit: usize,
    at_most: Option<usize>,
) -> String {
    if subjects.is_empty() {
        return String::new();
    }
    let findings = Findings::of(report);
    let shown = subjects.iter().take(at_most.unwrap_or(usize::MAX));
    let blocks = shown.map(|subject| subject::block(subject, &findings, assumptions, story));
    let (text, taken) = take(blocks, limit);
    let mut out = String::from("### Details\n\n");
    out.push_str(&text);
    out.push_str(&more(all - taken, "not shown in detail"));
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
