//! What a change does: introduced first, then fixed, then what stayed.

use std::collections::BTreeSet;

use super::head::more;
use super::sheet::{Ink, STICKY, Sheet};
use crate::render::RenderError;
use crate::render::change::{GROUPS, causes, counts, name, objects, problems, request, requests, title, verdicts};
use crate::render::index::Findings;
use crate::render::words::number;
use crate::report::{Became, Change, Finding, Report, Subject, SubjectChange};

const INDENT: &str = "    ";
/// Subjects per group and problems per subject; the rest is counted.
const SUBJECTS: usize = 25;
const PROBLEMS: usize = 6;
/// Root causes that came or went.
const CAUSES: usize = 12;
/// Notes on objects of the change.
const NOTES: usize = 12;

/// The lines that `--quiet` keeps.
pub(super) fn line(sheet: &mut Sheet<'_>, change: &Change) -> Result<(), RenderError> {
    sheet.flow("", "", &[(Ink::Bold, "The change: ".to_owned()), (Ink::Plain, counts(change))])
}

/// The part that leads.
pub(super) fn write(sheet: &mut Sheet<'_>, report: &Report, change: &Change) -> Result<(), RenderError> {
    sheet.gap()?;
    sheet.flow("", "  ", &[(Ink::Bold, "Change ".to_owned()), (Ink::Plain, title(change))])?;
    let told = objects(change);
    if !told.is_empty() {
        sheet.flow("", "  ", &[(Ink::Dim, told)])?;
    }
    let noted: Vec<_> = change.objects.iter().filter(|o| !o.note.is_empty()).collect();
    for object in noted.iter().take(NOTES) {
        let told = format!("{} {}: {}", object.object, object.action.word(), object.note);
        sheet.flow("  - ", "    ", &[(Ink::Dim, told)])?;
    }
    more(sheet, "  ", noted.len(), NOTES, "object", "objects")?;
    line(sheet, change)?;
    let all = causes(change);
    for (became, told) in all.iter().take(CAUSES) {
        sheet.flow("  ", INDENT, &[(ink(*became), told.clone())])?;
    }
    more(sheet, "  ", all.len(), CAUSES, "cause", "causes")?;
    let findings = Findings::of(report);
    for (became, heading) in GROUPS {
        let group: Vec<&SubjectChange> = change.subjects.iter().filter(|s| s.became == became).collect();
        if group.is_empty() {
            continue;
        }
        sheet.gap()?;
        sheet.flow("", "", &[(ink(became), format!("{heading} ({})", number(group.len())))])?;
        for subject in group.iter().take(SUBJECTS) {
            one(sheet, subject, &findings)?;
        }
        more(sheet, "  ", group.len(), SUBJECTS, "subject", "subjects")?;
    }
    let named: BTreeSet<&String> = change.subjects.iter().flat_map(|s| &s.causes).collect();
    let loose: Vec<String> = change.findings.iter().filter(|id| !named.contains(id)).cloned().collect();
    if !loose.is_empty() {
        sheet.gap()?;
        sheet.flow("", "", &[(Ink::Warn, "What else the change does".to_owned())])?;
        for finding in findings.all(&loose) {
            cause(sheet, "  ", finding)?;
        }
    }
    let told = requests(change);
    if !told.is_empty() {
        sheet.gap()?;
        sheet.flow("", "", &[(Ink::Bold, told)])?;
        for row in change.requests.iter().take(SUBJECTS) {
            let (asked, answers) = request(row);
            sheet.flow("  ", INDENT, &[(Ink::Bold, asked), (Ink::Plain, format!("  {answers}"))])?;
        }
        let all = change.requests.len() + change.requests_left_out;
        more(sheet, "  ", all, SUBJECTS, "request", "requests")?;
    }
    Ok(())
}

const fn ink(became: Became) -> Ink {
    match became {
        Became::Introduced => Ink::Bad,
        Became::Fixed => Ink::Good,
        Became::NewlySeen | Became::NoLongerSeen => Ink::Unsure,
        Became::Unchanged => Ink::Plain,
    }
}

fn one(sheet: &mut Sheet<'_>, subject: &SubjectChange, findings: &Findings<'_>) -> Result<(), RenderError> {
    let title = name(subject).replace(' ', &STICKY.to_string());
    let told = format!("  {}", verdicts(subject));
    sheet.flow("  ", INDENT, &[(Ink::Bold, title), (Ink::Plain, told)])?;
    let all = problems(subject);
    for (word, text) in all.iter().take(PROBLEMS) {
        sheet.flow(&format!("{INDENT}{word}: "), &format!("{INDENT}  "), &[(Ink::Plain, text.clone())])?;
    }
    more(sheet, INDENT, all.len(), PROBLEMS, "problem", "problems")?;
    for finding in findings.all(&subject.causes) {
        cause(sheet, INDENT, finding)?;
    }
    Ok(())
}

fn cause(sheet: &mut Sheet<'_>, indent: &str, finding: &Finding) -> Result<(), RenderError> {
    let place = finding.location.as_ref().map_or_else(String::new, |at| format!(" — {at}"));
    let rest = format!("{indent}  ");
    sheet.flow(
        &format!("{indent}because: "),
        &rest,
        &[(Ink::Bold, finding.message.clone()), (Ink::Plain, format!(" [{}]{place}", finding.code))],
    )?;
    if !finding.cause.is_empty() {
        sheet.flow(&rest, &rest, &[(Ink::Plain, finding.cause.clone())])?;
    }
    Ok(())
}

/// Subjects worth their details below: those that the change touches. The others were as they are before.
pub(super) fn detailed<'r>(change: &Change, subjects: &[&'r Subject]) -> Vec<&'r Subject> {
    let key = |s: &Subject| (s.cluster.clone(), s.kind.clone(), s.namespace.clone(), s.name.clone());
    let touched: BTreeSet<_> = change
        .subjects
        .iter()
        .filter(|s| s.became != Became::Fixed)
        .map(|s| (s.cluster.clone(), s.kind.clone(), s.namespace.clone(), s.name.clone()))
        .collect();
    subjects.iter().copied().filter(|s| touched.contains(&key(s))).collect()
}

/// What was left out of the details.
pub(super) fn unchanged(sheet: &mut Sheet<'_>, change: &Change) -> Result<(), RenderError> {
    sheet.gap()?;
    let told = match change.counts.unchanged_with_problems {
        0 => format!("unchanged ({})", number(change.counts.unchanged)),
        n => format!(
            "unchanged ({}), {} that {} broken or degraded before the change and after it; see --format json or -o FILE.html",
            number(change.counts.unchanged),
            number(n),
            if n == 1 { "is" } else { "are" }
        ),
    };
    sheet.flow("", "  ", &[(Ink::Dim, told)])
}
