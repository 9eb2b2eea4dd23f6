//! One subject: its row in the overview and its section.

use std::collections::HashMap;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::blame::{Blame, CauseLink};
use super::diagram::{self, Picture};
use super::fix::{self, FixView};
use super::page::anchor;
use super::places::Places;
use super::plan::PATHS;
use crate::render::assumptions::{Assumed, Assumptions, settled_by_reading};
use crate::render::index::Findings;
use crate::render::neutral::neutral_command;
use crate::render::words::{self, number, plural};
use crate::report::{
    Finding, NotMeasured, Outcome, Path, PathState, Report, Segment, Subject, Traffic, UncheckedItem, UnknownClass,
    Verdict,
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
    /// The first row of its verdict is where the tally leads without a script.
    first: bool,
    causes: Vec<CauseLink<'a>>,
    /// Numbers of its causes and its hosts, for the filter.
    why: String,
    hosts: String,
    /// Its row is not on paper.
    folded: bool,
}

/// Where a finding of a section stands in the page.
pub(super) struct Anchor<'a> {
    pub(super) href: String,
    pub(super) code: &'a str,
}

/// Anchors by finding id.
pub(super) type Anchors<'a> = HashMap<&'a str, Anchor<'a>>;

/// A row of the overview.
pub(super) fn row<'a>(
    index: usize,
    subject: &'a Subject,
    id: Option<&'a str>,
    first: bool,
    on_paper: bool,
    blame: &Blame<'a>,
) -> Value {
    let numbers: Vec<String> = blame.causes(index).iter().map(|n| (n + 1).to_string()).collect();
    let mut hosts: Vec<&str> = Vec::new();
    for host in subject.paths.iter().filter_map(|path| path.host.as_deref()) {
        if hosts.len() < HOSTS && !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    Value::from(Serde(Row {
        ways: ways(subject),
        id,
        first,
        causes: blame.links(index).into_iter().take(CAUSES).collect(),
        why: if numbers.is_empty() { String::new() } else { format!(" {} ", numbers.join(" ")) },
        hosts: hosts.join(" "),
        folded: !on_paper,
        ..plain(index, subject)
    }))
}

/// Hosts of a subject that the filter knows, and causes that its row names.
const HOSTS: usize = 20;
const CAUSES: usize = 3;

/// What row and section share.
fn plain(index: usize, subject: &Subject) -> Row<'_> {
    Row {
        index,
        verdict: subject.verdict,
        label: words::label(subject.verdict),
        kind: &subject.kind,
        namespace: &subject.namespace,
        name: &subject.name,
        cluster: subject.cluster.as_deref(),
        headline: &subject.headline,
        ways: String::new(),
        id: None,
        first: false,
        causes: Vec::new(),
        why: String::new(),
        hosts: String::new(),
        folded: false,
    }
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
    /// Empty where the findings say it.
    reason: String,
    config: &'static str,
    traffic: &'static str,
    measured: bool,
    unknown_class: Option<&'static str>,
    broken_at: Option<BrokenAt>,
    action: Option<&'a str>,
    command: Option<String>,
    picture: Option<Picture>,
    paths: Vec<PathView<'a>>,
    path_count: String,
    /// Of those that are not simply open.
    failing: bool,
    finding_count: String,
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
    evidence: String,
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
    cause: String,
    action: &'a str,
    command: String,
    basis: String,
    location: Option<String>,
    related: Vec<String>,
    fix: Option<FixView<'a>>,
}

/// What the section of a subject is made of.
pub(super) struct Cards<'a> {
    pub(super) report: &'a Report,
    pub(super) findings: &'a Findings<'a>,
    pub(super) assumptions: &'a Assumptions<'a>,
    pub(super) blame: &'a Blame<'a>,
    pub(super) places: &'a Places,
}

impl Cards<'_> {
    /// The section of the subject with this index: the sentence, its causes, the next step; all else is folded.
    pub(super) fn section(&self, index: usize, id: &str) -> Value {
        let Some(subject) = self.report.subjects.get(index) else { return Value::UNDEFINED };
        let all = self.findings.of_subject(subject);
        let anchors: Anchors<'_> = all
            .iter()
            .enumerate()
            .map(|(n, finding)| {
                let href = format!("{id}.f{}", n + 1);
                (finding.id.as_str(), Anchor { href, code: &finding.code })
            })
            .collect();
        let in_front = |finding: &&Finding| {
            subject.entry_problems.contains(&finding.id) && !subject.findings.contains(&finding.id)
        };
        let views = |wanted: bool| -> Vec<FindingView<'_>> {
            all.iter().filter(|f| in_front(f) == wanted).map(|f| self.finding(f, &anchors)).collect()
        };
        let next = subject.next.as_ref().filter(|_| !settled_by_reading(subject));
        let mut ordered: Vec<&Path> = subject.paths.iter().collect();
        ordered.sort_by_key(|path| (path.dormant, path.config));
        Value::from(Serde(Section {
            row: Row { id: Some(id), causes: self.blame.links(index), ..plain(index, subject) },
            reason: self.reason(subject),
            config: match subject.config.word() {
                "config-ok" => "an open way on every path (config-ok)",
                word => word,
            },
            traffic: words::traffic(subject.traffic),
            measured: subject.traffic != Traffic::NotTested,
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
            picture: diagram::draw(subject, &anchors),
            paths: ordered.iter().take(PATHS).map(|path| self.path(path, &anchors)).collect(),
            path_count: plural(subject.paths.len(), "path", "paths"),
            failing: ordered.iter().take(PATHS).any(|path| fails(path)),
            more_paths: (subject.paths.len() > PATHS).then(|| number(subject.paths.len() - PATHS)),
            finding_count: plural(all.len(), "finding", "findings"),
            findings: views(false),
            entry_problems: views(true),
            assumed: unread(&subject.assumptions, "", self.assumptions),
            not_checked: self.assumptions.others(subject),
            not_proved: &subject.not_proved,
            test_action: subject.next_test.as_ref().map(|test| test.action.as_str()),
            test_command: subject
                .next_test
                .as_ref()
                .and_then(|test| test.command.as_deref())
                .map(|command| neutral_command(command).into_owned()),
        }))
    }

    /// Why, unless that is what its finding says.
    fn reason(&self, subject: &Subject) -> String {
        let said = |finding: &Finding| subject.reason.contains(finding.message.as_str());
        if subject.reason == subject.headline || self.findings.culprit(subject).is_some_and(said) {
            String::new()
        } else {
            self.places.short(&subject.reason)
        }
    }

    fn path<'a>(&'a self, path: &'a Path, anchors: &Anchors<'_>) -> PathView<'a> {
        PathView {
            summary: words::path_summary(path),
            entry: words::entry_name(&path.entry),
            state: words::state(path.config),
            dormant: path.dormant,
            outcome: words::outcome(path.outcome, path.confidence),
            dormant_reason: path.dormant_reason.as_deref(),
            open: fails(path),
            segments: path.segments.iter().map(|segment| self.segment(segment, anchors)).collect(),
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

    fn segment<'a>(&'a self, segment: &'a Segment, anchors: &Anchors<'_>) -> SegmentView<'a> {
        SegmentView {
            name: segment.segment.word(),
            state: words::state(segment.state),
            object: segment.object.as_ref().map(|object| words::entry_name(&object.to_string())),
            evidence: match segment.evidence.as_str() {
                "" if segment.findings.is_empty() && segment.state == PathState::Unknown => "not evaluated".to_owned(),
                told => self.places.short(told),
            },
            measured: segment.measured.map(crate::report::SegmentMeasure::word),
            assumed: unread(&segment.assumptions, &segment.evidence, self.assumptions),
            findings: links(&segment.findings, anchors),
        }
    }

    fn finding<'a>(&self, finding: &'a Finding, anchors: &Anchors<'_>) -> FindingView<'a> {
        let said = |text: &str| text == finding.message;
        FindingView {
            id: anchors.get(finding.id.as_str()).map(|anchor| anchor.href.clone()).unwrap_or_default(),
            code: &finding.code,
            effect: finding.effect.word(),
            object: words::entry_name(&finding.object.to_string()),
            message: &finding.message,
            cause: if said(&finding.cause) { String::new() } else { self.places.short(&finding.cause) },
            action: &finding.action,
            command: neutral_command(&finding.command).into_owned(),
            basis: self.places.short(&finding.basis),
            location: finding
                .location
                .as_ref()
                .map(|at| format!("{}:{}:{}", self.places.short(&at.path), at.line, at.column)),
            related: finding
                .related
                .iter()
                .map(|related| format!("{} ({})", words::entry_name(&related.object.to_string()), related.role))
                .collect(),
            fix: fix::view(finding),
        }
    }
}

/// Does it carry traffic that does not get through, or of which that is not known?
fn fails(path: &Path) -> bool {
    !path.dormant
        && (path.config != PathState::Open || matches!(path.outcome, Outcome::Unreachable | Outcome::ServerError))
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
