//! A repair that was proved: the patch, the command that applies it, and what changes with it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConfigVerdict, Location, ObjectRef};

/// A mechanical repair of a finding. It was applied to what was read, in memory, and every subject was judged again: it
/// mends the finding and makes no subject worse or less certain. A repair that does not is not in the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fix {
    /// The object that is changed or made.
    pub object: ObjectRef,
    /// The object does not exist yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub creates: bool,
    /// What is changed, in one imperative sentence.
    pub summary: String,
    /// A JSON Patch (RFC 6902) that tests what it replaces; for a new object its manifest, as YAML.
    pub patch: String,
    /// The same for people, as the lines of a diff: each begins with a space, `-` or `+`.
    pub diff: Vec<String>,
    /// One line for a POSIX shell that applies it; empty where the cluster would take it back (`change_at` says where to
    /// change it instead).
    pub kubectl: String,
    /// Who makes the object, and where to change it for good; empty where nothing shows that somebody else makes it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub change_at: String,
    /// It was applied in memory and judged: always true.
    pub verified: bool,
    /// The subjects whose verdict gets better, at most 50 of them. No other subject changes.
    pub changes: Vec<FixChange>,
    /// How many subjects get better.
    pub better: usize,
    /// How many subjects were judged with and without it.
    pub judged: usize,
    /// The one scalar that it replaces, where it is no more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replacement>,
    /// Where what it replaces stands, where the input has positions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// A subject that gets better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FixChange {
    /// Kind.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// API group of its kind, unless it is one of Kubernetes itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What its configuration says without the repair.
    pub before: ConfigVerdict,
    /// What it says with it.
    pub after: ConfigVerdict,
}

/// One scalar in the place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Replacement {
    /// The field: `spec.ports[0].targetPort`.
    pub field: String,
    /// As it is.
    pub old: String,
    /// As it is to be.
    pub new: String,
    /// What stands in the input at the location, quotes included; empty where the input has no positions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shown: String,
}

impl Fix {
    /// What it does to subjects: `fixes 3 subjects, changes no other`.
    #[must_use]
    pub fn effect(&self) -> String {
        let subjects = |count: usize| if count == 1 { "1 subject".to_owned() } else { format!("{count} subjects") };
        let partly = self.changes.iter().filter(|change| change.after != ConfigVerdict::ConfigOk).count();
        let whole = self.better.saturating_sub(partly);
        match (whole, partly) {
            (whole, 0) => format!("fixes {}, changes no other", subjects(whole)),
            (0, partly) => format!("makes {} better, changes no other", subjects(partly)),
            (whole, partly) => {
                format!("fixes {}, makes {} better, changes no other", subjects(whole), subjects(partly))
            }
        }
    }
}
