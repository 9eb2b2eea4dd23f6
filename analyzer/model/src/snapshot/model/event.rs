//! core/v1 and events.k8s.io Event: only warnings are kept, for the words of the component that failed.

use serde::Deserialize;

use super::Meta;
use super::endpoints::TargetRef;
use super::lenient::{Field, Time, null_default};
use crate::snapshot::kinds::ApiRules;

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event {
    pub metadata: Meta,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub reason: Option<String>,
    /// `note` in events.k8s.io.
    #[serde(alias = "note")]
    pub message: Option<String>,
    /// `regarding` in events.k8s.io.
    #[serde(alias = "regarding", deserialize_with = "null_default")]
    pub involved_object: TargetRef,
    pub last_timestamp: Time,
    pub event_time: Time,
    pub count: Field<i64>,
}

impl ApiRules for Event {
    fn newest_time(&self) -> Option<jiff::Timestamp> {
        self.last_timestamp.0.max(self.event_time.0)
    }
}
