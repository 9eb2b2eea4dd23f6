//! Everything around the subjects: the verdict on the whole, what was read, what was not.

use super::budget::take;
use super::escape::{code, code_cell, fence, prose};
use crate::render::assumptions::{Assumptions, OTHERS, STRICT, TITLE, rests};
use crate::render::audience::{self, Audience};
use crate::render::coverage;
use crate::render::measured::{board, file_line};
use crate::render::words::{self, count, number, plural};
use crate::report::{Report, Verdict};

const SCOPE: usize = 5;

/// Title, the sentence about the whole, and the counts.
pub(super) fn head(report: &Report) -> String {
    let overall = words::overall(report);
    let mut out = format!("## Traffic report\n\n**{}** {}\n\n|", prose(&overall.lead), prose(&overall.rest));
    for &verdict in Verdict::ALL {
        out.push_str(&format!(" {} |", words::label(verdict)));
    }
    out.push_str("\n|---:|---:|---:|---:|---:|\n|");
    for &verdict in Verdict::ALL {
        out.push_str(&format!(" {} |", number(count(&report.summary, verdict))));
    }
    out.push_str("\n\n");
    out
}

/// What was read, one line per input.
pub(super) fn inputs(report: &Report, limit: usize) -> String {
    let tool = prose(&format!("{} {}", report.tool.name, report.tool.version));
    let mut out = match &report.snapshot.taken_at {
        Some(time) => format!("Judged by {tool}; the snapshot shows the cluster as of {}.\n\n", prose(time)),
        None => format!("Judged by {tool}; the input does not say when it was taken.\n\n"),
    };
    let lines = report
        .snapshot
        .inputs
        .iter()
        .map(|input| format!("- {}: {}\n", code(&input.path), prose(&words::input_line(input))));
    finish(&mut out, lines, report.snapshot.inputs.len(), limit, "input", "inputs");
    out
}

/// What was not read and could only be in the way, with the line that reads it.
pub(super) fn assumptions(assumptions: &Assumptions<'_>, limit: usize) -> String {
    if assumptions.is_silent() {
        return String::new();
    }
    let mut out = format!("**{TITLE}** ({STRICT}):\n\n");
    let lines = assumptions.shown().map(|(_, one)| {
        let (scope, weight) = (prose(&one.scope()), prose(&one.weight()));
        let mut line = format!("- **{}**{scope}; {weight}.", prose(one.text()));
        if !one.reason().is_empty() {
            line.push_str(&format!(" Why: {}.", prose(one.reason().trim_end_matches('.'))));
        }
        let commands: Vec<String> = one.commands().into_iter().map(code).collect();
        if !commands.is_empty() {
            line.push_str(&format!(" Read it: {}", commands.join(", ")));
        }
        if let Some(option) = one.declaration() {
            line.push_str(&format!("; if there are none: {}", code(&option)));
        }
        line.push('\n');
        line
    });
    finish(&mut out, lines, assumptions.shown().count(), limit, "assumption", "assumptions");
    out
}

/// What else was not read, or not all of it; what was read and not judged.
pub(super) fn gaps(report: &Report, assumptions: &Assumptions<'_>, limit: usize) -> String {
    let mut out = String::new();
    let gaps = coverage::other_gaps(&report.snapshot.coverage, assumptions);
    if !gaps.is_empty() {
        out.push_str(&format!("{OTHERS}:\n\n"));
        let lines = gaps.iter().map(|gap| {
            let why = if gap.reason.is_empty() { String::new() } else { format!(" — {}", prose(gap.reason)) };
            let scope = prose(&gap.scope(SCOPE));
            format!("- {} {} in {scope}{why}\n", code(gap.kind), gap.state_words())
        });
        finish(&mut out, lines, gaps.len(), limit / 2, "gap", "gaps");
    }
    let kinds = &report.snapshot.not_evaluated;
    if !kinds.is_empty() {
        out.push_str("Read, but not evaluated:\n\n");
        let lines = kinds.iter().map(|kind| {
            let count = number(kind.objects);
            format!("- {} ({count}): {}\n", code(&kind.kind), prose(&kind.meaning))
        });
        finish(&mut out, lines, kinds.len(), limit / 2, "kind", "kinds");
    }
    out
}

/// Names of the subjects without a finding.
pub(super) fn quiet(report: &Report, limit: usize) -> String {
    let subjects: Vec<_> = report.subjects.iter().filter(|s| !words::remarkable(s.verdict)).collect();
    if subjects.is_empty() {
        return String::new();
    }
    let summary = &report.summary;
    let mut out = format!(
        "<details><summary>Nothing wrong found{}: {} not tested, {} verified by real traffic</summary>\n\n",
        if subjects.iter().any(|subject| rests(subject)) { " in what was read" } else { "" },
        number(summary.config_ok),
        number(summary.healthy)
    );
    let lines = subjects.iter().map(|subject| {
        let word = match subject.verdict {
            Verdict::Healthy => "verified",
            _ if words::partly_tested(subject) => "no fault found, tested in part",
            _ => "no fault found, not tested",
        };
        format!("- {} ({word})\n", code(&words::subject_name(subject)))
    });
    finish(&mut out, lines, subjects.len(), limit, "subject", "subjects");
    out.push_str("</details>\n\n");
    out
}

/// What was accepted beforehand, and what does nothing; with `list` every accepted finding.
pub(super) fn suppressed(report: &Report, limit: usize, list: bool) -> String {
    let Some(gate) = report.gate.as_ref().filter(|g| g.suppressed > 0 || !g.suppressions.is_empty()) else {
        return String::new();
    };
    let mut out = format!(
        "<details><summary>{} suppressed, {} excused from the gate</summary>\n\n",
        plural(gate.suppressed, "finding is", "findings are"),
        plural(gate.excused, "subject is", "subjects are")
    );
    let lines = gate.suppressions.iter().map(|given| {
        let until = given.expires.as_ref().map_or_else(String::new, |date| format!(", until {}", prose(date)));
        format!(
            "- {} ({} findings): {} of {}{until} — {} ({})\n",
            given.state,
            number(given.findings),
            code(&given.code),
            code(&given.object),
            prose(&given.reason),
            prose(&given.place)
        )
    });
    finish(&mut out, lines, gate.suppressions.len(), limit, "suppression", "suppressions");
    out.push_str("</details>\n\n");
    if list {
        out.push_str(&accepted(report, limit));
    }
    out
}

/// Every accepted finding, with its place and why.
fn accepted(report: &Report, limit: usize) -> String {
    let accepted: Vec<_> =
        report.findings.iter().filter_map(|finding| Some((finding, finding.suppressed.as_ref()?))).collect();
    if accepted.is_empty() {
        return String::new();
    }
    let mut out = String::from("### Accepted findings\n\n");
    let lines = accepted.iter().map(|(finding, by)| {
        let at = finding.location.as_ref().map_or_else(String::new, |at| format!(" at {}", code(&at.to_string())));
        let until = by.expires.as_ref().map_or_else(String::new, |date| format!(", until {}", prose(date)));
        format!(
            "- {} {}{at}: {} — {} ({}{until})\n",
            code(&finding.code),
            code(&finding.object.to_string()),
            prose(&finding.message),
            prose(&by.reason),
            prose(&by.place)
        )
    });
    finish(&mut out, lines, accepted.len(), limit, "accepted finding", "accepted findings");
    out
}

/// The coverage as a table.
pub(super) fn coverage(report: &Report, limit: usize) -> String {
    let groups = coverage::groups(&report.snapshot.coverage);
    if groups.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<details><summary>What was read of each kind</summary>\n\n| Kind | State | Where | Objects | Shown by |\n|---|---|---|---:|---|\n",
    );
    let rows = groups.iter().map(|group| {
        let looked = match group.state {
            crate::report::CoverageState::Complete | crate::report::CoverageState::Partial => number(group.objects),
            _ => "-".to_owned(),
        };
        format!(
            "| {} | {} | {} | {looked} | {} |\n",
            code_cell(group.kind),
            group.state_words(),
            prose(&group.scope(SCOPE)),
            prose(group.reason)
        )
    });
    finish(&mut out, rows, groups.len(), limit, "row", "rows");
    out.push_str("A dash means nobody looked; 0 means looked, and there are none.\n\n</details>\n\n");
    out
}

/// Ways × vantages, and the files it comes from.
pub(super) fn measured(report: &Report, limit: usize) -> String {
    let files = &report.snapshot.observations;
    if files.is_empty() {
        return String::new();
    }
    let mut out = String::from("<details><summary>What was measured</summary>\n\n");
    let lines = files.iter().map(|file| format!("- {}: {}\n", code(&file.path), prose(&file_line(file))));
    finish(&mut out, lines, files.len(), limit / 3, "file", "files");
    let board = board(report);
    if !board.lines.is_empty() {
        out.push_str("| Path |");
        for (vantage, source) in &board.columns {
            out.push_str(&format!(" {}, {} |", prose(vantage), prose(source)));
        }
        out.push_str("\n|---|");
        out.push_str(&"---|".repeat(board.columns.len()));
        out.push('\n');
        let rows = board.lines.iter().map(|line| {
            let cells: String = line
                .cells
                .iter()
                .map(|cell| match cell {
                    Some(cell) => format!(" {} {} |", cell.sign(), cell.words()),
                    None => " |".to_owned(),
                })
                .collect();
            let way = format!("{} — {}", line.subject, words::path_summary(line.path));
            format!("| {} |{cells}\n", prose(&way))
        });
        finish(&mut out, rows, board.lines.len(), limit, "path", "paths");
    }
    if board.untouched > 0 {
        let ways = plural(board.untouched, "further path was", "further paths were");
        out.push_str(&format!("{ways} not measured at all.\n\n"));
    }
    out.push_str("</details>\n\n");
    out
}

/// What could not be read.
pub(super) fn problems(report: &Report, limit: usize) -> String {
    let problems = &report.snapshot.problems;
    if problems.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "<details><summary>{} with the input (the rest was read)</summary>\n\n",
        plural(problems.len(), "problem", "problems")
    );
    let lines = problems.iter().map(|problem| {
        let mut place = problem.path.clone();
        for position in [problem.line, problem.column].into_iter().flatten() {
            place.push_str(&format!(":{position}"));
        }
        format!("- {}: {}\n", code(&place), prose(&problem.message))
    });
    finish(&mut out, lines, problems.len(), limit, "problem", "problems");
    out.push_str("</details>\n\n");
    out
}

/// What to ask for, in one message: a block, which the reader copies with one click.
pub(super) fn asks(report: &Report, audience: Audience, limit: usize) -> String {
    let (commands, left) = audience::asks(report);
    if audience == Audience::Operator || commands.is_empty() {
        return String::new();
    }
    let mut lines = vec![audience::PLEASE.to_owned(), String::new()];
    let mut used = 0;
    for command in &commands {
        used += command.len();
        if used > limit {
            break;
        }
        lines.push((*command).to_owned());
    }
    let left = left + (commands.len() + 2 - lines.len());
    let mut out = format!("### {}\n\n{}\n", audience::TITLE, fence("text", &lines));
    if let Some(told) = audience::more(left) {
        out.push_str(&format!("_{}_\n\n", prose(&told)));
    }
    out
}

/// What the words mean.
pub(super) fn legend(report: &Report) -> String {
    let mut out = String::from("<details><summary>What the words mean</summary>\n\n");
    for &verdict in Verdict::ALL {
        out.push_str(&format!("- **{}**: {}\n", words::with_word(verdict), words::meaning_in(report, verdict)));
    }
    out.push_str(&format!("\n</details>\n\n_{} {}_\n", prose(&report.tool.name), prose(&report.tool.version)));
    out
}

/// As many whole lines as fit, then how many were left out, then an empty line.
fn finish(out: &mut String, lines: impl Iterator<Item = String>, total: usize, limit: usize, one: &str, many: &str) {
    let (text, taken) = take(lines, limit);
    out.push_str(&text);
    out.push('\n');
    let left = total - taken;
    if left > 0 {
        out.push_str(&format!("_{} more {} not shown._\n\n", number(left), if left == 1 { one } else { many }));
    }
}
