//! GitLab Code Quality: the JSON array that `artifacts:reports:codequality` takes.
//!
//! Source: the report format of <https://docs.gitlab.com/ci/testing/code_quality/>.

use std::io::Write;

use serde::Serialize;

use super::gate::{Level, Shown, brought, details, place, sentence, shown};
use super::neutral::neutral;
use super::streamed::Streamed;
use super::{RenderError, RenderOptions};
use crate::report::{Problem, Report};

#[derive(Serialize)]
struct Issue {
    #[serde(rename = "type")]
    kind: &'static str,
    description: String,
    check_name: String,
    /// GitLab drops issues whose fingerprint it has seen: unique, and without the line.
    fingerprint: String,
    severity: &'static str,
    location: Location,
    content: Content,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

#[derive(Serialize)]
struct Content {
    body: String,
}

/// One issue per finding, worst first.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    let (all, _) = brought(report, shown(report), options);
    let unread = report.gate.iter().flat_map(|gate| &gate.unread).map(|problem| of_unread(problem, options));
    let issues = unread.chain(all.iter().filter_map(|shown| issue(report, shown, options)));
    serde_json::to_writer_pretty(&mut *out, &Streamed::new(issues))?;
    out.write_all(b"\n")?;
    Ok(())
}

/// An object of a manifest that could not be read.
fn of_unread(problem: &Problem, options: &RenderOptions) -> Issue {
    let path = neutral(&options.root.path(&problem.path)).into_owned();
    let message = neutral(&problem.message).into_owned();
    Issue {
        kind: "issue",
        description: message.clone(),
        check_name: "unread".to_owned(),
        fingerprint: format!("unread {path} {message}"),
        severity: "critical",
        location: Location { path, lines: Lines { begin: problem.line.unwrap_or(1).max(1) } },
        content: Content { body: "What was not read did not pass; --allow-unreadable lets it pass.".to_owned() },
    }
}

fn issue(report: &Report, shown: &Shown<'_>, options: &RenderOptions) -> Option<Issue> {
    let (path, line) = place(report, shown.finding, options)?;
    let fingerprint = match shown.finding.fingerprint.as_str() {
        "" => shown.finding.id.clone(),
        fingerprint => fingerprint.to_owned(),
    };
    Some(Issue {
        kind: "issue",
        description: neutral(&sentence(shown)).into_owned(),
        check_name: shown.finding.code.clone(),
        fingerprint,
        severity: match shown.level {
            Level::Error => "critical",
            Level::Warning => "major",
            Level::Notice => "info",
        },
        location: Location { path: neutral(&path).into_owned(), lines: Lines { begin: line.max(1) } },
        content: Content {
            body: details(shown.finding).iter().map(|part| neutral(part)).collect::<Vec<_>>().join("\n\n"),
        },
    })
}
