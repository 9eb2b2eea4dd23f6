//! What the gate did, and what somebody accepted beforehand. The verdicts above it stand whatever is
//! said here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Problem, SuppressedBy, SuppressionState, Verdict};

/// The gate of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// `--fail-on`: `broken`, `degraded`, `unknown` or `never`.
    pub fail_on: String,
    /// Did it trip? Then the exit code is 1.
    pub tripped: bool,
    /// Kubernetes objects of manifests that could not be read or that the API server would refuse, and trip it by that
    /// (`--allow-unreadable` lets them pass).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Problem>,
    /// Documents of manifests that were not judged, because they could not be read or were not rendered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unjudged: usize,
    /// How many subjects trip it.
    pub failing: usize,
    /// How many would, if nothing had been accepted.
    pub excused: usize,
    /// How many findings are suppressed.
    pub suppressed: usize,
    /// The configuration file in effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// Every suppression that was given, with what became of it: those that do nothing first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<GivenSuppression>,
}

/// One suppression as it was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct GivenSuppression {
    /// What became of it.
    pub state: SuppressionState,
    /// What gives it.
    pub by: SuppressedBy,
    /// Where it is written.
    pub place: String,
    /// The code it accepts.
    pub code: String,
    /// The objects it accepts it of: a glob over `Kind/namespace/name`, or one object.
    pub object: String,
    /// Why.
    pub reason: String,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// How many findings it matches; of an expired one, how many it would.
    pub findings: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Gate {
    /// Would a subject with this verdict trip a gate set to `fail_on`?
    pub fn trips(fail_on: &str, verdict: Verdict) -> bool {
        match fail_on {
            "broken" => verdict == Verdict::Broken,
            "degraded" => matches!(verdict, Verdict::Broken | Verdict::Degraded),
            "unknown" => matches!(verdict, Verdict::Broken | Verdict::Degraded | Verdict::Unknown),
            _ => false,
        }
    }

    /// Suppressions in this state.
    pub fn count(&self, state: SuppressionState) -> usize {
        self.suppressions.iter().filter(|given| given.state == state).count()
    }
}
