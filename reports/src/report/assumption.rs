//! What was not read and could only stand in the way of traffic.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SegmentName;

/// Something that was not read and that takes traffic away only if it exists and says so: the paths that name it are
/// open as far as was read. Said once for all subjects that rest on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assumption {
    /// Unique in the report; what was left out for the same check has the same id in every report.
    pub id: String,
    /// The code whose page (`kubereach explain`) says what it means; empty where it is no check's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// The segment that is open on it.
    pub segment: SegmentName,
    /// The kind that was not read.
    pub kind: String,
    /// Its group, unless it is one of Kubernetes itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// In which namespaces, in order; empty for a cluster-wide kind.
    pub namespaces: Vec<String>,
    /// In one clause: `network policies were not read`.
    pub text: String,
    /// Why it was not read.
    pub reason: String,
    /// The one line that reads it, for all namespaces.
    pub command: String,
    /// What it could change, one clause: `turn this traffic away`.
    pub could: String,
    /// How many subjects rest on it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub subjects: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Assumption {
    /// How to declare that there is none of it: the option. Only of policies, which a cluster may well not have, and of
    /// other claims on a host; a Secret that something names, or a class, is there or traffic fails.
    pub fn declaration(&self) -> Option<String> {
        let may_be_none = (self.segment == SegmentName::Policy || self.kind == "Ingress") && !self.command.is_empty();
        may_be_none.then(|| format!("--assume-complete={}", self.kind))
    }
}
