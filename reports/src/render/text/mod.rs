//! The report for a terminal: worst first, what breaks where, what to run next.

mod asks;
mod causes;
mod chain;
mod change;
mod fix;
mod frame;
mod gate;
mod head;
mod sheet;
mod subject;
mod tail;
mod trace;

use std::collections::BTreeMap;
use std::io::Write;

use super::assumptions::{Assumptions, rests};
use super::causes::{Causes, is_fault};
use super::index::Findings;
use super::words::{self, plural};
use super::{RenderError, RenderOptions};
use crate::report::{Report, Subject, Verdict};
use sheet::{Ink, STICKY, Sheet};

pub(super) use chain::chain_text;
pub use trace::render_trace;

/// Subjects shown in detail unless asked otherwise: about what fits a scroll-back.
const DETAILED: usize = 40;
/// Subjects named of each cause that is told above.
const OF_A_CAUSE: usize = 6;
/// Namespaces named in the compact list of subjects without a finding.
const NAMESPACES: usize = 20;
/// Subjects named per namespace in that list.
const NAMES: usize = 12;

/// The whole report.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    let mut sheet = Sheet::new(out, options.width, options.color);
    if let Some(bundle) = &options.bundle {
        sheet.flow("", "  ", &[(Ink::Bold, format!("== {bundle}"))])?;
    }
    if options.quiet {
        if let Some(change) = &report.change {
            change::line(&mut sheet, change)?;
        }
        if options.bundle.is_some() {
            sheet.flow("", "  ", &[(Ink::Plain, words::overall(report).lead)])?;
        }
        return head::counts(&mut sheet, report);
    }
    let assumptions = Assumptions::of(report);
    head::write(&mut sheet, report, &assumptions)?;
    causes::write(&mut sheet, report)?;
    if options.summary_only {
        return Ok(());
    }
    subjects(&mut sheet, report, options.max_subjects.unwrap_or(DETAILED))?;
    gate::write(&mut sheet, report, options.show_suppressed)?;
    head::not_read(&mut sheet, report, &assumptions)?;
    tail::write(&mut sheet, report, options.show_coverage)?;
    asks::write(&mut sheet, report, options.audience)
}

fn subjects(sheet: &mut Sheet<'_>, report: &Report, at_most: usize) -> Result<(), RenderError> {
    let findings = Findings::of(report);
    let (remarkable, quiet): (Vec<&Subject>, Vec<&Subject>) =
        report.subjects.iter().partition(|subject| words::remarkable(subject.verdict));
    if let Some(change) = &report.change {
        for subject in change::detailed(change, &remarkable).into_iter().take(at_most) {
            sheet.gap()?;
            subject::write(sheet, subject, &findings)?;
        }
        return change::unchanged(sheet, change);
    }
    // What a check finds that never trips the gate is shown like everything else.
    let accepted = |s: &Subject| findings.of_subject(s).iter().any(|finding| finding.suppressed.is_some());
    let (excused, remarkable): (Vec<&Subject>, Vec<&Subject>) =
        remarkable.into_iter().partition(|s| s.excused && accepted(s));
    // One cause, one story: of many subjects of one cause the first are named here, and the cause counts them all.
    let causes = Causes::of(report);
    let shown: usize = report.causes.iter().filter(|cause| is_fault(cause)).count().min(causes::SHOWN);
    let mut of_cause: BTreeMap<usize, usize> = BTreeMap::new();
    let (mut told, mut left): (usize, Vec<&Subject>) = (0, Vec::new());
    for subject in &remarkable {
        let main = causes.main(subject).filter(|(number, _)| *number <= shown);
        if let Some((number, _)) = main {
            let count = of_cause.entry(number).or_default();
            *count += 1;
            if *count > OF_A_CAUSE || told >= at_most {
                left.push(subject);
                continue;
            }
            if *count == 1 || subject::has_more(subject) {
                sheet.gap()?;
            }
            subject::of_cause(sheet, subject, &causes, shown, &findings)?;
        } else if told < at_most {
            sheet.gap()?;
            subject::write(sheet, subject, &findings)?;
        } else {
            left.push(subject);
            continue;
        }
        told += 1;
    }
    if !left.is_empty() {
        sheet.gap()?;
        let counts: Vec<String> = [Verdict::Broken, Verdict::Degraded, Verdict::Unknown]
            .into_iter()
            .map(|verdict| (verdict, left.iter().filter(|subject| subject.verdict == verdict).count()))
            .filter(|(_, n)| *n > 0)
            .map(|(verdict, n)| format!("{} {}", words::number(n), words::label(verdict)))
            .collect();
        let more = format!("… and {} more ({}); see --format json", words::number(left.len()), counts.join(", "));
        sheet.flow("", "", &[(Ink::Bold, more)])?;
    }
    gate::excused(sheet, &excused, &findings)?;
    let (partly, rest): (Vec<&Subject>, Vec<&Subject>) =
        quiet.into_iter().partition(|s| s.verdict == Verdict::ConfigOk && words::partly_tested(s));
    let (attempted, rest): (Vec<&Subject>, Vec<&Subject>) =
        rest.into_iter().partition(|s| s.verdict == Verdict::ConfigOk && words::only_attempted(s));
    let (resting, rest): (Vec<&Subject>, Vec<&Subject>) =
        rest.into_iter().partition(|s| s.verdict == Verdict::ConfigOk && rests(s));
    for (subjects, verdict, title) in [
        (
            &attempted,
            Verdict::ConfigOk,
            "no fault found in what was read; it was to be measured and could not be, so not tested",
        ),
        (
            &resting,
            Verdict::ConfigOk,
            "no fault found in what was read, assuming that what was not read is in order (see below); no request was \
             sent, so not tested",
        ),
        (
            &rest,
            Verdict::ConfigOk,
            "no fault found: the configuration shows an open path; no request was sent, so not tested",
        ),
        (&partly, Verdict::ConfigOk, "no fault found in what was read; tested in part, see below"),
        (&rest, Verdict::Healthy, "verified: real requests were answered on every declared path"),
    ] {
        compact(sheet, subjects, verdict, title)?;
    }
    Ok(())
}

/// Subjects without a finding: their names, by namespace.
fn compact(sheet: &mut Sheet<'_>, subjects: &[&Subject], verdict: Verdict, title: &str) -> Result<(), RenderError> {
    let mut by_namespace: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut total = 0;
    for subject in subjects.iter().filter(|subject| subject.verdict == verdict) {
        let place = match &subject.cluster {
            Some(cluster) => format!("{} @ {cluster}", subject.namespace),
            None => subject.namespace.clone(),
        };
        by_namespace.entry(place).or_default().push(format!("{}/{}", subject.kind, subject.name));
        total += 1;
    }
    if total == 0 {
        return Ok(());
    }
    sheet.gap()?;
    sheet.flow(
        "",
        "  ",
        &[(Ink::of_verdict(verdict), format!("{} ", words::number(total))), (Ink::Bold, title.to_owned())],
    )?;
    let mut shown = 0;
    for (namespace, names) in by_namespace.iter().take(NAMESPACES) {
        let mut line = vec![(Ink::Bold, format!("{}:", namespace.replace(' ', &STICKY.to_string())))];
        line.push((Ink::Plain, format!(" {}", names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", "))));
        shown += names.len().min(NAMES);
        if names.len() > NAMES {
            line.push((Ink::Dim, format!(" … and {} more here", words::number(names.len() - NAMES))));
        }
        sheet.flow("  ", "    ", &line)?;
    }
    if shown < total {
        let rest = by_namespace.len().saturating_sub(NAMESPACES);
        let place = if rest > 0 {
            format!(" (among them all of {})", plural(rest, "more namespace", "more namespaces"))
        } else {
            String::new()
        };
        let more = format!("… and {} more{place}; see --format json", words::number(total - shown));
        sheet.flow("  ", "  ", &[(Ink::Dim, more)])?;
    }
    Ok(())
}
