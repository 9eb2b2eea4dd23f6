//! One subject, collapsed: headline, where it breaks, why, what to run, what was not checked.

use super::escape::{code, fence, html_code, prose};
use super::fix;
use crate::render::assumptions::Assumptions;
use crate::render::causes::Causes;
use crate::render::fix as proved;
use crate::render::index::Findings;
use crate::render::text::chain_text;
use crate::render::words::{self, plural};
use crate::report::{Finding, Path, PathState, Subject, Traffic};

const PATHS: usize = 6;
const FINDINGS: usize = 6;

pub(super) fn block(
    subject: &Subject,
    findings: &Findings<'_>,
    assumptions: &Assumptions<'_>,
    story: &Causes<'_>,
) -> String {
    let mut out = format!(
        "<details><summary><b>{}</b> {}</summary>\n\n{}\n\n",
        words::label(subject.verdict),
        html_code(&words::subject_name(subject)),
        prose(&subject.headline)
    );
    paths(&mut out, subject);
    let causes: Vec<String> =
        story.of_subject(subject).map(|(n, cause)| format!("{n}. {}", prose(&cause.headline))).collect();
    if !causes.is_empty() {
        out.push_str(&format!("**Cause:** {}\n\n", causes.join("; ")));
    } else if !subject.reason.is_empty() && subject.reason != subject.headline {
        out.push_str(&format!("**Why:** {}\n\n", prose(&subject.reason)));
    }
    if subject.traffic != Traffic::NotTested {
        out.push_str(&format!("**Tested:** {}\n\n", words::traffic(subject.traffic)));
        measured(&mut out, subject);
    }
    if let Some(next) = subject.next.as_ref().filter(|_| causes.is_empty()) {
        out.push_str(&format!("**Next:** {}\n\n", prose(&next.action)));
        if let Some(command) = next.command.as_ref().filter(|command| !command.is_empty()) {
            out.push_str(&fence("sh", std::slice::from_ref(command)));
            out.push('\n');
        }
    }
    fix::block(&mut out, proved::of(subject, findings));
    list(&mut out, "**Findings**", &findings.all(&subject.findings));
    list(&mut out, "**In front of it** (does not change its verdict)", &findings.all(&subject.entry_problems));
    let not_checked = assumptions.others(subject);
    if !not_checked.is_empty() {
        out.push_str("**Not checked**\n\n");
        for item in not_checked {
            out.push_str(&format!("- {}: {}\n", prose(&item.what), prose(&item.why)));
        }
        out.push('\n');
    }
    out.push_str("</details>\n\n");
    out
}

/// The paths that are not simply open, as chains in one fence.
fn paths(out: &mut String, subject: &Subject) {
    let mut shown: Vec<&Path> = subject.paths.iter().filter(|p| p.config != PathState::Open || p.dormant).collect();
    shown.sort_by_key(|path| (path.dormant, path.config));
    if shown.is_empty() {
        shown = subject.paths.iter().collect();
    }
    shown.truncate(PATHS);
    if shown.is_empty() {
        return;
    }
    let mut lines: Vec<String> = shown.iter().map(|path| chain_text(path)).collect();
    let left = subject.paths.len() - shown.len();
    if left > 0 {
        lines.push(format!("… and {}", plural(left, "more path", "more paths")));
    }
    out.push_str(&fence("text", &lines));
    out.push('\n');
}

/// What each vantage saw, what that does not prove, and the next test.
fn measured(out: &mut String, subject: &Subject) {
    for path in subject.paths.iter().filter(|p| !p.by_vantage.is_empty()).take(PATHS) {
        for row in &path.by_vantage {
            let at = row.failed_segment.map_or_else(String::new, |segment| format!(", it breaks at {segment}"));
            out.push_str(&format!(
                "- {}, {} as {}: {}{at}. {}\n",
                prose(&words::path_summary(path)),
                prose(&row.vantage),
                prose(&row.source),
                words::outcome(row.outcome, row.confidence),
                prose(&row.evidence)
            ));
        }
    }
    out.push('\n');
    if !subject.not_proved.is_empty() {
        out.push_str("**What this does not prove**\n\n");
        for item in &subject.not_proved {
            out.push_str(&format!("- {}: {}\n", prose(&item.what), prose(&item.why)));
        }
        out.push('\n');
    }
    if let Some(test) = &subject.next_test {
        out.push_str(&format!("**Next test:** {}\n\n", prose(&test.action)));
        if let Some(command) = &test.command {
            out.push_str(&fence("sh", std::slice::from_ref(command)));
            out.push('\n');
        }
    }
}

fn list(out: &mut String, title: &str, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    out.push_str(&format!("{title}\n\n"));
    for finding in findings.iter().take(FINDINGS) {
        out.push_str(&format!(
            "- {} ({}) on {}: {}",
            code(&finding.code),
            finding.effect,
            code(&words::entry_name(&finding.object.to_string())),
            prose(&finding.message)
        ));
        if !finding.cause.is_empty() {
            out.push_str(&format!(" {}", prose(&finding.cause)));
        }
        if let Some(at) = &finding.location {
            out.push_str(&format!(" At {}.", code(&format!("{}:{}:{}", at.path, at.line, at.column))));
        }
        out.push('\n');
    }
    if findings.len() > FINDINGS {
        out.push_str(&format!("- {}\n", plural(findings.len() - FINDINGS, "more finding", "more findings")));
    }
    out.push('\n');
}
