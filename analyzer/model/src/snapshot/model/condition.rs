//! Status conditions (`meta/v1` `Condition`, and the older per-kind ones).

use serde::Deserialize;

use super::Text;
use super::lenient::{Field, Time};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: Text,
    pub status: ConditionStatus,
    pub reason: Option<String>,
    pub message: Option<String>,
    pub observed_generation: Field<i64>,
    pub last_transition_time: Time,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum ConditionStatus {
    True,
    False,
    #[default]
    #[serde(other)]
    Unknown,
}

impl Condition {
    /// Reason, or empty.
    pub fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or_default()
    }

    /// Message, or empty.
    pub fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    /// Does it speak of the object's present spec? A smaller `observedGeneration` is stale.
    pub fn is_current(&self, generation: &Field<i64>) -> bool {
        match (self.observed_generation.known(), generation.known()) {
            (Some(observed), Some(generation)) => observed >= generation,
            _ => true,
        }
    }
}

/// The condition of a type, if present.
pub fn current<'c>(conditions: &'c [Condition], kind: &str) -> Option<&'c Condition> {
    conditions.iter().find(|c| c.kind == kind)
}
