//! The foot of the page: problems of the input, the coverage if asked for, what the words mean.

use super::head::more;
use super::sheet::{Ink, STICKY, Sheet};
use crate::render::words::{count, meaning, number};
use crate::render::{RenderError, coverage};
use crate::report::{Report, Verdict};

const PROBLEMS: usize = 10;
const SCOPE: usize = 6;

pub(super) fn write(sheet: &mut Sheet<'_>, report: &Report, show_coverage: bool) -> Result<(), RenderError> {
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
        let word = format!("{:<11}", verdict.word()).replace(' ', &STICKY.to_string());
        let told = (Ink::Dim, meaning(verdict).to_owned());
        sheet.flow("", "           ", &[(Ink::of_verdict(verdict), word), told])?;
    }
    Ok(())
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
