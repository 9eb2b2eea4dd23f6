//! Root causes, first thing in a ticket.

use super::budget::take;
use super::escape::{code, fence, prose};
use crate::render::causes::{does, hosts, is_fault, otherwise, takes};
use crate::render::index::Findings;
use crate::render::words::{label, number};
use crate::report::{Cause, Report};

/// Every fault, worst first; what is only not read and may be in order is told with the assumptions.
pub(super) fn part(report: &Report, limit: usize) -> String {
    let faults: Vec<&Cause> = report.causes.iter().filter(|cause| is_fault(cause)).collect();
    if faults.is_empty() {
        return String::new();
    }
    let findings = Findings::of(report);
    let mut out = String::from(if faults.len() == 1 { "### Root cause\n\n" } else { "### Root causes\n\n" });
    let blocks = faults.iter().enumerate().map(|(index, cause)| one(index + 1, cause, &findings));
    let (text, taken) = take(blocks, limit);
    out.push_str(&text);
    if taken < faults.len() {
        out.push_str(&format!("_{} more not shown; the JSON report has them all._\n\n", number(faults.len() - taken)));
    }
    out
}

fn one(nth: usize, cause: &Cause, findings: &Findings<'_>) -> String {
    let cluster = cause.cluster.as_ref().map_or_else(String::new, |cluster| format!(" @ {}", prose(cluster)));
    let mut out = format!("**{nth}. {}** ({}){cluster}\n\n", prose(&cause.headline), label(cause.verdict));
    let mut item = |key: &str, text: &str| out.push_str(&format!("- {key}: {text}\n"));
    if !cause.evidence.is_empty() {
        item("shown by", &prose(&cause.evidence));
    }
    let located: Vec<_> = findings.all(&cause.findings);
    if let Some((finding, at)) = located.iter().find_map(|finding| Some((finding, finding.location.as_ref()?))) {
        item("code", &format!("{} at {}", code(&finding.code), code(&at.to_string())));
    }
    item(does(cause.verdict), &prose(&takes(cause)));
    if !cause.hosts.is_empty() {
        item("hosts", &prose(&hosts(cause)));
    }
    if let Some(otherwise) = otherwise(cause) {
        item("otherwise", &prose(&otherwise));
    }
    if let Some(next) = &cause.next {
        item("do", &prose(&next.action));
        if let Some(command) = next.command.as_ref().filter(|command| !command.is_empty()) {
            out.push('\n');
            out.push_str(&fence("sh", std::slice::from_ref(command)));
        }
    }
    out.push('\n');
    out
}
