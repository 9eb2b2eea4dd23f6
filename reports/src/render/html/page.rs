//! The page around the subjects: verdict on the whole, cards, filters; coverage, inputs, legend.

use std::collections::BTreeSet;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::blame::{Blame, CauseLink, is_shown};
use super::kinds::some;
use super::places::Places;
use super::plan::Plan;
use super::{diagram, map, matrix, security};
use crate::render::assumptions::{Assumed, Assumptions, STRICT, TITLE};
use crate::render::neutral::neutral_command;
use crate::render::words::{self, count, label, meaning_in, number, remarkable};
use crate::render::{coverage, measured};
use crate::report::{CoverageState, Report, Verdict};

/// A verdict: how many have it, what it means, and its share of the bar.
#[derive(Serialize)]
struct Card {
    verdict: &'static str,
    label: &'static str,
    count: String,
    none: bool,
    meaning: &'static str,
    /// In percent, from the left.
    from: String,
    share: String,
}

/// Choices of the filter bar, sorted.
#[derive(Serialize, Default)]
struct Choices<'a> {
    namespaces: BTreeSet<&'a str>,
    kinds: BTreeSet<&'a str>,
    clusters: BTreeSet<&'a str>,
    hosts: BTreeSet<&'a str>,
}

/// Hosts and causes that the filter offers; others can be written.
const OFFERED: usize = 300;

fn cards(report: &Report) -> Vec<Card> {
    let total = report.subjects.len().max(1);
    let share = |n: usize| hundredths(n * 10_000 / total);
    let mut before = 0;
    let card = |&verdict: &Verdict| {
        let n = count(&report.summary, verdict);
        let from = before;
        before += n;
        Card {
            verdict: verdict.word(),
            label: label(verdict),
            count: number(n),
            none: n == 0,
            meaning: meaning_in(report, verdict),
            from: share(from),
            share: share(n),
        }
    };
    Verdict::ALL.iter().map(card).collect()
}

/// `12.5` of 1250.
fn hundredths(n: usize) -> String {
    format!("{}.{:02}", n / 100, n % 100)
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

/// Everything up to the causes.
pub(super) fn open(report: &Report, plan: &Plan, assumptions: &Assumptions<'_>) -> Value {
    let gaps = coverage::gaps(&report.snapshot.coverage);
    let overall = words::overall(report);
    // What was not read matters where something was not judged, or rests on it.
    let matters = report.summary.unknown > 0 || !assumptions.is_silent();
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
        causes => report.causes.len(),
        gaps => if matters { gaps.len() } else { 0 },
        assumed => Serde(assumed(assumptions)),
        // What a cause tells is not told twice.
        assumed_above => report.causes.iter().all(|cause| cause.assumptions.is_empty()),
        problems => report.snapshot.problems.len(),
        measured => !report.snapshot.observations.is_empty(),
        left_out => (plan.left_out > 0).then(|| number(plan.left_out)),
    }
}

/// The filter, the map, and the head of the overview.
pub(super) fn browse(report: &Report, blame: &Blame<'_>, plan: &Plan) -> Value {
    let mut choices = Choices::default();
    for subject in &report.subjects {
        choices.namespaces.insert(&subject.namespace);
        choices.kinds.insert(&subject.kind);
        choices.clusters.extend(subject.cluster.as_deref());
        if choices.hosts.len() < OFFERED {
            choices.hosts.extend(subject.paths.iter().filter_map(|path| path.host.as_deref()).take(OFFERED));
        }
    }
    let offered: Vec<CauseLink<'_>> = (0..report.causes.len())
        .take_while(|&n| is_shown(n))
        .filter_map(|n| Some(CauseLink::to(n, blame.cause(n)?)))
        .collect();
    context! {
        cards => Serde(cards(report)),
        causes => Serde(offered),
        choices => Serde(choices),
        total => number(report.subjects.len()),
        map => map::map(report, blame, plan).map(Serde),
        map_legend => Serde(map::legend()),
    }
}

/// The head of the sections that are folded with a cause.
pub(super) fn fold(blame: &Blame<'_>, cause: usize, count: usize) -> Option<Value> {
    let link = CauseLink::to(cause, blame.cause(cause)?);
    (count > 0).then(|| context! { cause => Serde(link), count => some(count, "more object") })
}

/// Between the overview and the sections.
pub(super) fn between(report: &Report, plan: &Plan, off_paper: usize) -> Value {
    let sections = (0..report.subjects.len()).filter(|&i| plan.id(i).is_some()).count();
    let unremarkable = report.subjects.iter().filter(|subject| !remarkable(subject.verdict)).count();
    context! {
        off_paper => (off_paper > 0).then(|| words::plural(off_paper, "row is", "rows are")),
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
    reason: String,
}

#[derive(Serialize)]
struct InputRow<'a> {
    path: &'a str,
    /// How places in it are written on this page.
    written: Option<String>,
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

fn accepted<'a>(report: &'a Report, places: &Places) -> Vec<AcceptedRow<'a>> {
    let accepted = report.findings.iter().filter_map(|finding| Some((finding, finding.suppressed.as_ref()?)));
    accepted
        .take(ACCEPTED)
        .map(|(finding, by)| AcceptedRow {
            code: &finding.code,
            object: finding.object.to_string(),
            place: finding.location.as_ref().map_or_else(String::new, |at| places.short(&at.to_string())),
            message: &finding.message,
            reason: &by.reason,
            by: &by.place,
            until: by.expires.as_deref(),
        })
        .collect()
}

/// Assumptions, accepted findings if asked for, coverage, inventory, problems, legend, script.
pub(super) fn close(report: &Report, assumptions: &Assumptions<'_>, places: &Places, list_accepted: bool) -> Value {
    let suppressed = report.findings.iter().filter(|finding| finding.suppressed.is_some()).count();
    let snapshot = &report.snapshot;
    let groups = coverage::groups(&snapshot.coverage);
    // A kind that the cluster does not have is no gap, and nobody looks for it here.
    let (absent, groups): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|group| group.state == CoverageState::NotServed);
    let absent: BTreeSet<&str> = absent.iter().map(|group| group.kind).collect();
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
            reason: places.short(group.reason),
        })
        .collect();
    let inputs: Vec<InputRow<'_>> = snapshot
        .inputs
        .iter()
        .map(|input| InputRow {
            path: &input.path,
            written: places.written(&input.path),
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
        accepted => list_accepted.then(|| Serde(accepted(report, places))),
        accepted_more => suppressed.saturating_sub(ACCEPTED),
        assumed => Serde(assumed(assumptions)),
        assumed_title => TITLE,
        strict => STRICT,
        files => Serde(files),
        board => Serde(board(report)),
        matrix => Serde(matrix::matrix(&snapshot.coverage)),
        coverage => Serde(rows),
        absent => (!absent.is_empty()).then(|| some(absent.len(), "further kind")),
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
