//! What was accepted beforehand: always counted, listed where asked for, and whatever does nothing named.

use super::head::more;
use super::sheet::{Ink, STICKY, Sheet};
use crate::render::RenderError;
use crate::render::index::Findings;
use crate::render::words::{self, number, plural};
use crate::report::{GivenSuppression, Report, Subject, SuppressedBy, SuppressionState};

const ROWS: usize = 20;

/// Subjects whose findings were accepted: their verdicts stand, in one line each.
pub(super) fn excused(
    sheet: &mut Sheet<'_>,
    subjects: &[&Subject],
    findings: &Findings<'_>,
) -> Result<(), RenderError> {
    if subjects.is_empty() {
        return Ok(());
    }
    sheet.gap()?;
    let title = " accepted — the verdict stands, and does not trip the gate";
    sheet.flow("", "  ", &[(Ink::Bold, format!("{}{title}", number(subjects.len())))])?;
    for subject in subjects.iter().take(ROWS) {
        let by = findings.of_subject(subject).into_iter().find_map(|f| f.suppressed.as_ref().map(|s| (f, s)));
        let why =
            by.map_or_else(String::new, |(finding, by)| format!(" — {}: {} ({})", finding.code, by.reason, by.place));
        let name = words::subject_name(subject).replace(' ', &STICKY.to_string());
        let word = format!("{} ", subject.verdict).replace(' ', &STICKY.to_string());
        sheet.flow("  ", "    ", &[(Ink::of_verdict(subject.verdict), word), (Ink::Bold, name), (Ink::Plain, why)])?;
    }
    more(sheet, "  ", subjects.len(), ROWS, "subject", "subjects")
}

/// The foot: counts, what has no effect, and the list if asked for.
pub(super) fn write(sheet: &mut Sheet<'_>, report: &Report, list: bool) -> Result<(), RenderError> {
    let Some(gate) = &report.gate else { return Ok(()) };
    if !gate.unread.is_empty() {
        sheet.gap()?;
        let count = plural(gate.unread.len(), "Kubernetes object could", "Kubernetes objects could");
        let line =
            format!("{count} not be read, and what was not read did not pass (--allow-unreadable lets it pass).");
        sheet.flow("", "", &[(Ink::Warn, line)])?;
        for problem in gate.unread.iter().take(ROWS) {
            let place = problem.line.map_or_else(|| problem.path.clone(), |line| format!("{}:{line}", problem.path));
            sheet.flow("  ", "    ", &[(Ink::Bold, place), (Ink::Plain, format!(" {}", problem.message))])?;
        }
        more(sheet, "  ", gate.unread.len(), ROWS, "object", "objects")?;
    }
    if gate.suppressed == 0 && gate.suppressions.is_empty() {
        return Ok(());
    }
    sheet.gap()?;
    let by: Vec<String> = SuppressedBy::ALL
        .iter()
        .map(|&by| (by, report.findings.iter().filter(|f| f.suppressed.as_ref().is_some_and(|s| s.by == by)).count()))
        .filter(|(_, n)| *n > 0)
        .map(|(by, n)| format!("{} by {}", number(n), words_of(by)))
        .collect();
    let mut line = format!("{} suppressed", plural(gate.suppressed, "finding is", "findings are"));
    if !by.is_empty() {
        line.push_str(&format!(" ({})", by.join(", ")));
    }
    line.push_str(&format!("; {} excused from the gate.", plural(gate.excused, "subject is", "subjects are")));
    if !list && gate.suppressed > 0 {
        line.push_str(" --show-suppressed lists them.");
    }
    sheet.flow("", "", &[(Ink::Bold, line)])?;
    for (state, title) in [
        (SuppressionState::Expired, "Expired, so what they accepted counts again:"),
        (SuppressionState::NotApplied, "Not applied (see --ignore-annotations):"),
        (SuppressionState::Ungated, "Shown, and never trips the gate:"),
        (SuppressionState::Assumed, "What they accept is an assumption and trips no gate (only with --strict):"),
        (SuppressionState::Unused, "They match nothing; remove them or correct them:"),
    ] {
        let of_state: Vec<&GivenSuppression> = gate.suppressions.iter().filter(|s| s.state == state).collect();
        if of_state.is_empty() {
            continue;
        }
        sheet.flow("  ", "  ", &[(Ink::Warn, title.to_owned())])?;
        for given in of_state.iter().take(ROWS) {
            row(sheet, given)?;
        }
        more(sheet, "  ", of_state.len(), ROWS, "suppression", "suppressions")?;
    }
    if list {
        for finding in report.findings.iter().filter(|f| f.suppressed.is_some()) {
            let Some(by) = &finding.suppressed else { continue };
            let place = finding
                .location
                .as_ref()
                .map_or_else(String::new, |at| format!(" at {}:{}:{}", at.path, at.line, at.column));
            let until = by.expires.as_ref().map_or_else(String::new, |date| format!(", until {date}"));
            sheet.flow(
                "  - ",
                "    ",
                &[
                    (Ink::Bold, format!("{} ", finding.code)),
                    (Ink::Plain, format!("{}{place}: {} — ", finding.object, finding.message)),
                    (Ink::Dim, format!("{} ({}{until})", by.reason, by.place)),
                ],
            )?;
        }
    }
    Ok(())
}

fn row(sheet: &mut Sheet<'_>, given: &GivenSuppression) -> Result<(), RenderError> {
    let until = given.expires.as_ref().map_or_else(String::new, |date| format!(", expires {date}"));
    let matches = if given.findings > 0 { format!(", {} findings", number(given.findings)) } else { String::new() };
    sheet.flow(
        "  - ",
        "    ",
        &[
            (Ink::Bold, given.code.clone()),
            (Ink::Plain, format!(" of {} — {} ({}{until}{matches})", given.object, given.reason, given.place)),
        ],
    )
}

const fn words_of(by: SuppressedBy) -> &'static str {
    match by {
        SuppressedBy::Config => "kubereach.toml",
        SuppressedBy::Annotation => "annotations",
        SuppressedBy::Baseline => "the baseline",
    }
}
