//! One subject that needs attention: verdict and headline on the first line, then where it breaks,
//! why, and what to run.

use super::chain::chain;
use super::fix;
use super::frame;
use super::head::more;
use super::sheet::{Ink, STICKY, Sheet};
use crate::render::RenderError;
use crate::render::causes::{Causes, culprit};
use crate::render::fix as proved;
use crate::render::index::Findings;
use crate::render::words::{self, number, plural};
use crate::report::{Path, PathState, Subject, Traffic};

/// Paths drawn per subject; the rest is counted.
const PATHS: usize = 3;
const ENTRY_PROBLEMS: usize = 2;
/// Vantages told per path, and things that were not proved.
const ROWS: usize = 3;
const OPEN: usize = 3;
const INDENT: &str = "    ";

/// Is there something to say of it that no cause tells?
pub(super) fn has_more(subject: &Subject) -> bool {
    subject.traffic != Traffic::NotTested || !subject.entry_problems.is_empty() || only_in_part(subject)
}

/// Which of its ways are open takes a look at them.
fn only_in_part(subject: &Subject) -> bool {
    let carrying = || subject.paths.iter().filter(|path| !path.dormant);
    carrying().any(|path| path.config == PathState::Open) && carrying().any(|path| path.config != PathState::Open)
}

/// One whose story causes tell: in one line, with what only it shows.
pub(super) fn of_cause(
    sheet: &mut Sheet<'_>,
    subject: &Subject,
    causes: &Causes<'_>,
    shown: usize,
    findings: &Findings<'_>,
) -> Result<(), RenderError> {
    let told: Vec<String> = causes
        .of_subject(subject)
        .filter(|(number, _)| *number <= shown)
        .map(|(number, cause)| format!("{number} ({})", culprit(cause)))
        .collect();
    first_line(sheet, subject, &format!(" — see cause {}", words::join_and(&told)))?;
    if only_in_part(subject) {
        paths(sheet, subject)?;
    }
    tested(sheet, subject)?;
    in_front(sheet, subject, findings)?;
    next_test(sheet, subject)
}

fn first_line(sheet: &mut Sheet<'_>, subject: &Subject, told: &str) -> Result<(), RenderError> {
    let verdict = format!("{}  ", words::label(subject.verdict).to_uppercase()).replace(' ', &STICKY.to_string());
    let name = words::subject_name(subject).replace(' ', &STICKY.to_string());
    sheet.flow(
        "",
        INDENT,
        &[(Ink::of_verdict(subject.verdict), verdict), (Ink::Bold, name), (Ink::Plain, told.to_owned())],
    )
}

pub(super) fn write(sheet: &mut Sheet<'_>, subject: &Subject, findings: &Findings<'_>) -> Result<(), RenderError> {
    first_line(sheet, subject, &format!(" — {}", subject.headline))?;
    paths(sheet, subject)?;
    if !subject.reason.is_empty() && subject.reason != subject.headline {
        line(sheet, "why", &subject.reason)?;
    }
    if let Some(culprit) = findings.culprit(subject) {
        if !culprit.cause.is_empty() && !subject.reason.contains(&culprit.cause) {
            line(sheet, "cause", &culprit.cause)?;
        }
        let mut code = culprit.code.clone();
        if let Some(at) = &culprit.location {
            code.push_str(&format!(" at {at}"));
        }
        line(sheet, "code", &code)?;
        frame::write(sheet, INDENT, culprit)?;
    }
    fix::write(sheet, &format!("{INDENT}fix      "), &format!("{INDENT}         "), proved::of(subject, findings))?;
    tested(sheet, subject)?;
    in_front(sheet, subject, findings)?;
    if let Some(next) = &subject.next {
        line(sheet, "next", &next.action)?;
        if let Some(command) = next.command.as_deref().filter(|command| !command.is_empty()) {
            sheet.command(&format!("{INDENT}         "), command)?;
        }
    }
    next_test(sheet, subject)
}

fn tested(sheet: &mut Sheet<'_>, subject: &Subject) -> Result<(), RenderError> {
    if subject.traffic != Traffic::NotTested {
        line(sheet, "tested", words::traffic(subject.traffic))?;
        for path in subject.paths.iter().filter(|path| !path.by_vantage.is_empty()).take(PATHS) {
            for row in path.by_vantage.iter().take(ROWS) {
                let outcome = words::outcome(row.outcome, row.confidence);
                let at = row.failed_segment.map_or_else(String::new, |segment| format!(", it breaks at {segment}"));
                line(
                    sheet,
                    "measured",
                    &format!("{} ({}): {outcome}{at} — {}", row.vantage, row.source, row.evidence),
                )?;
            }
        }
        for item in subject.not_proved.iter().take(OPEN) {
            line(sheet, "unproved", &format!("{} — {}", item.what, item.why))?;
        }
        more(sheet, INDENT, subject.not_proved.len(), OPEN, "thing not proved", "things not proved")?;
    }
    Ok(())
}

fn in_front(sheet: &mut Sheet<'_>, subject: &Subject, findings: &Findings<'_>) -> Result<(), RenderError> {
    let entries = findings.all(&subject.entry_problems);
    for problem in entries.iter().take(ENTRY_PROBLEMS) {
        line(sheet, "in front", &format!("{}: {}", problem.object, problem.message))?;
    }
    more(sheet, INDENT, entries.len(), ENTRY_PROBLEMS, "problem in front of it", "problems in front of it")
}

fn next_test(sheet: &mut Sheet<'_>, subject: &Subject) -> Result<(), RenderError> {
    if let Some(test) = &subject.next_test {
        line(sheet, "test", &test.action)?;
        if let Some(command) = test.command.as_deref() {
            sheet.command(&format!("{INDENT}         "), command)?;
        }
    }
    Ok(())
}

fn line(sheet: &mut Sheet<'_>, key: &str, text: &str) -> Result<(), RenderError> {
    let first = format!("{INDENT}{key:<9}");
    let rest = " ".repeat(first.len());
    sheet.flow(&first, &rest, &[(Ink::Plain, text.to_owned())])
}

/// The paths that are not simply open, worst first, and a count of the others.
fn paths(sheet: &mut Sheet<'_>, subject: &Subject) -> Result<(), RenderError> {
    let mut notable: Vec<&Path> =
        subject.paths.iter().filter(|path| path.config != PathState::Open && !path.dormant).collect();
    notable.sort_by_key(|path| path.config);
    let dormant: Vec<&Path> = subject.paths.iter().filter(|path| path.dormant).collect();
    if notable.is_empty() {
        // All of it may rest on purpose, or traffic may have failed on an open configuration.
        notable = if dormant.is_empty() { subject.paths.iter().collect() } else { dormant };
    }
    for path in notable.iter().take(PATHS) {
        sheet.flow(INDENT, &format!("{INDENT}    "), &chain(path))?;
    }
    let left = subject.paths.len().saturating_sub(notable.len().min(PATHS));
    if left > 0 {
        let open = subject.paths.iter().filter(|path| path.config == PathState::Open && !path.dormant).count();
        let told = format!("… and {} ({} open)", plural(left, "more path", "more paths"), number(open));
        sheet.flow(INDENT, INDENT, &[(Ink::Dim, told)])?;
    }
    Ok(())
}
