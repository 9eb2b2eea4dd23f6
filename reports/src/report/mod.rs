//! The report as data: `kubereach/report/v1` (`docs/design.md#json-report`).
//!
//! Field order here is the order of the printed JSON. Fields may be added; none is renamed or removed.

mod assumption;
mod cause;
mod change;
mod finding;
mod fix;
mod gate;
mod measurement;
mod quoted;
mod routing;
mod snapshot;
mod subject;
mod words;

pub use assumption::Assumption;
pub use cause::{Cause, CauseChange, CauseSubject};
pub use change::{
    Became, Change, ChangeAction, ChangeCounts, ChangeKind, ObjectChange, ProblemChange, RequestAnswer, RequestChange,
    SubjectChange,
};
pub use finding::{Finding, Frame, Location, Related, Suppression};
pub use fix::{Fix, FixChange, Replacement};
pub use gate::{Gate, GivenSuppression};
pub use measurement::{NotMeasured, ObservationFile};
pub use quoted::{quoted, quoted_in};
pub use routing::{Routing, RoutingAnswer, RoutingHost, RoutingPath, RoutingRow, RoutingTo, ToPath};
pub use snapshot::{Coverage, CoverageState, Input, NotEvaluated, Problem, SnapshotSummary};
pub use subject::{Backend, BrokenAt, NextStep, Path, Port, Segment, Subject, UncheckedItem, VantageRow};
pub use words::{
    Confidence, ConfigVerdict, Effect, Outcome, PathState, SegmentMeasure, SegmentName, SuppressedBy, SuppressionState,
    Traffic, UnknownClass, Verdict,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The schema name every report carries.
pub const SCHEMA: &str = "kubereach/report/v1";

/// One report: what was read, what was judged, what was found. Everything is in its final order
/// (worst first, then kind, namespace, name), so the same input renders to the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The program that wrote the report.
    pub tool: Tool,
    /// What was read, and what is known about what was not.
    pub snapshot: SnapshotSummary,
    /// Subjects per verdict.
    pub summary: Summary,
    /// What a change does, where two judgements were compared (`--on-top-of`, `diff`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// What explains the verdicts, worst first: one row for each object that is to blame, and for each thing that was
    /// not read.
    #[serde(default)]
    pub causes: Vec<Cause>,
    /// One entry per Service, Ingress, route and Gateway, worst first.
    pub subjects: Vec<Subject>,
    /// Every finding that a subject, path or segment names by id.
    pub findings: Vec<Finding>,
    /// What was not read and could only stand in the way: subjects, paths and segments name it by id.
    #[serde(default)]
    pub assumptions: Vec<Assumption>,
    /// What the gate did; absent where none was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// What happens to plain requests, for the HTML page alone.
    #[serde(skip)]
    pub routing: Option<Routing>,
}

/// The program that wrote the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `kubereach`.
    pub name: String,
    /// Semantic version.
    pub version: String,
}

/// How many subjects have each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Verified by live traffic.
    pub healthy: usize,
    /// Nothing wrong in the configuration; not tested.
    #[serde(rename = "config-ok")]
    pub config_ok: usize,
    /// Some traffic passes, less than declared.
    pub degraded: usize,
    /// No traffic passes.
    pub broken: usize,
    /// Cannot be told from what was read.
    pub unknown: usize,
}

impl Summary {
    /// Of one subject.
    pub fn one(verdict: Verdict) -> Self {
        let mut summary = Self::default();
        summary.count(verdict);
        summary
    }

    /// Counts one more subject.
    pub const fn count(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Broken => &mut self.broken,
            Verdict::Degraded => &mut self.degraded,
            Verdict::Unknown => &mut self.unknown,
            Verdict::ConfigOk => &mut self.config_ok,
            Verdict::Healthy => &mut self.healthy,
        } += 1;
    }

    /// How many have this verdict.
    pub const fn of(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Broken => self.broken,
            Verdict::Degraded => self.degraded,
            Verdict::Unknown => self.unknown,
            Verdict::ConfigOk => self.config_ok,
            Verdict::Healthy => self.healthy,
        }
    }
}

impl std::ops::AddAssign for Summary {
    fn add_assign(&mut self, other: Self) {
        self.healthy += other.healthy;
        self.config_ok += other.config_ok;
        self.degraded += other.degraded;
        self.broken += other.broken;
        self.unknown += other.unknown;
    }
}

/// The name of a Kubernetes object; `namespace` is absent for cluster-scoped kinds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct ObjectRef {
    /// Kind, as Kubernetes spells it.
    pub kind: String,
    /// Namespace, if the kind has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
    /// API group, unless it is one of Kubernetes itself: kinds of several projects share names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl std::fmt::Display for ObjectRef {
    /// `Kind/namespace/name`, or `Kind/name` for cluster-scoped kinds.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.namespace {
            Some(ns) => write!(f, "{}/{ns}/{}", self.kind, self.name),
            None => write!(f, "{}/{}", self.kind, self.name),
        }
    }
}
