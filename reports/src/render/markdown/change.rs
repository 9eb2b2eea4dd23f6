//! What a change does, first thing in the comment on a pull request.

use super::budget::take;
use super::escape::{code, code_cell, prose};
use crate::render::change::{GROUPS, causes, counts, name, objects, problems, request, requests, title, verdicts};
use crate::render::index::Findings;
use crate::render::words::number;
use crate::report::{Change, Finding, Report, SubjectChange};

/// The whole part, at most so many characters.
pub(super) fn part(report: &Report, change: &Change, limit: usize) -> String {
    let mut out = format!("### Change\n\n{}: **{}**\n\n", prose(&title(change)), prose(&counts(change)));
    let told = objects(change);
    if !told.is_empty() {
        out.push_str(&format!("{}\n\n", prose(&told)));
    }
    let (text, taken) = take(causes(change).iter().map(|(_, told)| format!("- {}\n", prose(told))), limit / 8);
    if taken > 0 {
        out.push_str(&format!("{text}\n"));
    }
    let findings = Findings::of(report);
    let share = limit / (GROUPS.len() + 2);
    for (became, heading) in GROUPS {
        let group: Vec<&SubjectChange> = change.subjects.iter().filter(|s| s.became == became).collect();
        if group.is_empty() {
            continue;
        }
        out.push_str(&format!("#### {} ({})\n\n", prose(heading), number(group.len())));
        let (text, taken) = take(group.iter().map(|subject| one(subject, &findings)), share);
        out.push_str(&text);
        out.push('\n');
        if taken < group.len() {
            out.push_str(&format!("_{} more not shown._\n\n", number(group.len() - taken)));
        }
    }
    let named: std::collections::BTreeSet<&String> = change.subjects.iter().flat_map(|s| &s.causes).collect();
    let loose: Vec<String> = change.findings.iter().filter(|id| !named.contains(id)).cloned().collect();
    if !loose.is_empty() {
        out.push_str("#### What else the change does\n\n");
        let (text, _) = take(findings.all(&loose).into_iter().map(|finding| cause("", finding)), share);
        out.push_str(&text);
        out.push('\n');
    }
    let told = requests(change);
    if !told.is_empty() {
        out.push_str(&format!("#### {}\n\n", prose(&told)));
        let rows = change.requests.iter().map(|row| {
            let (asked, answers) = request(row);
            format!("- {}: {}\n", code(&asked), prose(&answers))
        });
        let (text, taken) = take(rows, share);
        out.push_str(&text);
        out.push('\n');
        let left = change.requests.len() + change.requests_left_out - taken;
        if left > 0 {
            out.push_str(&format!("_{} more not shown._\n\n", number(left)));
        }
    }
    out
}

fn one(subject: &SubjectChange, findings: &Findings<'_>) -> String {
    let mut out = format!("- {} {}\n", code(&name(subject)), prose(&verdicts(subject)));
    for (word, text) in problems(subject).iter().take(6) {
        out.push_str(&format!("  - {word}: {}\n", prose(text)));
    }
    for finding in findings.all(&subject.causes) {
        out.push_str(&cause("  ", finding));
    }
    out
}

fn cause(indent: &str, finding: &Finding) -> String {
    let place = finding.location.as_ref().map_or_else(String::new, |at| format!(" at {}", code(&at.to_string())));
    let why = if finding.cause.is_empty() { String::new() } else { format!(" — {}", prose(&finding.cause)) };
    format!("{indent}- because: **{}** ({}){place}{why}\n", prose(&finding.message), code_cell(&finding.code))
}
