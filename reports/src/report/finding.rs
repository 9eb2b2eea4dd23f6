//! One fact about one object.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, ObjectRef, SegmentName};

/// One fact about one object, with a stable code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable id within the report.
    pub id: String,
    /// `area/what`; `kubereach explain CODE` prints its page.
    pub code: String,
    /// What it does to its segment.
    pub effect: Effect,
    /// The segment it is about.
    pub segment: SegmentName,
    /// The object it is about: the culprit, not the symptom.
    pub object: ObjectRef,
    /// What.
    pub message: String,
    /// Why, in plain English. May be empty.
    pub cause: String,
    /// What to do. May be empty.
    pub action: String,
    /// One runnable line. May be empty.
    pub command: String,
    /// What the statement rests on: the collection or field that proves it, or the gap.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
    /// The very field, where the input has positions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Other objects the sentence names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

/// A place in an input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// File, or `archive!member`.
    pub path: String,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// The chart template that rendered it (Helm's `# Source:` comment), where the input names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

impl std::fmt::Display for Location {
    /// `path:line:column`, and the chart template where there is one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)?;
        match &self.template {
            Some(template) => write!(f, " (rendered from {template})"),
            None => Ok(()),
        }
    }
}

/// Another object a finding names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Related {
    /// The object.
    pub object: ObjectRef,
    /// What it has to do with the finding: `the Ingress that refers to it`.
    pub role: String,
}
