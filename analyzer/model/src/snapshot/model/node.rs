//! core/v1 Node and Namespace.

use serde::Deserialize;

use super::Sharing;
use super::lenient::{Field, Flag, List, null_default};
use super::{Condition, ConditionStatus, Meta, current};
use crate::snapshot::kinds::{ApiRules, Applied, Stays, keep};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Node {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: NodeSpec,
    pub status: Option<NodeStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSpec {
    pub unschedulable: Flag,
    pub taints: List<Taint>,
    #[serde(rename = "podCIDRs")]
    pub pod_cidrs: List<String>,
    #[serde(rename = "providerID")]
    pub provider_id: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Taint {
    pub key: String,
    pub value: Option<String>,
    pub effect: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NodeStatus {
    pub conditions: List<Condition>,
    pub addresses: List<NodeAddress>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NodeAddress {
    #[serde(rename = "type")]
    pub kind: String,
    pub address: Field<String>,
}

impl Node {
    /// The Ready condition; `None` where no status was collected or the kubelet no longer reports.
    pub fn is_ready(&self) -> Option<bool> {
        let ready = current(&self.status.as_ref()?.conditions, "Ready")?;
        match ready.status {
            ConditionStatus::True => Some(true),
            ConditionStatus::False | ConditionStatus::Unknown => Some(false),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Namespace {
    pub metadata: Meta,
    pub status: Option<NamespaceStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NamespaceStatus {
    pub phase: Option<String>,
}

impl Namespace {
    /// Is it being deleted, with everything in it?
    pub fn is_leaving(&self) -> bool {
        let phase = self.status.as_ref().and_then(|status| status.phase.as_deref());
        phase == Some("Terminating") || self.metadata.deletion_timestamp.0.is_some()
    }
}

impl ApiRules for Node {
    fn has_status(&self) -> bool {
        self.status.is_some()
    }

    fn share(&mut self, sharing: &mut Sharing) {
        sharing.meta(&mut self.metadata);
    }
}

impl ApiRules for Namespace {
    fn share(&mut self, sharing: &mut Sharing) {
        sharing.meta(&mut self.metadata);
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |new, live| new.status.clone_from(&live.status))
    }
}
