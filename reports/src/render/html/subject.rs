//! One subject: its row in the overview and its section.

use std::collections::HashMap;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::diagram::{self, Diagram};
use super::fix::{self, FixView};
use super::page::anchor;
use super::plan::PATHS;
use crate::render::assumptions::{Assumed, Assumptions, settled_by_reading};
use crate::render::index::Findings;
use crate::render::neutral::neutral_command;
use crate::render::words::{self, number, plural};
use crate::report::{
    Finding, NotMeasured, Outcome, Path, PathState, Segment, Subject, UncheckedItem, UnknownClass, Verdict,
};

#[derive(Serialize)]
struct Row<'a> {
    index: usize,
    verdict: Verdict,
    label: &'static str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    cluster: Option<&'a str>,
    headline: &'a str,
    ways: String,
    id: Option<&'a str>,
    /// The first row of its verdict is where the card leads without a script.
    first: bool,
}

/// Where a finding of a section stands in the page.
pub(super) struct Anchor<'a> {
    pub(super) href: String,
    pub(super) code: &'a str,
}

/// Anchors by finding id.
pub(super) type Anchors<'a> = HashMap<&'a str, Anchor<'a>>;

/// A row of the overview.
pub(super) fn row(index: usize, subject: &Subject, id: Option<&str>, first: bool) -> Value {
    Value::from(Serde(Row {
        index,
        verdict: subject.verdict,
        label: words::label(subject.verdict),
        kind: &subject.kind,
        namespace: &subject.namespace,
        name: &subject.name,
        cluster: subject.cluster.as_deref(),
        headline: &subject.headline,
        ways: ways(subject),
        id,
        first,
    }))
}

/// `1 of 3 open: shop.example /cart → Service shop/cart port 80, …`
fn ways(subject: &Subject) -> String {
    let Some(first) = subject.paths.iter().min_by_key(|path| (path.dormant, path.config)) else {
        return "no path".to_owned();
    };
    let summary = words::path_summary(first);
    match subject.paths.len() {
        1 => summary,
        n => format!("{summary} and {}", plural(n - 1, "more path", "more paths")),
    }
}

#[derive(Serialize)]
struct Section<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    reason: Option<&'a str>,
    config: &'static str,
    traffic: &'static str,
    unknown_class: Option<&'static str>,
    broken_at: Option<BrokenAt>,
    action: Option<&'a str>,
    command: Option<String>,
    diagram: Option<Diagram>,
    paths: Vec<PathView<'a>>,
    path_count: String,
    more_paths: Option<String>,
    findings: Vec<FindingView<'a>>,
    entry_problems: Vec<FindingView<'a>>,
    assumed: Vec<Unread<'a>>,
    not_checked: Vec<&'a UncheckedItem>,
    not_proved: &'a [UncheckedItem],
    test_action: Option<&'a str>,
    test_command: Option<String>,
}

#[derive(Serialize)]
struct BrokenAt {
    segment: &'static str,
    object: String,
    href: Option<String>,
}

#[derive(Serialize)]
struct PathView<'a> {
    summary: String,
    entry: String,
    state: &'static str,
    dormant: bool,
    outcome: String,
    dormant_reason: Option<&'a str>,
    /// Not simply open: unfolded from the start.
    open: bool,
    segments: Vec<SegmentView<'a>>,
    vantages: Vec<VantageView<'a>>,
    gaps: &'a [NotMeasured],
    about: Vec<Link>,
}

#[derive(Serialize)]
struct SegmentView<'a> {
    name: &'static str,
    state: &'static str,
    object: Option<String>,
    evidence: &'a str,
    measured: Option<&'static str>,
    assumed: Vec<Unread<'a>>,
    findings: Vec<Link>,
}

/// What was not read and may be in the way; linked where the page tells more of it.
#[derive(Serialize)]
struct Unread<'a> {
    href: String,
    text: &'a str,
}

#[derive(Serialize)]
struct Link {
    href: String,
    text: String,
}

#[derive(Serialize)]
struct VantageView<'a> {
    vantage: &'a str,
    via: &'a str,
    source: &'a str,
    outcome: String,
    evidence: &'a str,
    failed_layer: Option<&'a str>,
    failed_segment: Option<&'static str>,
}

#[derive(Serialize)]
struct FindingView<'a> {
    id: String,
    code: &'a str,
    effect: &'static str,
    object: String,
    message: &'a str,
    cause: &'a str,
    action: &'a str,
    command: String,
    basis: &'a str,
    location: Option<String>,
    related: Vec<String>,
    fix: Option<FixView<'a>>,
}

/// The section of a subject.
pub(super) fn section(
    index: usize,
    subject: &Subject,
    id: &str,
    findings: &Findings<'_>,
    assumptions: &Assumptions<'_>,
) -> Value {
    let all = findings.of_subject(subject);
    let anchors: Anchors<'_> = all
        .iter()
        .enumerate()
        .map(|(n, finding)| {
            let href = format!("{id}.f{}", n + 1);
            (finding.id.as_str(), Anchor { href, code: &finding.code })
        })
        .collect();
    let in_front =
        |finding: &&Finding| subject.entry_problems.contains(&finding.id) && !subject.findings.contains(&finding.id);
    let views = |wanted: bool| -> Vec<FindingView<'_>> {
        all.iter().filter(|f| in_front(f) == wanted).map(|f| finding_view(f, &anchors)).collect()
    };
    let next = subject.next.as_ref().filter(|_| !settled_by_reading(subject));
    let mut ordered: Vec<&Path> = subject.paths.iter().collect();
    ordered.sort_by_key(|path| (path.dormant, path.config));
    Value::from(Serde(Section {
        row: Row {
            index,
            verdict: subject.verdict,
            label: words::label(subject.verdict),
            kind: &subject.kind,
            namespace: &subject.namespace,
            name: &subject.name,
            cluster: subject.cluster.as_deref(),
            headline: &subject.headline,
            ways: String::new(),
            id: Some(id),
            first: false,
        },
        reason: Some(subject.reason.as_str()).filter(|r| !r.is_empty() && *r != subject.headline),
        config: match subject.config.word() {
            "config-ok" => "an open way on every path (config-ok)",
            word => word,
        },
        traffic: words::traffic(subject.traffic),
        unknown_class: subject.unknown_class.map(|class| match class {
            UnknownClass::Investigate => "something was not read, or could not be: worth a look",
            UnknownClass::ByDesign => "the configuration leaves it open on purpose",
        }),
        broken_at: subject.broken_at.as_ref().map(|at| BrokenAt {
            segment: at.segment.word(),
            object: words::entry_name(&at.object.to_string()),
            href: all
                .iter()
                .find(|f| f.object == at.object && f.segment == at.segment)
                .or_else(|| all.iter().find(|f| f.segment == at.segment))
                .and_then(|f| anchors.get(f.id.as_str()))
                .map(|anchor| anchor.href.clone()),
        }),
        action: next.map(|next| next.action.as_str()),
        command: next
            .and_then(|next| next.command.as_deref())
            .filter(|command| !command.is_empty())
            .map(|command| neutral_command(command).into_owned()),
        diagram: diagram::draw(subject, &anchors),
        paths: ordered.iter().take(PATHS).map(|path| path_view(path, &anchors, assumptions)).collect(),
        path_count: plural(subject.paths.len(), "path", "paths"),
        more_paths: (subject.paths.len() > PATHS).then(|| number(subject.paths.len() - PATHS)),
        findings: views(false),
        entry_problems: views(true),
        assumed: unread(&subject.assumptions, "", assumptions),
        not_checked: assumptions.others(subject),
        not_proved: &subject.not_proved,
        test_action: subject.next_test.as_ref().map(|test| test.action.as_str()),
        test_command: subject
            .next_test
            .as_ref()
            .and_then(|test| test.command.as_deref())
            .map(|command| neutral_command(command).into_owned()),
    }))
}

fn path_view<'a>(path: &'a Path, anchors: &Anchors<'_>, assumptions: &'a Assumptions<'_>) -> PathView<'a> {
    PathView {
        summary: words::path_summary(path),
        entry: words::entry_name(&path.entry),
        state: words::state(path.config),
        dormant: path.dormant,
        outcome: words::outcome(path.outcome, path.confidence),
        dormant_reason: path.dormant_reason.as_deref(),
        open: !path.dormant
            && (path.config != PathState::Open || matches!(path.outcome, Outcome::Unreachable | Outcome::ServerError)),
        segments: path.segments.iter().map(|segment| segment_view(segment, anchors, assumptions)).collect(),
        vantages: path
            .by_vantage
            .iter()
            .map(|row| VantageView {
                vantage: &row.vantage,
                via: &row.via,
                source: &row.source,
                outcome: words::outcome(row.outcome, row.confidence),
                evidence: &row.evidence,
                failed_layer: row.failed_layer.as_deref(),
                failed_segment: row.failed_segment.map(crate::report::SegmentName::word),
            })
            .collect(),
        gaps: &path.not_measured,
        about: links(&path.measured, anchors),
    }
}

/// Where these findings stand on the page.
fn links(ids: &[String], anchors: &Anchors<'_>) -> Vec<Link> {
    ids.iter()
        .filter_map(|id| anchors.get(id.as_str()))
        .map(|anchor| Link { href: anchor.href.clone(), text: anchor.code.to_owned() })
        .collect()
}

/// What was not read of these ids, after the evidence.
fn unread<'a>(ids: &[String], evidence: &str, assumptions: &'a Assumptions<'_>) -> Vec<Unread<'a>> {
    let of = |(number, one): (usize, &'a Assumed<'_>)| Unread {
        href: if one.is_shown() { anchor(number) } else { String::new() },
        text: one.after(evidence),
    };
    assumptions.named(ids).map(of).collect()
}

fn segment_view<'a>(segment: &'a Segment, anchors: &Anchors<'_>, assumptions: &'a Assumptions<'_>) -> SegmentView<'a> {
    SegmentView {
        name: segment.segment.word(),
        state: words::state(segment.state),
        object: segment.object.as_ref().map(|object| words::entry_name(&object.to_string())),
        evidence: match segment.evidence.as_str() {
            "" if segment.findings.is_empty() && segment.state == PathState::Unknown => "not evaluated",
            told => told,
        },
        measured: segment.measured.map(crate::report::SegmentMeasure::word),
        assumed: unread(&segment.assumptions, &segment.evidence, assumptions),
        findings: links(&segment.findings, anchors),
    }
}

fn finding_view<'a>(finding: &'a Finding, anchors: &Anchors<'_>) -> FindingView<'a> {
    FindingView {
        id: anchors.get(finding.id.as_str()).map(|anchor| anchor.href.clone()).unwrap_or_default(),
        code: &finding.code,
        effect: finding.effect.word(),
        object: words::entry_name(&finding.object.to_string()),
        message: &finding.message,
        cause: &finding.cause,
        action: &finding.action,
        command: neutral_command(&finding.command).into_owned(),
        basis: &finding.basis,
        location: finding.location.as_ref().map(|at| format!("{}:{}:{}", at.path, at.line, at.column)),
        related: finding
            .related
            .iter()
            .map(|related| format!("{} ({})", words::entry_name(&related.object.to_string()), related.role))
            .collect(),
        fix: fix::view(finding),
    }
}
