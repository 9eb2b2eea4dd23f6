//! The top of the page: what was read, and the answer; and, for the end, what was not seen.

use super::sheet::{Ink, Sheet};
use crate::render::assumptions::{Assumed, Assumptions, OTHERS, STRICT, TITLE};
use crate::render::words::{self, count, join_and, number, plural};
use crate::render::{RenderError, coverage};
use crate::report::{Report, Verdict};

/// Columns of the bar of verdicts.
const BAR: usize = 40;
/// Inputs and gaps listed one by one; the rest is counted.
const INPUTS: usize = 4;
const GAPS: usize = 12;
const SCOPE: usize = 4;
/// Kinds named in one gap.
const KINDS: usize = 8;

pub(super) fn write(sheet: &mut Sheet<'_>, report: &Report, assumptions: &Assumptions<'_>) -> Result<(), RenderError> {
    let title = format!("{} {}", report.tool.name, report.tool.version);
    let when = match &report.snapshot.taken_at {
        Some(time) => format!(" — as of {time}"),
        None => " — the input does not say when it was taken".to_owned(),
    };
    sheet.flow("", "  ", &[(Ink::Bold, title), (Ink::Dim, when)])?;
    for input in report.snapshot.inputs.iter().take(INPUTS) {
        let told = words::input_line(input);
        sheet.flow("read  ", "        ", &[(Ink::Bold, input.path.clone()), (Ink::Plain, format!(" — {told}"))])?;
    }
    more(sheet, "      ", report.snapshot.inputs.len(), INPUTS, "input", "inputs")?;
    if let Some(change) = &report.change {
        super::change::write(sheet, report, change)?;
    }
    sheet.gap()?;
    let overall = words::overall(report);
    let after = if report.change.is_some() { "Afterwards: " } else { "" };
    sheet.flow(
        "",
        "",
        &[(Ink::Dim, after.to_owned()), (Ink::Bold, overall.lead), (Ink::Plain, format!(" {}", overall.rest))],
    )?;
    bar(sheet, report)?;
    counts(sheet, report)?;
    hint(sheet, report, assumptions)
}

/// What was not seen: the end of the page, where nobody has to read past it.
pub(super) fn not_read(
    sheet: &mut Sheet<'_>,
    report: &Report,
    assumptions: &Assumptions<'_>,
) -> Result<(), RenderError> {
    if !assumptions.is_silent() {
        sheet.gap()?;
        assumed(sheet, assumptions.shown().map(|(_, assumed)| assumed))?;
    }
    gaps(sheet, report, assumptions)
}

/// The verdicts as a bar, the worst first; whatever there is has at least one sign.
fn bar(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), RenderError> {
    let total: usize = Verdict::ALL.iter().map(|&verdict| count(&report.summary, verdict)).sum();
    if total == 0 {
        return Ok(());
    }
    let length = BAR.min(sheet.room(""));
    let mut line = Vec::new();
    for &verdict in Verdict::ALL {
        let n = count(&report.summary, verdict);
        if n > 0 {
            let signs = (n * length / total).max(1);
            line.push((Ink::of_verdict(verdict), words::sign(verdict).repeat(signs)));
        }
    }
    sheet.flow("", "", &line)
}

/// One line on what was not read, where a verdict hangs on it or may.
fn hint(sheet: &mut Sheet<'_>, report: &Report, assumptions: &Assumptions<'_>) -> Result<(), RenderError> {
    let texts: Vec<String> = assumptions.shown().map(|(_, assumed)| assumed.text().to_owned()).collect();
    if !texts.is_empty() {
        let told = format!("Assumed: {} (see the end).", texts.join("; "));
        sheet.flow("", "  ", &[(Ink::Unsure, told)])?;
    } else if report.summary.unknown > 0 && !coverage::merged_gaps(&report.snapshot.coverage, assumptions).is_empty() {
        sheet.flow("", "  ", &[(Ink::Unsure, "Not everything was read (see the end).".to_owned())])?;
    }
    Ok(())
}

/// `2 broken · 0 degraded · 1 unknown · 9 config-ok (not tested) · 0 healthy`
pub(super) fn counts(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), RenderError> {
    let mut line = Vec::new();
    for &verdict in Verdict::ALL {
        if !line.is_empty() {
            line.push((Ink::Dim, " · ".to_owned()));
        }
        let n = count(&report.summary, verdict);
        let ink = if n == 0 { Ink::Dim } else { Ink::of_verdict(verdict) };
        line.push((ink, format!("{} {}", number(n), words::label(verdict))));
    }
    sheet.flow("", "", &line)
}

/// What was not read and could only be in the way, with the line that reads it.
pub(super) fn assumed<'a>(
    sheet: &mut Sheet<'_>,
    all: impl Iterator<Item = &'a Assumed<'a>>,
) -> Result<(), RenderError> {
    sheet.flow("", "  ", &[(Ink::Bold, TITLE.to_owned()), (Ink::Plain, format!(" ({STRICT}):"))])?;
    for one in all {
        let mut line =
            vec![(Ink::Bold, one.text().to_owned()), (Ink::Plain, format!("{}; {}", one.scope(), one.weight()))];
        if !one.reason().is_empty() {
            line.push((Ink::Dim, format!(" — {}", one.reason())));
        }
        sheet.flow("  - ", "    ", &line)?;
        for command in one.commands() {
            sheet.command("    ", command)?;
        }
        if let Some(option) = one.declaration() {
            sheet.flow("    ", "    ", &[(Ink::Plain, format!("if there are none: {option}"))])?;
        }
    }
    Ok(())
}

fn gaps(sheet: &mut Sheet<'_>, report: &Report, assumptions: &Assumptions<'_>) -> Result<(), RenderError> {
    let gaps = coverage::merged_gaps(&report.snapshot.coverage, assumptions);
    if !gaps.is_empty() {
        sheet.gap()?;
        sheet.flow("", "", &[(Ink::Bold, format!("{OTHERS}:"))])?;
    }
    for gap in gaps.iter().take(GAPS) {
        let mut kinds: Vec<String> = gap.kinds.iter().take(KINDS).map(|k| (*k).to_owned()).collect();
        if gap.kinds.len() > KINDS {
            kinds.push(plural(gap.kinds.len() - KINDS, "more kind", "more kinds"));
        }
        let mut line = vec![
            (Ink::Bold, join_and(&kinds)),
            (Ink::Unsure, format!(" {}", gap.first.state_words())),
            (Ink::Plain, format!(" in {}", gap.first.scope(SCOPE))),
        ];
        if !gap.reason.is_empty() {
            line.push((Ink::Dim, format!(" — {}", gap.reason)));
        }
        sheet.flow("  - ", "    ", &line)?;
    }
    more(sheet, "  ", gaps.len(), GAPS, "gap", "gaps")?;
    not_evaluated(sheet, report)
}

fn not_evaluated(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), RenderError> {
    let kinds = &report.snapshot.not_evaluated;
    if !kinds.is_empty() {
        sheet.gap()?;
        sheet.flow("", "", &[(Ink::Bold, "Read, but not evaluated:".to_owned())])?;
    }
    for kind in kinds.iter().take(GAPS) {
        let told = format!(" ({}) — {}", number(kind.objects), kind.meaning);
        sheet.flow("  - ", "    ", &[(Ink::Bold, kind.kind.clone()), (Ink::Plain, told)])?;
    }
    more(sheet, "  ", kinds.len(), GAPS, "kind", "kinds")
}

/// `… and 3 more gaps; see --format json`, if there are more than were shown.
pub(super) fn more(
    sheet: &mut Sheet<'_>,
    indent: &str,
    total: usize,
    shown: usize,
    one: &str,
    many: &str,
) -> Result<(), RenderError> {
    let left = total.saturating_sub(shown);
    if left == 0 {
        return Ok(());
    }
    let told = format!("… and {} more {}; see --format json", number(left), if left == 1 { one } else { many });
    sheet.flow(indent, indent, &[(Ink::Dim, told)])
}
