//! What was read, and what is known about what was not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ObservationFile;

/// The snapshot behind a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Snapshot")]
pub struct SnapshotSummary {
    /// What was read, in the order given on the command line.
    pub inputs: Vec<Input>,
    /// What is known per kind and namespace.
    pub coverage: Vec<Coverage>,
    /// What could not be read, and what was done about it.
    pub problems: Vec<Problem>,
    /// The newest time the snapshot speaks for (RFC 3339, UTC), where any input shows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// Kinds that lead traffic or decide about it and that kubereach does not evaluate, with their number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_evaluated: Vec<NotEvaluated>,
    /// The measurements that were merged, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<ObservationFile>,
}

/// A kind found in the snapshot that no check evaluates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotEvaluated {
    /// `group/Kind`, or `Kind` for the core group.
    pub kind: String,
    /// How many objects of it were read.
    pub objects: usize,
    /// What that means for the report, one sentence.
    pub meaning: String,
}

/// One input named on the command line, or one bundle inside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    /// As named on the command line; `-` is standard input.
    pub path: String,
    /// The layout it was read as: `plain`, `troubleshoot`, `must-gather`, …
    pub layout: String,
    /// When it was taken (RFC 3339, UTC), where the input says so.
    pub taken_at: Option<String>,
    /// Objects read from it.
    pub objects: usize,
    /// Members of an archive or directory that cannot hold objects and were not opened.
    #[serde(default)]
    pub skipped: usize,
    /// Facts worth showing in the inventory: collector version, Kubernetes version, scope.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// The cluster it came from, when the inputs hold several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
}

/// What is known about one kind in one namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Kind, as Kubernetes spells it.
    pub kind: String,
    /// The namespace; absent for the whole cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// How much of it was read.
    pub state: CoverageState,
    /// Why, one sentence that names the file which shows it.
    pub reason: String,
    /// Objects of it that were read.
    #[serde(default)]
    pub objects: usize,
}

/// How much of a kind was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CoverageState {
    /// Everything there is was read: what is not there does not exist.
    Complete,
    /// Some objects were read; others may exist.
    Partial,
    /// The collector was refused.
    Forbidden,
    /// Nobody asked, or asking failed.
    NotCollected,
    /// The API server has no such kind: none can exist.
    NotServed,
}

impl CoverageState {
    /// The word as it is written in JSON and prose.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Forbidden => "forbidden",
            Self::NotCollected => "not-collected",
            Self::NotServed => "not-served",
        }
    }
}

/// Something that could not be read; the rest was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// File, or `archive!member`.
    pub path: String,
    /// 1-based line, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// 1-based column, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What is wrong and what was done about it.
    pub message: String,
}
