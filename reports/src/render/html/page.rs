//! The page around the subjects: verdict on the whole, cards, filters; coverage, inputs, legend.

use std::collections::BTreeSet;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::plan::Plan;
use super::{diagram, matrix, security};
use crate::render::assumptions::{Assumed, Assumptions, STRICT, TITLE};
use crate::render::neutral::neutral_command;
use crate::render::words::{self, count, label, meaning_in, number, remarkable};
use crate::render::{coverage, measured};
use crate::report::{CoverageState, Report, Verdict};

#[derive(Serialize)]
struct Card {
    verdict: &'static str,
    label: &'static str,
    count: String,
    none: bool,
    meaning: &'static str,
}

/// Choices of the filter bar, sorted.
#[derive(Serialize, Default)]
struct Choices<'a> {
    namespaces: BTreeSet<&'a str>,
    kinds: BTreeSet<&'a str>,
    clusters: BTreeSet<&'a str>,
}

fn cards(report: &Report) -> Vec<Card> {
    Verdict::ALL
        .iter()
        .map(|&verdict| Card {
            verdict: verdict.word(),
            label: label(verdict),
            count: number(count(&report.summary, verdict)),
            none: count(&report.summary, verdict) == 0,
            meaning: meaning_in(report, verdict),
        })
        .collect()
}

#[derive(Serialize)]
struct AssumedRow<'a> {
    id: String,
    text: &'a str,
    scope: String,
    weight: String,
    reason: &'a str,
    commands: Vec<String>,
    declaration: Option<String>,
}

/// The anchor of the assumption with this number.
pub(super) fn anchor(number: usize) -> String {
    format!("assumption.{}", number + 1)
}

fn assumed<'a>(assumptions: &'a Assumptions<'a>) -> Vec<AssumedRow<'a>> {
    let row = |(number, one): (usize, &'a Assumed<'a>)| AssumedRow {
        id: anchor(number),
        text: one.text(),
        scope: one.scope(),
        weight: one.weight(),
        reason: one.reason(),
        commands: one.commands().into_iter().map(|command| neutral_command(command).into_owned()).collect(),
        declaration: one.declaration(),
    };
    assumptions.shown().map(row).collect()
}

/// Everything up to the rows of the overview.
pub(super) fn open(report: &Report, plan: &Plan, assumptions: &Assumptions<'_>) -> Value {
    let mut choices = Choices::default();
    for subject in &report.subjects {
        choices.namespaces.insert(&subject.namespace);
        choices.kinds.insert(&subject.kind);
        choices.clusters.extend(subject.cluster.as_deref());
    }
    let gaps = coverage::gaps(&report.snapshot.coverage);
    let overall = words::overall(report);
    context! {
        csp => Value::from_safe_string(security::policy()),
        style => Value::from_safe_string(security::STYLE.to_owned()),
        tool => Serde(&report.tool),
        change => report.change.as_ref().map(|change| super::change::section(report, change)),
        lead => overall.lead,
        rest => overall.rest,
        taken_at => &report.snapshot.taken_at,
        inputs => report.snapshot.inputs.len(),
        cards => Serde(cards(report)),
        choices => Serde(choices),
        total => number(report.subjects.len()),
        gaps => gaps.len(),
        assumed => Serde(assumed(assumptions)),
        assumed_title => TITLE,
        strict => STRICT,
        measured => !report.snapshot.observations.is_empty(),
        left_out => (plan.left_out > 0).then(|| number(plan.left_out)),
    }
}

/// Between the overview and the sections.
pub(super) fn between(report: &Report, plan: &Plan) -> Value {
    let sections = (0..report.subjects.len()).filter(|&i| plan.id(i).is_some()).count();
    let unremarkable = report.subjects.iter().filter(|subject| !remarkable(subject.verdict)).count();
    context! {
        sections => number(sections),
        any => sections > 0,
        all => sections == report.subjects.len(),
        plain => number(unremarkable),
        left_out => (plan.left_out > 0).then(|| number(plan.left_out)),
        steps => Serde(diagram::legend()),
    }
}

#[derive(Serialize)]
struct Row<'a> {
    kind: &'a str,
    state: &'static str,
    words: &'static str,
    scope: String,
    objects: String,
    reason: &'a str,
}

#[derive(Serialize)]
struct InputRow<'a> {
    path: &'a str,
    layout: &'a str,
    taken_at: Option<&'a str>,
    objects: String,
    skipped: String,
    cluster: Option<&'a str>,
    facts: &'a [String],
}

#[derive(Serialize)]
struct FileRow<'a> {
    path: &'a str,
    told: String,
}

/// Ways drawn in the matrix of measurements; the rest is counted.
const WAYS: usize = 2_000;

#[derive(Serialize)]
struct BoardView<'a> {
    columns: Vec<(&'a str, &'a str)>,
    lines: Vec<LineView<'a>>,
    signs: [(&'static str, &'static str); 6],
    more: usize,
    untouched: usize,
}

#[derive(Serialize)]
struct LineView<'a> {
    subject: String,
    way: String,
    cells: Vec<Option<SeenView<'a>>>,
}

#[derive(Serialize)]
struct SeenView<'a> {
    style: &'static str,
    sign: String,
    words: String,
    told: &'a str,
}

fn board(report: &Report) -> BoardView<'_> {
    let board = measured::board(report);
    let more = board.lines.len().saturating_sub(WAYS);
    let lines = board.lines.into_iter().take(WAYS).map(|line| LineView {
        way: words::path_summary(line.path),
        subject: line.subject,
        cells: line
            .cells
            .into_iter()
            .map(|cell| {
                cell.map(|cell| SeenView {
                    style: cell.style(),
                    sign: cell.sign(),
                    words: cell.words(),
                    told: cell.told,
                })
            })
            .collect(),
    });
    BoardView {
        columns: board.columns,
        lines: lines.collect(),
        signs: measured::SIGNS,
        more,
        untouched: board.untouched,
    }
}

/// Groups of the plain coverage table; the rest is counted.
const GROUPS: usize = 600;
const PROBLEMS: usize = 1_000;
const NAMESPACES: usize = 12;

/// Accepted findings that are listed; the rest is counted.
const ACCEPTED: usize = 2_000;

#[derive(Serialize)]
struct AcceptedRow<'a> {
    code: &'a str,
    object: String,
    place: String,
    message: &'a str,
    reason: &'a str,
    by: &'a str,
    until: Option<&'a str>,
}

fn accepted(report: &Report) -> Vec<AcceptedRow<'_>> {
    let accepted = report.findings.iter().filter_map(|finding| Some((finding, finding.suppressed.as_ref()?)));
    accepted
        .take(ACCEPTED)
        .map(|(finding, by)| AcceptedRow {
            code: &finding.code,
            object: finding.object.to_string(),
            place: finding.location.as_ref().map_or_else(String::new, ToString::to_string),
            message: &finding.message,
            reason: &by.reason,
            by: &by.place,
            until: by.expires.as_deref(),
        })
        .collect()
}

/// Accepted findings if asked for, coverage, inventory, problems, legend, script.
pub(super) fn close(report: &Report, list_accepted: bool) -> Value {
    let suppressed = report.findings.iter().filter(|finding| finding.suppressed.is_some()).count();
    let snapshot = &report.snapshot;
    let groups = coverage::groups(&snapshot.coverage);
    let rows: Vec<Row<'_>> = groups
        .iter()
        .take(GROUPS)
        .map(|group| Row {
            kind: group.kind,
            state: group.state.word(),
            words: group.state_words(),
            scope: group.scope(NAMESPACES),
            objects: match group.state {
                CoverageState::Complete | CoverageState::Partial => number(group.objects),
                _ => "–".to_owned(),
            },
            reason: group.reason,
        })
        .collect();
    let inputs: Vec<InputRow<'_>> = snapshot
        .inputs
        .iter()
        .map(|input| InputRow {
            path: &input.path,
            layout: &input.layout,
            taken_at: input.taken_at.as_deref(),
            objects: number(input.objects),
            skipped: number(input.skipped),
            cluster: input.cluster.as_deref(),
            facts: &input.facts,
        })
        .collect();
    let problems: Vec<_> = snapshot.problems.iter().take(PROBLEMS).collect();
    let files: Vec<FileRow<'_>> = snapshot
        .observations
        .iter()
        .take(PROBLEMS)
        .map(|file| FileRow { path: &file.path, told: measured::file_line(file) })
        .collect();
    context! {
        accepted => list_accepted.then(|| Serde(accepted(report))),
        accepted_more => suppressed.saturating_sub(ACCEPTED),
        files => Serde(files),
        board => Serde(board(report)),
        matrix => Serde(matrix::matrix(&snapshot.coverage)),
        coverage => Serde(rows),
        coverage_more => groups.len().saturating_sub(GROUPS),
        inputs => Serde(inputs),
        several_clusters => snapshot.inputs.iter().any(|input| input.cluster.is_some()),
        not_evaluated => Serde(&snapshot.not_evaluated),
        problems => Serde(problems),
        problems_more => snapshot.problems.len().saturating_sub(PROBLEMS),
        cards => Serde(cards(report)),
        tool => Serde(&report.tool),
        schema => &report.schema,
        script => Value::from_safe_string(security::SCRIPT.to_owned()),
    }
}
