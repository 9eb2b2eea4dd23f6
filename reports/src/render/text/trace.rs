//! One subject hop by hop: every path, every segment, its evidence and its findings.

use std::io::Write;

use super::fix;
use super::head;
use super::sheet::{Ink, STICKY, Sheet};
use crate::render::assumptions::{Assumptions, settled_by_reading};
use crate::render::audience::worded;
use crate::render::fix as proved;
use crate::render::index::Findings;
use crate::render::words::{self, number};
use crate::render::{RenderError, RenderOptions};
use crate::report::{Finding, Path, PathState, Report, Segment, Subject};

/// Writes the subject with this index in [`Report::subjects`] as a text tree.
pub fn render_trace(
    report: &Report,
    subject_index: usize,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let report = &*worded(report, options.audience);
    let subject = report
        .subjects
        .get(subject_index)
        .ok_or(RenderError::NoSuchSubject { index: subject_index, count: report.subjects.len() })?;
    let told = Told { findings: Findings::of(report), assumptions: Assumptions::of(report) };
    let mut sheet = Sheet::new(out, options.width, options.color);
    opening(&mut sheet, subject)?;
    for (i, path) in subject.paths.iter().enumerate() {
        sheet.gap()?;
        one_path(&mut sheet, i + 1, subject.paths.len(), path, &told)?;
    }
    if subject.paths.is_empty() {
        sheet.gap()?;
        sheet.flow("", "", &[(Ink::Plain, "No path leads through this object.".to_owned())])?;
    }
    leftovers(&mut sheet, subject, &told.findings)?;
    foot(&mut sheet, subject, &told.assumptions)
}

/// What paths name by id.
struct Told<'r> {
    findings: Findings<'r>,
    assumptions: Assumptions<'r>,
}

fn opening(sheet: &mut Sheet<'_>, subject: &Subject) -> Result<(), RenderError> {
    let verdict = format!("{}  ", words::label(subject.verdict).to_uppercase()).replace(' ', &STICKY.to_string());
    let name = words::subject_name(subject).replace(' ', &STICKY.to_string());
    sheet.flow("", "    ", &[(Ink::of_verdict(subject.verdict), verdict), (Ink::Bold, name)])?;
    sheet.flow("", "", &[(Ink::Plain, subject.headline.clone())])?;
    if !subject.reason.is_empty() && subject.reason != subject.headline {
        sheet.flow("", "", &[(Ink::Plain, subject.reason.clone())])?;
    }
    let told = format!("configuration: {} · traffic: {}", subject.config, words::traffic(subject.traffic));
    sheet.flow("", "", &[(Ink::Dim, told)])
}

fn one_path(
    sheet: &mut Sheet<'_>,
    number_of: usize,
    of: usize,
    path: &Path,
    all: &Told<'_>,
) -> Result<(), RenderError> {
    let mut title = vec![
        (Ink::Bold, format!("Path {} of {}: ", number(number_of), number(of))),
        (Ink::Plain, words::path_summary(path)),
        (Ink::of_state(path.config), format!(" — {}", words::state(path.config))),
        (Ink::Dim, format!(", {}", words::outcome(path.outcome, path.confidence))),
    ];
    if path.dormant {
        let why = path.dormant_reason.as_deref().unwrap_or("on purpose");
        title.push((Ink::Dim, format!("; carries nothing: {why}")));
    }
    sheet.flow("", "  ", &title)?;
    sheet.flow("│  ", "│  ", &[(Ink::Dim, format!("enters by {}", words::entry_name(&path.entry)))])?;
    for (i, segment) in path.segments.iter().enumerate() {
        let last = i + 1 == path.segments.len() && path.by_vantage.is_empty() && path.not_measured.is_empty();
        one_segment(sheet, segment, last, all)?;
    }
    for (i, row) in path.by_vantage.iter().enumerate() {
        let (first, rest) = if i + 1 == path.by_vantage.len() && path.not_measured.is_empty() {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        let mut told = format!(
            "measured {} ({}) as {}: {}",
            row.vantage,
            row.via,
            row.source,
            words::outcome(row.outcome, row.confidence)
        );
        if let Some(layer) = &row.failed_layer {
            told.push_str(&format!(", failed at {layer}"));
        }
        if let Some(segment) = row.failed_segment {
            told.push_str(&format!(", it breaks at {segment}"));
        }
        sheet.flow(
            first,
            rest,
            &[
                (Ink::Plain, told),
                (Ink::Dim, if row.evidence.is_empty() { String::new() } else { format!(" — {}", row.evidence) }),
            ],
        )?;
    }
    for (i, gap) in path.not_measured.iter().enumerate() {
        let (first, rest) = if i + 1 == path.not_measured.len() { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let told = format!("not tested {} as {}", gap.vantage, gap.source);
        sheet.flow(first, rest, &[(Ink::Plain, told), (Ink::Dim, format!(" — {}", gap.reason))])?;
    }
    for finding in all.findings.all(&path.measured) {
        one_finding(sheet, "  ", finding)?;
    }
    Ok(())
}

fn one_segment(sheet: &mut Sheet<'_>, segment: &Segment, last: bool, all: &Told<'_>) -> Result<(), RenderError> {
    let (first, rest) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
    let column = |text: &str, width: usize| format!("{text:<width$}").replace(' ', &STICKY.to_string());
    let mut pieces = vec![
        (Ink::Plain, column(segment.segment.word(), 11)),
        (Ink::of_state(segment.state), column(words::state(segment.state), 9)),
    ];
    if let Some(object) = &segment.object {
        pieces.push((Ink::Bold, words::entry_name(&object.to_string()).replace(' ', &STICKY.to_string())));
        pieces.push((Ink::Dim, " — ".to_owned()));
    }
    pieces.push((
        Ink::Dim,
        match segment.evidence.as_str() {
            "" if segment.findings.is_empty() && segment.state == PathState::Unknown => "not evaluated".to_owned(),
            evidence => evidence.to_owned(),
        },
    ));
    if let Some(measured) = segment.measured {
        pieces.push((Ink::Bold, format!("; traffic {measured} here")));
    }
    let unread = all.assumptions.beside(segment);
    if !unread.is_empty() {
        pieces.push((Ink::Unsure, format!("; {unread}")));
    }
    sheet.flow(first, &format!("{rest}                    "), &pieces)?;
    for finding in all.findings.all(&segment.findings) {
        one_finding(sheet, &format!("{rest}  "), finding)?;
    }
    Ok(())
}

/// A finding with everything it knows.
fn one_finding(sheet: &mut Sheet<'_>, indent: &str, finding: &Finding) -> Result<(), RenderError> {
    let deeper = format!("{indent}  ");
    let further = format!("{indent}         ");
    sheet.flow(
        indent,
        &deeper,
        &[
            (Ink::Bold, finding.code.clone()),
            (Ink::Dim, format!(" ({}) ", finding.effect)),
            (Ink::Bold, words::entry_name(&finding.object.to_string())),
            (Ink::Plain, format!(": {}", finding.message)),
        ],
    )?;
    let place = finding.location.as_ref().map(|at| format!("{}:{}:{}", at.path, at.line, at.column));
    let related: Vec<String> =
        finding.related.iter().map(|r| format!("{} ({})", words::entry_name(&r.object.to_string()), r.role)).collect();
    let accepted = finding.suppressed.as_ref().map_or_else(String::new, |by| {
        let until = by.expires.as_ref().map_or_else(String::new, |date| format!(", until {date}"));
        format!("accepted: {} ({}{until})", by.reason, by.place)
    });
    for (key, text) in [
        ("note", accepted.as_str()),
        ("cause", finding.cause.as_str()),
        ("basis", finding.basis.as_str()),
        ("at", place.as_deref().unwrap_or_default()),
        ("see", related.join(", ").as_str()),
        ("do", finding.action.as_str()),
    ] {
        if !text.is_empty() {
            sheet.flow(&format!("{deeper}{key:<7}"), &further, &[(Ink::Plain, text.to_owned())])?;
        }
    }
    if !finding.command.is_empty() {
        sheet.command(&further, &finding.command)?;
    }
    fix::write(sheet, &format!("{deeper}fix    "), &further, proved::of_finding(finding))
}

/// Findings that hang on no segment: of the subject as a whole, and of the entries in front of it.
fn leftovers(sheet: &mut Sheet<'_>, subject: &Subject, findings: &Findings<'_>) -> Result<(), RenderError> {
    let on_segments: std::collections::HashSet<&String> = subject
        .paths
        .iter()
        .flat_map(|path| path.segments.iter().flat_map(|segment| &segment.findings).chain(&path.measured))
        .collect();
    let whole: Vec<String> = subject.findings.iter().filter(|id| !on_segments.contains(id)).cloned().collect();
    for (title, ids) in [
        ("About this object as a whole:", &whole),
        ("In front of it (does not change its verdict):", &subject.entry_problems),
    ] {
        let found = findings.all(ids);
        if !found.is_empty() {
            sheet.gap()?;
            sheet.flow("", "", &[(Ink::Bold, title.to_owned())])?;
            for finding in found {
                one_finding(sheet, "  ", finding)?;
            }
        }
    }
    Ok(())
}

fn foot(sheet: &mut Sheet<'_>, subject: &Subject, assumptions: &Assumptions<'_>) -> Result<(), RenderError> {
    if assumptions.named(&subject.assumptions).next().is_some() {
        sheet.gap()?;
        head::assumed(sheet, assumptions.named(&subject.assumptions).map(|(_, assumed)| assumed))?;
    }
    let not_checked = assumptions.others(subject);
    if !not_checked.is_empty() {
        sheet.gap()?;
        sheet.flow("", "", &[(Ink::Bold, "Not checked:".to_owned())])?;
        for item in not_checked {
            sheet.flow("  - ", "    ", &[(Ink::Plain, item.what.clone()), (Ink::Dim, format!(" — {}", item.why))])?;
        }
    }
    if !subject.not_proved.is_empty() {
        sheet.gap()?;
        sheet.flow("", "", &[(Ink::Bold, "What the measurements do not prove:".to_owned())])?;
        for item in &subject.not_proved {
            sheet.flow("  - ", "    ", &[(Ink::Plain, item.what.clone()), (Ink::Dim, format!(" — {}", item.why))])?;
        }
    }
    if let Some(test) = &subject.next_test {
        sheet.gap()?;
        sheet.flow("", "  ", &[(Ink::Bold, "Next test: ".to_owned()), (Ink::Plain, test.action.clone())])?;
        if let Some(command) = test.command.as_deref() {
            sheet.command("  ", command)?;
        }
    }
    if let Some(next) = subject.next.as_ref().filter(|_| !settled_by_reading(subject)) {
        sheet.gap()?;
        sheet.flow("", "  ", &[(Ink::Bold, "Next: ".to_owned()), (Ink::Plain, next.action.clone())])?;
        if let Some(command) = next.command.as_deref().filter(|command| !command.is_empty()) {
            sheet.command("  ", command)?;
        }
    }
    Ok(())
}
