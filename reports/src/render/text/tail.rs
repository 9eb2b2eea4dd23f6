//! The foot of the page: problems of the input, the coverage if asked for, what the words mean.

use super::head::more;
use super::sheet::{Ink, STICKY, Sheet};
use crate::render::measured::{SIGNS, board, file_line};
use crate::render::words::{count, meaning_in, number, sign, with_word as words_of};
use crate::render::{RenderError, coverage};
use crate::report::{Report, Verdict};

/// Observations files, vantages and ways shown; the rest is counted.
const FILES: usize = 12;
const VANTAGES: usize = 8;
const WAYS: usize = 60;
const PROBLEMS: usize = 10;
const SCOPE: usize = 6;

pub(super) fn write(sheet: &mut Sheet<'_>, report: &Report, show_coverage: bool) -> Result<(), RenderError> {
    measured(sheet, report)?;
    problems(sheet, report)?;
    if show_coverage {
        all_coverage(sheet, report)?;
    }
    legend(sheet, report)
}

/// The words that stand above; beside config-ok always healthy, to tell them apart.
fn legend(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), RenderError> {
    let used =
        |verdict| count(&report.summary, verdict) > 0 || (verdict == Verdict::Healthy && report.summary.config_ok > 0);
    let words: Vec<Verdict> = Verdict::ALL.iter().copied().filter(|&verdict| used(verdict)).collect();
    if !words.is_empty() {
        sheet.gap()?;
    }
    for verdict in words {
        let word = format!("{} {}", sign(verdict), words_of(verdict)).replace(' ', &STICKY.to_string());
        let told = (Ink::Dim, format!(" — {}", meaning_in(report, verdict)));
        sheet.flow("", "    ", &[(Ink::of_verdict(verdict), word), told])?;
    }
    Ok(())
}

/// Ways × vantages, one sign per cell, and the files it comes from.
fn measured(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), RenderError> {
    let files = &report.snapshot.observations;
    if files.is_empty() {
        return Ok(());
    }
    sheet.gap()?;
    sheet.flow("", "", &[(Ink::Bold, "What was measured:".to_owned())])?;
    for file in files.iter().take(FILES) {
        sheet.flow(
            "  - ",
            "    ",
            &[(Ink::Bold, file.path.clone()), (Ink::Plain, format!(" — {}", file_line(file)))],
        )?;
    }
    more(sheet, "  ", files.len(), FILES, "file", "files")?;
    let board = board(report);
    if board.lines.is_empty() {
        return Ok(());
    }
    sheet.gap()?;
    for (n, (vantage, source)) in board.columns.iter().enumerate().take(VANTAGES) {
        let key = format!("  [{}] ", n + 1);
        sheet.flow(&key, "      ", &[(Ink::Bold, (*vantage).to_owned()), (Ink::Plain, format!(", {source}"))])?;
    }
    more(sheet, "  ", board.columns.len(), VANTAGES, "vantage", "vantages")?;
    let column = |text: &str| format!("{text:^5}");
    let head: String = (1..=board.columns.len().min(VANTAGES)).map(|n| column(&format!("[{n}]"))).collect();
    sheet.flow(&format!("  {head} "), "", &[(Ink::Dim, "path".to_owned())])?;
    for line in board.lines.iter().take(WAYS) {
        let signs: String = line
            .cells
            .iter()
            .take(VANTAGES)
            .map(|cell| column(&cell.as_ref().map_or_else(String::new, crate::render::measured::Cell::sign)))
            .collect();
        let told = (Ink::Plain, format!(" — {}", crate::render::words::path_summary(line.path)));
        let rest = " ".repeat(3 + 5 * board.columns.len().min(VANTAGES));
        sheet.flow(&format!("  {signs} "), &rest, &[(Ink::Bold, line.subject.clone()), told])?;
    }
    more(sheet, "  ", board.lines.len(), WAYS, "path", "paths")?;
    if board.untouched > 0 {
        let ways = crate::render::words::plural(board.untouched, "further path was", "further paths were");
        sheet.flow("  ", "  ", &[(Ink::Dim, format!("{ways} not measured at all"))])?;
    }
    unproved(sheet, report)?;
    let signs: Vec<String> = SIGNS.iter().map(|(sign, means)| format!("{sign} {means}")).collect();
    sheet.flow("  ", "  ", &[(Ink::Dim, signs.join(" · "))])
}

/// What measurements leave open of subjects that have no block of their own above.
fn unproved(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), RenderError> {
    let open: Vec<_> = report
        .subjects
        .iter()
        .filter(|s| !crate::render::words::remarkable(s.verdict) && !s.not_proved.is_empty())
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    sheet.gap()?;
    sheet.flow("  ", "  ", &[(Ink::Bold, "What this does not prove, and the next test:".to_owned())])?;
    for subject in open.iter().take(FILES) {
        let items: Vec<String> = subject.not_proved.iter().map(|i| format!("{} ({})", i.what, i.why)).collect();
        let name = crate::render::words::subject_name(subject);
        sheet.flow("  - ", "    ", &[(Ink::Bold, name), (Ink::Plain, format!(" — {}", items.join("; ")))])?;
        if let Some(command) = subject.next_test.as_ref().and_then(|test| test.command.as_deref()) {
            sheet.command("    ", command)?;
        }
    }
    more(sheet, "  ", open.len(), FILES, "object", "objects")?;
    sheet.gap()
}

fn problems(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), RenderError> {
    let problems = &report.snapshot.problems;
    if problems.is_empty() {
        return Ok(());
    }
    sheet.gap()?;
    sheet.flow(
        "",
        "",
        &[(
            Ink::Bold,
            format!(
                "{} with the input (the rest was read):",
                crate::render::words::plural(problems.len(), "problem", "problems")
            ),
        )],
    )?;
    for problem in problems.iter().take(PROBLEMS) {
        let place =
            [Some(problem.path.clone()), problem.line.map(|n| n.to_string()), problem.column.map(|n| n.to_string())];
        let place = place.into_iter().flatten().collect::<Vec<_>>().join(":");
        sheet.flow("  - ", "    ", &[(Ink::Bold, place), (Ink::Plain, format!(" — {}", problem.message))])?;
    }
    more(sheet, "  ", problems.len(), PROBLEMS, "problem", "problems")
}

fn all_coverage(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), RenderError> {
    sheet.gap()?;
    sheet.flow("", "", &[(Ink::Bold, "What was read of each kind:".to_owned())])?;
    for group in coverage::groups(&report.snapshot.coverage) {
        let mut line = vec![
            (Ink::Bold, group.kind.to_owned()),
            (Ink::Plain, format!(" {}: {} in {}", group.state_words(), number(group.objects), group.scope(SCOPE))),
        ];
        if !group.reason.is_empty() {
            line.push((Ink::Dim, format!(" — {}", group.reason)));
        }
        sheet.flow("  - ", "    ", &line)?;
    }
    Ok(())
}
