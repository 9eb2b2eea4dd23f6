//! Root causes, worst first: what is wrong, what shows it, what it takes down, and what to do.

use super::frame;
use super::head::more;
use super::sheet::{Ink, STICKY, Sheet};
use crate::render::RenderError;
use crate::render::causes::{does, hosts, is_fault, otherwise, takes};
use crate::render::index::Findings;
use crate::render::words::{label, number};
use crate::report::{Cause, Finding, Report};

/// Causes told; the rest is counted.
pub(super) const SHOWN: usize = 12;
const INDENT: &str = "    ";

/// Every fault; what is only not read and may be in order is told at the end.
pub(super) fn write(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), RenderError> {
    let findings = Findings::of(report);
    let faults: Vec<&Cause> = report.causes.iter().filter(|cause| is_fault(cause)).collect();
    for (index, cause) in faults.iter().enumerate().take(SHOWN) {
        sheet.gap()?;
        one(sheet, index + 1, cause, &findings)?;
    }
    if faults.len() > SHOWN {
        sheet.gap()?;
    }
    more(sheet, "", faults.len(), SHOWN, "cause", "causes")
}

fn one(sheet: &mut Sheet<'_>, nth: usize, cause: &Cause, findings: &Findings<'_>) -> Result<(), RenderError> {
    let verdict = format!("{nth}  {}  ", label(cause.verdict).to_uppercase()).replace(' ', &STICKY.to_string());
    let cluster = cause.cluster.as_ref().map_or_else(String::new, |cluster| format!(" @ {cluster}"));
    let headline = format!("{}{cluster}", cause.headline);
    sheet.flow("", INDENT, &[(Ink::of_verdict(cause.verdict), verdict), (Ink::Bold, headline)])?;
    if !cause.evidence.is_empty() {
        line(sheet, "shown by", &cause.evidence)?;
    }
    let located: Vec<&Finding> =
        findings.all(&cause.findings).into_iter().filter(|finding| finding.location.is_some()).collect();
    if let Some(finding) = located.first() {
        place(sheet, finding, located.len())?;
    }
    line(sheet, does(cause.verdict), &takes(cause))?;
    if !cause.hosts.is_empty() {
        line(sheet, "hosts", &hosts(cause))?;
    }
    if let Some(otherwise) = otherwise(cause) {
        line(sheet, "otherwise", &otherwise)?;
    }
    if let Some(next) = &cause.next {
        line(sheet, "do", &next.action)?;
        if let Some(command) = next.command.as_deref().filter(|command| !command.is_empty()) {
            sheet.command(&format!("{INDENT}{:<12}", ""), command)?;
        }
    }
    Ok(())
}

/// The code, and the very field where the input has positions.
fn place(sheet: &mut Sheet<'_>, finding: &Finding, places: usize) -> Result<(), RenderError> {
    let mut code = finding.code.clone();
    if let Some(at) = &finding.location {
        code.push_str(&format!(" at {at}"));
    }
    if places > 1 {
        code.push_str(&format!(" (first of {} places)", number(places)));
    }
    line(sheet, "code", &code)?;
    if places == 1 { frame::write(sheet, INDENT, finding) } else { Ok(()) }
}

fn line(sheet: &mut Sheet<'_>, key: &str, text: &str) -> Result<(), RenderError> {
    let first = format!("{INDENT}{key:<12}");
    let rest = " ".repeat(first.len());
    sheet.flow(&first, &rest, &[(Ink::Plain, text.to_owned())])
}
