//! Root causes: one object, or one thing that was not read, that explains the verdicts of one or many subjects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NextStep, ObjectRef, Verdict};

/// One object whose state explains the verdicts of one or many subjects, or one thing that was not read and for which
/// they were not judged. Worst first; a subject may stand in several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// Unique in the report; the same culprit has the same id in every report.
    pub id: String,
    /// The culprit; `null` where it is something that was not read.
    pub object: Option<ObjectRef>,
    /// What was not read: kinds, as `--assume-complete` takes them. Absent where an object is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// The cluster, when the inputs hold several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The worst verdict among the subjects that it explains.
    pub verdict: Verdict,
    /// Ids of the findings that trace back to it, worst first.
    pub findings: Vec<String>,
    /// Ids of the assumptions that it stands for: only where something was not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<String>,
    /// What is wrong, in one clause that begins with the culprit and has no full stop: `Node node-1 is not ready`.
    pub headline: String,
    /// What shows it, in one sentence, in the dump's own words where it has some. May be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// What it takes down or leaves unjudged, worst first.
    pub subjects: Vec<CauseSubject>,
    /// Host names that clients use and that fail with it, in order.
    pub hosts: Vec<String>,
    /// The one thing to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextStep>,
    /// What the subjects would be if what was not read held nothing in the way, computed by judging them so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<super::Summary>,
}

/// One subject that a cause explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CauseSubject {
    /// Kind.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// API group of its kind, unless it is one of Kubernetes itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The subject's verdict.
    pub verdict: Verdict,
    /// It explains the subject's whole verdict: with it mended the subject has no other fault.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alone: bool,
}

/// A root cause that came or went between two judgements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CauseChange {
    /// `introduced` or `fixed`.
    pub became: super::Became,
    /// Its id, in the report in which it stands.
    pub id: String,
    /// The culprit; `null` where it is something that was not read.
    pub object: Option<ObjectRef>,
    /// What is or was wrong.
    pub headline: String,
    /// How many of its subjects became so with it.
    pub subjects: usize,
}
