//! One fact about one object.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, Fix, ObjectRef, SegmentName, SuppressedBy};

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
    /// The object in which the field stands, where it is another: the Ingress that names a missing Service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stands_in: Option<ObjectRef>,
    /// The source lines around the location, for showing; absent where nothing must be shown (Secrets).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<Frame>,
    /// The same finding in another run has the same fingerprint, whatever moved in the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fingerprint: String,
    /// Somebody accepted it: it is shown apart and trips no gate. The verdict it leads to stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppression>,
    /// Words of the cluster that stand in these sentences, between `“` and `”`: what a controller, a kubelet or a container
    /// said. They are nobody's instruction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quoted: Vec<String>,
    /// Other objects the sentence names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// A repair that was proved, where there is a mechanical one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Box<Fix>>,
}

/// A place in an input.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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
    /// One past the last character of the key or value there, on the same line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// What stands there: `spec.ports[0].targetPort`. Absent where the object as a whole is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
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

/// Some lines of an input, cut to a sane width. The text is as it stands in the input: renderers make it
/// harmless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Frame {
    /// Line number of the first of them, 1-based.
    pub first_line: u32,
    /// The lines, without line breaks.
    pub lines: Vec<String>,
    /// Which of them is meant, from 0.
    pub marked: usize,
    /// First marked character of that line as it is cut here, from 0.
    pub start: usize,
    /// One past the last marked character.
    pub end: usize,
}

/// Why a finding was accepted, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Suppression {
    /// What accepted it.
    pub by: SuppressedBy,
    /// Why, in the words of whoever did.
    pub reason: String,
    /// Where that is written: `kubereach.toml:12`, a baseline's file, an annotated object.
    pub place: String,
    /// Until when, as a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// Another object a finding names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Related {
    /// The object.
    pub object: ObjectRef,
    /// What it has to do with the finding: `the Ingress that refers to it`.
    pub role: String,
}
