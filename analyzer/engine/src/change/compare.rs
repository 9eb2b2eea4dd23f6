//! Two reports about one cluster: what was introduced, what was fixed, what stayed, and what only came
//! into or went out of sight.
//!
//! The unit is the problem of a subject on one of its paths. A problem that is gone counts as fixed only
//! if the place where it was is seen now; a problem that is new counts as introduced only if its place
//! was seen before. Everything else is a change of sight. So less coverage never reads as fixed, a report
//! compared with itself shows nothing but *unchanged*, and swapping two reports swaps *introduced* with
//! *fixed* and *newly seen* with *no longer seen*.

use std::collections::{BTreeMap, HashMap, HashSet};

use kubereach_reports::report::{
    Became, CauseChange, CauseSubject, Change, ChangeCounts, ChangeKind, CoverageState, Effect, Finding, PathState,
    ProblemChange, Report, Subject, SubjectChange, Traffic, Verdict,
};

use super::problem::{Indexed, Problem};

/// Compares two reports. `kind` says whether both rest on the same snapshot, so that a subject which one
/// of them lacks is one that the change creates or removes.
pub fn compare(before: &Report, after: &Report, kind: ChangeKind) -> Change {
    let (old, new) = (Indexed::new(before), Indexed::new(after));
    let key = |s: &'_ Subject| -> (Option<String>, String, String, String, Option<String>) {
        (s.cluster.clone(), s.kind.clone(), s.namespace.clone(), s.name.clone(), s.group.clone())
    };
    let mut pairs: BTreeMap<_, (Option<&Subject>, Option<&Subject>)> = BTreeMap::new();
    for subject in &before.subjects {
        pairs.entry(key(subject)).or_default().0 = Some(subject);
    }
    for subject in &after.subjects {
        pairs.entry(key(subject)).or_default().1 = Some(subject);
    }
    let mut counts = ChangeCounts::default();
    let mut subjects = Vec::new();
    for pair in pairs.into_values() {
        let Some(change) = subject(pair.0, pair.1, &old, &new, kind) else { continue };
        match change.became {
            Became::Introduced => counts.introduced += 1,
            Became::Fixed => counts.fixed += 1,
            Became::NewlySeen => counts.newly_seen += 1,
            Became::NoLongerSeen => counts.no_longer_seen += 1,
            Became::Unchanged => {
                counts.unchanged += 1;
                let bad = matches!(change.after, Some(Verdict::Broken | Verdict::Degraded));
                counts.unchanged_with_problems += usize::from(bad);
                continue;
            }
        }
        subjects.push(change);
    }
    subjects.sort_by(|a, b| {
        let key = |s: &SubjectChange| {
            (s.became, s.after, s.cluster.clone(), s.kind.clone(), s.namespace.clone(), s.name.clone())
        };
        key(a).cmp(&key(b))
    });
    let causes = causes(before, after, &subjects);
    let names = |report: &Report| report.snapshot.inputs.iter().map(|i| i.path.clone()).collect();
    Change {
        kind,
        before: names(before),
        after: names(after),
        summary_before: before.summary,
        counts,
        causes,
        subjects,
        findings: Vec::new(),
        objects: Vec::new(),
        requests: Vec::new(),
        requests_left_out: 0,
    }
}

/// Root causes that only one side has, with the subjects that changed for it.
fn causes(before: &Report, after: &Report, subjects: &[SubjectChange]) -> Vec<CauseChange> {
    let became: HashMap<_, Became> =
        subjects.iter().map(|s| ((&s.cluster, &s.kind, &s.namespace, &s.name, &s.group), s.became)).collect();
    let mut rows = Vec::new();
    for (side, other, wanted) in [(after, before, Became::Introduced), (before, after, Became::Fixed)] {
        let known: HashSet<&str> = other.causes.iter().map(|cause| cause.id.as_str()).collect();
        for cause in side.causes.iter().filter(|cause| !known.contains(cause.id.as_str())) {
            let so = |s: &&CauseSubject| {
                became.get(&(&cause.cluster, &s.kind, &s.namespace, &s.name, &s.group)) == Some(&wanted)
            };
            let subjects = cause.subjects.iter().filter(so).count();
            if subjects > 0 {
                let (id, object, headline) = (cause.id.clone(), cause.object.clone(), cause.headline.clone());
                rows.push(CauseChange { became: wanted, id, object, headline, subjects });
            }
        }
    }
    rows.sort_by(|a, b| (a.became, b.subjects, &a.id).cmp(&(b.became, a.subjects, &b.id)));
    rows
}

fn subject(
    before: Option<&Subject>,
    after: Option<&Subject>,
    old: &Indexed<'_>,
    new: &Indexed<'_>,
    kind: ChangeKind,
) -> Option<SubjectChange> {
    let named = after.or(before)?;
    let had = before.map(|s| old.problems(s)).unwrap_or_default();
    let has = after.map(|s| new.problems(s)).unwrap_or_default();
    let (mut introduced, mut newly_seen) = (Gathered::default(), Gathered::default());
    for (problem, finding) in has.iter().filter(|(p, _)| !had.contains_key(*p)) {
        let seen = saw(before, named, problem, after, old.report, kind);
        if seen { &mut introduced } else { &mut newly_seen }.add(problem, finding, true);
    }
    let (mut fixed, mut no_longer_seen) = (Gathered::default(), Gathered::default());
    for (problem, finding) in had.iter().filter(|(p, _)| !has.contains_key(*p)) {
        let seen = saw(after, named, problem, before, new.report, kind);
        if seen { &mut fixed } else { &mut no_longer_seen }.add(problem, finding, false);
    }
    // Between two snapshots a doubt that comes or goes is a change of sight, not of the cluster.
    if kind == ChangeKind::Diff {
        let (mut came, mut went) = (Gathered::default(), Gathered::default());
        introduced.doubts_to(&mut came);
        newly_seen.doubts_to(&mut came);
        fixed.doubts_to(&mut went);
        no_longer_seen.doubts_to(&mut went);
        came.doubts_to(&mut no_longer_seen);
        went.doubts_to(&mut newly_seen);
    }
    let became = if !introduced.is_empty() {
        Became::Introduced
    } else if !fixed.is_empty() {
        Became::Fixed
    } else if !newly_seen.is_empty() {
        Became::NewlySeen
    } else if !no_longer_seen.is_empty() {
        Became::NoLongerSeen
    } else {
        by_verdict(before, after, kind)
    };
    Some(SubjectChange {
        kind: named.kind.clone(),
        namespace: named.namespace.clone(),
        name: named.name.clone(),
        group: named.group.clone(),
        cluster: named.cluster.clone(),
        became,
        before: before.map(|s| s.verdict),
        after: after.map(|s| s.verdict),
        headline: named.headline.clone(),
        introduced: introduced.rows(),
        fixed: fixed.rows(),
        newly_seen: newly_seen.rows(),
        no_longer_seen: no_longer_seen.rows(),
        causes: Vec::new(),
    })
}

/// Would `side` (the report that lacks the problem) have shown it?
fn saw(
    side: Option<&Subject>,
    named: &Subject,
    problem: &Problem,
    other: Option<&Subject>,
    report: &Report,
    kind: ChangeKind,
) -> bool {
    let Some(subject) = side else {
        return kind == ChangeKind::OnTopOf || knows_absence(report, &named.kind, &named.namespace);
    };
    let Some(path) = subject.paths.iter().find(|p| p.id == problem.path) else {
        // The path is not declared on this side, which was seen; unless the paths themselves are unclear.
        return !subject.paths.is_empty() || subject.verdict != Verdict::Unknown;
    };
    let Some(segment) = path.segments.iter().find(|s| s.segment == problem.segment) else {
        return matches!(path.config, PathState::Open | PathState::Narrowed);
    };
    let was_declared = other
        .and_then(|s| s.paths.iter().find(|p| p.id == problem.path))
        .and_then(|p| p.segments.iter().find(|s| s.segment == problem.segment))
        .is_some_and(|s| s.declared);
    // What a template declares says nothing about what runs.
    let less_than_live = segment.declared && !was_declared && problem.code != "service/scaled-to-zero";
    // A segment that is open on something that was not read does not show that nothing is in the way.
    let seen = segment.state != PathState::Unknown && segment.assumptions.is_empty();
    (seen || problem.effect == Effect::Inconclusive) && !less_than_live
}

/// Does a report know that a subject it does not hold is not there?
fn knows_absence(report: &Report, kind: &str, namespace: &str) -> bool {
    let rows = || report.snapshot.coverage.iter().filter(|c| c.kind == kind);
    let own = rows().find(|c| c.namespace.as_deref() == Some(namespace));
    let row = own.or_else(|| rows().find(|c| c.namespace.is_none()));
    row.is_some_and(|c| matches!(c.state, CoverageState::Complete | CoverageState::NotServed))
}

/// Where the problems are the same: what the verdicts alone say (traffic was measured, a path rests).
fn by_verdict(before: Option<&Subject>, after: Option<&Subject>, kind: ChangeKind) -> Became {
    use Verdict::{Broken, ConfigOk, Degraded, Healthy, Unknown};
    let (Some(before), Some(after)) = (before, after) else { return Became::Unchanged };
    let measured = |s: &Subject| !matches!(s.traffic, Traffic::NotTested | Traffic::Inconclusive);
    match (measured(before), measured(after)) {
        _ if before.verdict == after.verdict => return Became::Unchanged,
        (true, false) => return Became::NoLongerSeen,
        (false, true) => return Became::NewlySeen,
        _ => {}
    }
    // What one side rests on and the other does not may be the whole difference.
    let rests = |one: &Subject, other: &Subject| one.assumptions.iter().any(|id| !other.assumptions.contains(id));
    match (before.verdict, after.verdict) {
        (ConfigOk | Healthy, Broken | Degraded) | (Degraded, Broken) if rests(before, after) => Became::NewlySeen,
        (Broken | Degraded, ConfigOk | Healthy) | (Broken, Degraded) if rests(after, before) => Became::NoLongerSeen,
        (ConfigOk | Healthy, Broken | Degraded) | (Degraded, Broken) => Became::Introduced,
        (Broken | Degraded, ConfigOk | Healthy) | (Broken, Degraded) => Became::Fixed,
        (ConfigOk | Healthy, Unknown) if kind == ChangeKind::OnTopOf => Became::Introduced,
        (Unknown, ConfigOk | Healthy) if kind == ChangeKind::OnTopOf => Became::Fixed,
        (Unknown, _) | (ConfigOk, Healthy) => Became::NewlySeen,
        (_, Unknown) | (Healthy, ConfigOk) => Became::NoLongerSeen,
        _ => Became::Unchanged,
    }
}

/// Problems by finding, counted over paths.
#[derive(Default)]
struct Gathered {
    rows: BTreeMap<(Effect, String, String), ProblemChange>,
}

impl Gathered {
    fn add(&mut self, problem: &Problem, finding: &Finding, own: bool) {
        let key = (problem.effect, problem.code.clone(), finding.id.clone());
        let row = self.rows.entry(key).or_insert_with(|| ProblemChange {
            effect: problem.effect,
            segment: problem.segment,
            code: problem.code.clone(),
            object: finding.object.clone(),
            paths: 0,
            message: finding.message.clone(),
            finding: own.then(|| finding.id.clone()),
        });
        row.paths += 1;
    }

    fn doubts_to(&mut self, other: &mut Self) {
        let doubts: Vec<_> = self.rows.keys().filter(|(effect, ..)| *effect == Effect::Inconclusive).cloned().collect();
        for key in doubts {
            if let Some(row) = self.rows.remove(&key) {
                other.rows.insert(key, row);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn rows(self) -> Vec<ProblemChange> {
        self.rows.into_values().collect()
    }
}
