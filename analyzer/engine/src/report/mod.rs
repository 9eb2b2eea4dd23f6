//! From judged subjects to the report's data. Nothing is decided here.

pub mod fingerprint;
mod inventory;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kubereach_reports::report::{self, NextStep, Outcome, Path as ReportPath, Report, Segment, Summary, Tool};

use rayon::prelude::*;

use crate::judgement::{Judged, Measured};
use kubereach_model::evidence::{Assumption, Assumptions, FieldPath, Finding, Locate, Path, Place};

pub use inventory::{coverage, not_evaluated};

/// Assembles the report. `snapshot` comes filled with inputs, coverage and problems.
pub fn assemble(
    judged: Vec<(Option<String>, Judged)>,
    snapshot: report::SnapshotSummary,
    positions: &dyn Locate,
) -> Report {
    let mut findings: HashMap<String, Arc<Finding>> = HashMap::new();
    let rows: Vec<(report::Subject, Mentioned)> =
        judged.into_par_iter().map(|(cluster, judged)| subject(cluster, judged)).collect();
    let mut subjects = Vec::with_capacity(rows.len());
    let mut assumptions = Assumptions::default();
    // In the order of the subjects: where two findings have one id, the first is shown.
    for (row, mentioned) in rows {
        for assumption in &mentioned.assumed {
            assumptions.add(assumption);
        }
        assumptions.count(&row.assumptions);
        subjects.push(row);
        for (id, finding) in mentioned.all {
            findings.entry(id).or_insert(finding);
        }
    }
    subjects.par_sort_by(|a, b| {
        (a.verdict, &a.kind, &a.namespace, &a.name, &a.cluster).cmp(&(
            b.verdict,
            &b.kind,
            &b.namespace,
            &b.name,
            &b.cluster,
        ))
    });
    let mut summary = Summary::default();
    for subject in &subjects {
        summary.count(subject.verdict);
    }
    Report {
        schema: report::SCHEMA.to_owned(),
        tool: Tool { name: "kubereach".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        snapshot,
        summary,
        change: None,
        causes: Vec::new(),
        subjects,
        findings: located(findings, positions),
        assumptions: assumptions.rows(),
        gate: None,
        routing: None,
    }
}

/// The field a finding is about, or else the object itself, or else (it does not exist) the object that
/// names it.
fn place_of(finding: &Finding, positions: &dyn Locate) -> Option<(u32, FieldPath)> {
    let mut objects = std::iter::once(&finding.object).chain(finding.related.iter().map(|related| &related.object));
    let mut object = || objects.find_map(|object| positions.origin_of(object));
    finding.field.clone().or_else(|| Some((object()?, FieldPath::new())))
}

fn located(findings: HashMap<String, Arc<Finding>>, positions: &dyn Locate) -> Vec<report::Finding> {
    let mut ordered: Vec<(String, Arc<Finding>)> = findings.into_iter().collect();
    ordered.par_sort_by(|(a_id, a), (b_id, b)| {
        (a.effect(), a.code(), &a.object, a_id).cmp(&(b.effect(), b.code(), &b.object, b_id))
    });
    let (owners, requests): (Vec<usize>, Vec<(u32, FieldPath)>) =
        ordered.iter().enumerate().filter_map(|(i, (_, f))| Some((i, place_of(f, positions)?))).unzip();
    let mut places: Vec<Option<Place>> = vec![None; ordered.len()];
    for (owner, place) in owners.into_iter().zip(positions.places(&requests)) {
        if let Some(slot) = places.get_mut(owner) {
            *slot = place;
        }
    }
    let mut found: Vec<report::Finding> = ordered
        .into_iter()
        .zip(places)
        .map(|((id, finding), place)| row(id, Arc::unwrap_or_clone(finding), place))
        .collect();
    fingerprint::assign(&mut found);
    found
}

/// A finding as the report shows it.
pub(crate) fn row(id: String, finding: Finding, place: Option<Place>) -> report::Finding {
    let (location, frame, stands_in) = match place {
        Some(Place { location, frame, object }) => (Some(location), frame, object),
        None => (None, None, None),
    };
    let (code, effect, segment) = (finding.code(), finding.effect(), finding.segment());
    let sentences = [&finding.message, &finding.cause, &finding.action, &finding.basis];
    let quoted = report::quoted_in(sentences.into_iter().map(String::as_str));
    report::Finding {
        id,
        code: code.to_owned(),
        effect,
        segment,
        stands_in: stands_in.filter(|object| *object != finding.object),
        object: finding.object,
        message: finding.message,
        cause: finding.cause,
        action: finding.action,
        command: finding.command,
        basis: finding.basis,
        location,
        frame,
        fingerprint: String::new(),
        suppressed: None,
        related: finding.related,
        quoted,
        fix: None,
    }
}

/// Findings that a subject mentions, each with its id, which is worked out at its first mention. They are told
/// apart by their place in memory, where they stay as long as they are kept here.
#[derive(Default)]
struct Mentioned {
    /// In the order of their first mention.
    all: Vec<(String, Arc<Finding>)>,
    by_place: HashMap<usize, usize>,
    /// What the subject rests on.
    assumed: Vec<Arc<Assumption>>,
}

impl Mentioned {
    fn keep(&mut self, finding: &Arc<Finding>) -> String {
        let place = Arc::as_ptr(finding).addr();
        if let Some((id, _)) = self.by_place.get(&place).and_then(|index| self.all.get(*index)) {
            return id.clone();
        }
        let id = finding.id();
        self.by_place.insert(place, self.all.len());
        self.all.push((id.clone(), Arc::clone(finding)));
        id
    }
}

/// Ids of assumptions, each once, in order.
fn ids<'a>(assumptions: impl IntoIterator<Item = &'a Arc<Assumption>>) -> Vec<String> {
    let mut ids: Vec<String> = assumptions.into_iter().map(|assumption| assumption.id()).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn subject(cluster: Option<String>, judged: Judged) -> (report::Subject, Mentioned) {
    let mut mentioned = Mentioned::default();
    // Paths that carry nothing name theirs too.
    let all = judged.subject.paths.iter().flat_map(|path| &path.segments).flat_map(|segment| segment.assumptions());
    mentioned.assumed = all.cloned().collect();
    mentioned.assumed.sort_by(|a, b| a.place().cmp(&b.place()));
    mentioned.assumed.dedup();
    let assumptions = ids(judged.subject.assumptions());
    let mut keep = |finding: &Arc<Finding>| mentioned.keep(finding);
    let Judged {
        subject,
        verdict,
        config,
        traffic,
        headline,
        reason,
        unknown_class,
        primary,
        broken_at,
        next,
        not_checked,
        measured,
        not_proved,
        next_test,
    } = judged;
    let mut own: Vec<&Arc<Finding>> = subject.notes.iter().collect();
    own.extend(subject.paths.iter().flat_map(|p| &p.segments).flat_map(|s| s.findings()));
    own.extend(measured.values().flat_map(|m| &m.findings));
    own.sort_by(|a, b| {
        (a.effect(), a.code(), &a.object, &a.message).cmp(&(b.effect(), b.code(), &b.object, &b.message))
    });
    own.dedup();
    let findings: Vec<String> = own.into_iter().map(&mut keep).collect();
    let primary = primary.as_ref().map(&mut keep);
    let mut entry_problems: Vec<String> = subject.entries.iter().flat_map(|e| &e.problems).map(&mut keep).collect();
    entry_problems.sort();
    entry_problems.dedup();
    let mut paths: Vec<ReportPath> = subject.paths.iter().map(|p| path(p, &measured, &mut keep)).collect();
    paths.sort_by(|a, b| {
        (a.dormant, a.config, &a.listener, &a.host, &a.matches, &a.backend, &a.id).cmp(&(
            b.dormant,
            b.config,
            &b.listener,
            &b.host,
            &b.matches,
            &b.backend,
            &b.id,
        ))
    });
    let row = report::Subject {
        kind: subject.object.kind,
        namespace: subject.object.namespace.unwrap_or_default(),
        name: subject.object.name,
        group: subject.object.group,
        cluster,
        verdict,
        config,
        traffic,
        quoted: report::quoted_in([headline.as_str(), reason.as_str()]),
        headline,
        reason,
        unknown_class,
        broken_at,
        next: next.map(|n| NextStep { action: n.action, command: n.command }),
        paths,
        entry_problems,
        findings,
        not_checked,
        not_proved,
        next_test,
        assumptions,
        primary,
        excused: false,
    };
    (row, mentioned)
}

fn path(
    path: &Path,
    measured: &BTreeMap<String, Measured>,
    keep: &mut dyn FnMut(&Arc<Finding>) -> String,
) -> ReportPath {
    let mut segments: Vec<_> = path.segments.iter().collect();
    segments.sort_by_key(|s| s.name);
    let id = path.key.id();
    let measured = measured.get(&id);
    let seen = measured.map(|m| &m.seen);
    let mut about: Vec<String> = measured.into_iter().flat_map(|m| &m.findings).map(&mut *keep).collect();
    about.sort();
    about.dedup();
    ReportPath {
        id,
        entry: path.key.entry.to_string(),
        listener: path.key.listener.clone(),
        host: path.key.host.clone(),
        matches: path.key.matches.clone(),
        dormant: path.dormant.is_some(),
        dormant_reason: path.dormant.as_ref().map(|d| d.reason().to_owned()),
        backend: path.key.backend.clone(),
        config: path.state(),
        assumptions: ids(path.assumptions()),
        outcome: seen.map_or(Outcome::NotTested, |seen| seen.outcome),
        confidence: seen.and_then(|seen| seen.confidence),
        by_vantage: seen.map(|seen| seen.rows.clone()).unwrap_or_default(),
        effective: seen.map(|seen| seen.effective),
        measured: about,
        not_measured: seen.map(|seen| seen.not_measured.clone()).unwrap_or_default(),
        segments: segments
            .into_iter()
            .map(|segment| {
                let mut findings: Vec<&Arc<Finding>> = segment.findings().iter().collect();
                findings.sort_by(|a, b| (a.effect(), a.code(), &a.message).cmp(&(b.effect(), b.code(), &b.message)));
                Segment {
                    segment: segment.name,
                    state: segment.state(),
                    object: segment.object.clone(),
                    evidence: segment.evidence().to_owned(),
                    measured: seen.and_then(|seen| seen.segments.get(&segment.name).copied()),
                    declared: segment.is_declared(),
                    findings: findings.into_iter().map(&mut *keep).collect(),
                    assumptions: ids(segment.assumptions()),
                }
            })
            .collect(),
    }
}
