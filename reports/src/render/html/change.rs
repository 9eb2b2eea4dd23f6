//! What a change does, above the overview.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use crate::render::change::{GROUPS, counts, name, objects, problems, request, requests, title, verdicts};
use crate::render::index::Findings;
use crate::render::words::number;
use crate::report::{Change, Finding, Report, SubjectChange};

/// Subjects per group; the JSON report has all.
const SUBJECTS: usize = 200;

#[derive(Serialize)]
struct Group {
    word: &'static str,
    heading: &'static str,
    count: String,
    subjects: Vec<Row>,
    more: usize,
}

#[derive(Serialize)]
struct Row {
    name: String,
    verdicts: String,
    headline: String,
    problems: Vec<(&'static str, String)>,
    causes: Vec<Cause>,
}

#[derive(Serialize)]
struct Cause {
    message: String,
    code: String,
    place: String,
    cause: String,
}

fn cause(finding: &Finding) -> Cause {
    Cause {
        message: finding.message.clone(),
        code: finding.code.clone(),
        place: finding.location.as_ref().map_or_else(String::new, ToString::to_string),
        cause: finding.cause.clone(),
    }
}

/// The section's data.
pub(super) fn section(report: &Report, change: &Change) -> Value {
    let findings = Findings::of(report);
    let row = |subject: &&SubjectChange| Row {
        name: name(subject),
        verdicts: verdicts(subject),
        headline: subject.headline.clone(),
        problems: problems(subject),
        causes: findings.all(&subject.causes).into_iter().map(cause).collect(),
    };
    let groups: Vec<Group> = GROUPS
        .into_iter()
        .map(|(became, heading)| {
            let all: Vec<&SubjectChange> = change.subjects.iter().filter(|s| s.became == became).collect();
            Group {
                word: became.word(),
                heading,
                count: number(all.len()),
                more: all.len().saturating_sub(SUBJECTS),
                subjects: all.iter().take(SUBJECTS).map(row).collect(),
            }
        })
        .filter(|group| !group.subjects.is_empty())
        .collect();
    let named: std::collections::BTreeSet<&String> = change.subjects.iter().flat_map(|s| &s.causes).collect();
    let loose: Vec<String> = change.findings.iter().filter(|id| !named.contains(id)).cloned().collect();
    let loose: Vec<Cause> = findings.all(&loose).into_iter().map(cause).collect();
    let asked: Vec<(String, String)> = change.requests.iter().take(SUBJECTS).map(request).collect();
    context! {
        requests_title => requests(change),
        requests => Serde(&asked),
        requests_more => (change.requests.len() + change.requests_left_out).saturating_sub(SUBJECTS),
        title => title(change),
        counts => counts(change),
        objects => objects(change),
        groups => Serde(groups),
        loose => Serde(loose),
    }
}
