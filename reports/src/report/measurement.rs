//! What was measured, beside the rows per vantage: the files it came from, and what was not measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One observations file that was merged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ObservationFile {
    /// When the run began (RFC 3339).
    pub started_at: String,
    /// When it ended (RFC 3339).
    pub finished_at: String,
    /// `in-cluster`, `local`, `apiserver`.
    pub vantage: String,
    /// As whom.
    pub source: String,
    /// As named on the command line; `-` is standard input.
    pub path: String,
    /// Digest of the document.
    pub digest: String,
    /// Version of the prober.
    pub prober: String,
    /// Digest of the plan that was run.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plan: String,
    /// Is it the plan of this very snapshot? Absent where that cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_matches: Option<bool>,
    /// Rows it holds.
    pub results: usize,
    /// Rows that speak of a path of this snapshot.
    pub matched: usize,
    /// Rows that are controls.
    pub controls: usize,
    /// Targets that no path of this snapshot has; they touch nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmatched: Vec<String>,
    /// Its age against the snapshot's, in words, where both times are known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub age: String,
    /// The run was ended before every target was measured.
    #[serde(default)]
    pub cut_short: bool,
}

/// A vantage that was to measure a path and could not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct NotMeasured {
    /// `in-cluster`, `local`, `apiserver`.
    pub vantage: String,
    /// As whom.
    pub source: String,
    /// Why, in words.
    pub reason: String,
}
