//! What a change does: two judgements of one cluster, compared.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::words;
use super::{Effect, ObjectRef, SegmentName, Summary, Verdict};

words! {
    /// What is compared with what.
    ChangeKind {
        /// Manifests applied over a snapshot (`check --on-top-of`).
        OnTopOf = "on-top-of",
        /// Two snapshots or reports (`diff`).
        Diff = "diff",
    }
}

words! {
    /// What became of a subject.
    Became {
        /// It has a problem that was not there before.
        Introduced = "introduced",
        /// A problem is gone, and what is there instead was seen.
        Fixed = "fixed",
        /// Problems show that nobody could have seen before.
        NewlySeen = "newly-seen",
        /// Problems no longer show, because less is seen now: not proved fixed.
        NoLongerSeen = "no-longer-seen",
        /// The same problems, or none.
        Unchanged = "unchanged",
    }
}

words! {
    /// What becomes of an object of the change.
    #[schemars(rename = "Deed")]
    ChangeAction {
        /// It is new.
        Created = "created",
        /// It is there and becomes another.
        Changed = "changed",
        /// It is there and stays as it is.
        Same = "same",
        /// It is removed (`--prune`).
        Removed = "removed",
    }
}

/// The comparison that a report leads with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// What is compared with what.
    pub kind: ChangeKind,
    /// What stands for *before*: the snapshot or report.
    pub before: Vec<String>,
    /// What stands for *after*: the manifests, or the other snapshot.
    pub after: Vec<String>,
    /// Subjects per verdict before; `summary` of the report counts those after.
    pub summary_before: Summary,
    /// How many subjects became what.
    pub counts: ChangeCounts,
    /// Root causes that came or went with subjects that changed for it: introduced first, then by the number of subjects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<super::CauseChange>,
    /// Subjects that became anything but `unchanged`: introduced first, then fixed, then the rest.
    pub subjects: Vec<SubjectChange>,
    /// Ids of findings that name the change as a cause, worst first.
    pub findings: Vec<String>,
    /// What becomes of the objects of the change (`on-top-of` only).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ObjectChange>,
    /// Requests that get another answer, by host and path. Absent where a side is a written report or several clusters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestChange>,
    /// So many more get another answer.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub requests_left_out: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Requests that get another answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct RequestChange {
    /// The host; `*.shop.example` for those below it.
    pub host: String,
    /// The path.
    pub path: String,
    /// Which paths, and what else the requests carry: `this path`, `this path and below`, `paths that begin so`, ….
    #[serde(rename = "match")]
    pub matches: String,
    /// One of them: `GET https://shop.example/cart`.
    pub request: String,
    /// What it gets before.
    pub before: RequestAnswer,
    /// What it gets after.
    pub after: RequestAnswer,
}

/// What a request gets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct RequestAnswer {
    /// `backend`, `redirect`, `response`, `refused` or `unknown`.
    pub answer: String,
    /// In one line.
    pub line: String,
    /// The object whose rule takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
}

/// How many subjects became what. A subject with introduced and fixed problems counts as introduced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChangeCounts {
    /// A problem that was not there before.
    pub introduced: usize,
    /// A problem less.
    pub fixed: usize,
    /// Problems that nobody could have seen before.
    pub newly_seen: usize,
    /// Problems that no longer show, because less is seen.
    pub no_longer_seen: usize,
    /// The same problems, or none.
    pub unchanged: usize,
    /// Of the unchanged ones: broken or degraded before and after.
    pub unchanged_with_problems: usize,
}

/// One subject before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubjectChange {
    /// Kind.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// API group of its kind, unless it is one of Kubernetes itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The cluster, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// What became of it.
    pub became: Became,
    /// Its verdict before; absent where it did not exist or was not read.
    pub before: Option<Verdict>,
    /// Its verdict after; absent where it is gone or was not read.
    pub after: Option<Verdict>,
    /// Its headline after; where it is gone, the one before.
    pub headline: String,
    /// Problems that were not there before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub introduced: Vec<ProblemChange>,
    /// Problems that are gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<ProblemChange>,
    /// Problems that nobody could have seen before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub newly_seen: Vec<ProblemChange>,
    /// Problems that no longer show, because less is seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_longer_seen: Vec<ProblemChange>,
    /// Ids of findings that name the change as the cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
}

/// A problem of a subject: what a finding says, without values that move.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ProblemChange {
    /// What it does to its segment.
    pub effect: Effect,
    /// Where.
    pub segment: SegmentName,
    /// The finding's code.
    pub code: String,
    /// The culprit.
    pub object: ObjectRef,
    /// On how many paths of the subject.
    pub paths: usize,
    /// What the finding says.
    pub message: String,
    /// Its id in `findings`; absent for a problem that only the judgement before has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
}

/// One object of the change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ObjectChange {
    /// The object.
    pub object: ObjectRef,
    /// What becomes of it.
    #[serde(rename = "deed")]
    pub action: ChangeAction,
    /// What follows for others, one sentence; empty if nothing does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}
