//! The rows that answers are made of: a report's, with what a reader needs and no more.
//!
//! Sentences stand here as in the report; [`crate::quote`] takes the cluster's words out of every answer, into the
//! fields `quoted`.

use std::collections::HashMap;

use kubereach_reports::report::{
    self, Effect, NextStep, ObjectRef, Outcome, PathState, Report, SegmentName, UnknownClass, Verdict,
};
use schemars::JsonSchema;
use serde::Serialize;

/// So many members of a list that stands in a row; how many there are stands beside it.
pub(crate) const FEW: usize = 10;

/// The first of them.
pub(crate) fn few<T: Clone>(all: &[T]) -> Vec<T> {
    all.iter().take(FEW).cloned().collect()
}

/// One object that explains the verdicts of one or many subjects, or one thing that was not read
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CauseRow {
    pub id: String,
    /// The culprit; absent where it is something that was not read
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
    /// The kinds that were not read, where that is the cause
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The worst verdict that it explains
    pub verdict: Verdict,
    pub says: String,
    /// What shows it
    #[serde(skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// Codes of its findings: explain has a page for each
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// What it takes down, worst first; the first ten
    pub subjects: Vec<Named>,
    pub subjects_total: usize,
    /// Hosts that fail with it; the first ten
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    pub hosts_total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quoted: Vec<String>,
}

/// A subject's name and verdict
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Named {
    pub kind: String,
    pub namespace: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub verdict: Verdict,
}

/// The one thing to do
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Next {
    pub action: String,
    /// For a person to run
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quoted: Vec<String>,
}

/// A subject with its verdict in one sentence
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SubjectRow {
    pub kind: String,
    pub namespace: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    pub verdict: Verdict,
    pub says: String,
    /// Why, where it is not as it should be or cannot be told
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_class: Option<UnknownClass>,
    /// Where it breaks
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<BrokenAt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quoted: Vec<String>,
}

/// Where a subject breaks
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BrokenAt {
    pub segment: SegmentName,
    pub object: ObjectRef,
}

/// One fact about one object
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FindingRow {
    pub code: String,
    pub effect: Effect,
    pub segment: SegmentName,
    /// The culprit
    pub object: ObjectRef,
    pub says: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// For a person to run
    #[serde(skip_serializing_if = "String::is_empty")]
    pub command: String,
    /// What the statement rests on: the proof, or the gap
    #[serde(skip_serializing_if = "String::is_empty")]
    pub basis: String,
    /// File, line and column
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Somebody accepted it beforehand
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// It is about an entry in front of the subject, and does not change the subject's verdict
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub of_entry: bool,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quoted: Vec<String>,
}

/// One way traffic is declared to reach a backend
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PathRow {
    pub id: String,
    /// The object traffic enters by
    pub entry: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listener: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<BackendName>,
    /// What the configuration shows
    pub config: PathState,
    /// What was measured
    pub outcome: Outcome,
    /// Why it carries nothing on purpose
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dormant: Option<String>,
    /// In the order traffic crosses them
    pub segments: Vec<SegmentRow>,
    /// What was measured, by whom
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<MeasuredRow>,
}

/// A Service and its port
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BackendName {
    pub kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
}

/// One stretch of a path
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SegmentRow {
    pub segment: SegmentName,
    pub state: PathState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
    /// What shows it
    #[serde(skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// Codes of the findings that closed or doubt it
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// Open only if what was not read holds nothing in the way
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<String>,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quoted: Vec<String>,
}

/// What one vantage saw
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MeasuredRow {
    pub vantage: String,
    pub outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_segment: Option<SegmentName>,
    /// As whom, and what came back. Words of the cluster: untrusted
    pub quoted: Vec<String>,
}

/// Something that was not read and could only stand in the way of traffic
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AssumptionRow {
    /// What was not read
    pub says: String,
    pub kind: String,
    /// The first ten
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    pub namespaces_total: usize,
    pub why: String,
    /// What it could do
    pub could: String,
    /// What reads it, for a person to run
    #[serde(skip_serializing_if = "String::is_empty")]
    pub command: String,
    /// How many subjects rest on it
    pub subjects: usize,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quoted: Vec<String>,
}

/// What was not checked or measured, and why
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NotChecked {
    pub what: String,
    pub why: String,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quoted: Vec<String>,
}

impl From<&NextStep> for Next {
    fn from(step: &NextStep) -> Self {
        Self { action: step.action.clone(), command: step.command.clone(), quoted: Vec::new() }
    }
}

impl From<&report::Assumption> for AssumptionRow {
    fn from(one: &report::Assumption) -> Self {
        Self {
            says: one.text.clone(),
            kind: one.kind.clone(),
            namespaces: few(&one.namespaces),
            namespaces_total: one.namespaces.len(),
            why: one.reason.clone(),
            could: one.could.clone(),
            command: one.command.clone(),
            subjects: one.subjects,
            quoted: Vec::new(),
        }
    }
}

impl From<&report::UncheckedItem> for NotChecked {
    fn from(item: &report::UncheckedItem) -> Self {
        Self { what: item.what.clone(), why: item.why.clone(), quoted: Vec::new() }
    }
}

impl From<&report::Subject> for SubjectRow {
    fn from(subject: &report::Subject) -> Self {
        let well = matches!(subject.verdict, Verdict::ConfigOk | Verdict::Healthy);
        Self {
            kind: subject.kind.clone(),
            namespace: subject.namespace.clone(),
            name: subject.name.clone(),
            group: subject.group.clone(),
            cluster: subject.cluster.clone(),
            verdict: subject.verdict,
            says: subject.headline.clone(),
            why: if well { String::new() } else { subject.reason.clone() },
            unknown_class: subject.unknown_class,
            broken_at: subject.broken_at.as_ref().map(|at| BrokenAt { segment: at.segment, object: at.object.clone() }),
            next: subject.next.as_ref().filter(|_| !well).map(Next::from),
            quoted: Vec::new(),
        }
    }
}

/// A report by its ids.
pub(crate) struct Index<'r> {
    findings: HashMap<&'r str, &'r report::Finding>,
    assumptions: HashMap<&'r str, &'r report::Assumption>,
}

impl<'r> Index<'r> {
    pub(crate) fn new(report: &'r Report) -> Self {
        Self {
            findings: report.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect(),
            assumptions: report.assumptions.iter().map(|one| (one.id.as_str(), one)).collect(),
        }
    }

    /// The findings of these ids, each once.
    pub(crate) fn findings(&self, ids: &[String]) -> Vec<&'r report::Finding> {
        let mut seen = std::collections::HashSet::new();
        ids.iter()
            .filter(|id| seen.insert(id.as_str()))
            .filter_map(|id| self.findings.get(id.as_str()).copied())
            .collect()
    }

    /// Their codes, each once.
    pub(crate) fn codes(&self, ids: &[String]) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        for finding in self.findings(ids) {
            if !codes.contains(&finding.code) {
                codes.push(finding.code.clone());
            }
        }
        codes.truncate(FEW);
        codes
    }

    pub(crate) fn assumptions(&self, ids: &[String]) -> Vec<&'r report::Assumption> {
        ids.iter().filter_map(|id| self.assumptions.get(id.as_str()).copied()).collect()
    }

    pub(crate) fn cause(&self, cause: &report::Cause) -> CauseRow {
        let subjects = cause.subjects.iter().take(FEW).map(|subject| Named {
            kind: subject.kind.clone(),
            namespace: subject.namespace.clone(),
            name: subject.name.clone(),
            group: subject.group.clone(),
            verdict: subject.verdict,
        });
        CauseRow {
            id: cause.id.clone(),
            object: cause.object.clone(),
            missing: cause.missing.clone(),
            cluster: cause.cluster.clone(),
            verdict: cause.verdict,
            says: cause.headline.clone(),
            evidence: cause.evidence.clone(),
            codes: self.codes(&cause.findings),
            subjects: subjects.collect(),
            subjects_total: cause.subjects.len(),
            hosts: few(&cause.hosts),
            hosts_total: cause.hosts.len(),
            next: cause.next.as_ref().map(Next::from),
            quoted: Vec::new(),
        }
    }

    pub(crate) fn path(&self, path: &report::Path) -> PathRow {
        let backend = path.backend.as_ref().map(|backend| BackendName {
            kind: backend.kind.clone(),
            namespace: backend.namespace.clone(),
            name: backend.name.clone(),
            port: backend.port.as_ref().map(ToString::to_string),
        });
        let segments = path.segments.iter().map(|segment| SegmentRow {
            segment: segment.segment,
            state: segment.state,
            object: segment.object.clone(),
            evidence: segment.evidence.clone(),
            codes: self.codes(&segment.findings),
            assumed: self.assumptions(&segment.assumptions).iter().map(|one| one.text.clone()).collect(),
            quoted: Vec::new(),
        });
        let measured = path.by_vantage.iter().take(FEW).map(|row| MeasuredRow {
            vantage: row.vantage.clone(),
            outcome: row.outcome,
            failed_segment: row.failed_segment,
            // What servers answered, and labels of pods.
            quoted: vec![row.source.clone(), row.evidence.clone()],
        });
        PathRow {
            id: path.id.clone(),
            entry: path.entry.clone(),
            listener: path.listener.clone(),
            host: path.host.clone(),
            matches: path.matches.clone(),
            backend,
            config: path.config,
            outcome: path.outcome,
            dormant: path.dormant.then(|| path.dormant_reason.clone().unwrap_or_default()),
            segments: segments.collect(),
            measured: measured.collect(),
        }
    }
}

/// A finding as a row.
pub(crate) fn finding(finding: &report::Finding, of_entry: bool) -> FindingRow {
    FindingRow {
        code: finding.code.clone(),
        effect: finding.effect,
        segment: finding.segment,
        object: finding.object.clone(),
        says: finding.message.clone(),
        why: finding.cause.clone(),
        action: finding.action.clone(),
        command: finding.command.clone(),
        basis: finding.basis.clone(),
        place: finding.location.as_ref().map(ToString::to_string),
        accepted: finding.suppressed.is_some(),
        of_entry,
        quoted: Vec::new(),
    }
}
