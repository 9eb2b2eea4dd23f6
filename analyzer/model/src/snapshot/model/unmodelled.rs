//! Kinds that lead traffic or decide about it: kept whole in their spec, so that it can be said what they touch, also
//! of those that no check evaluates.

use serde::{Deserialize, Deserializer};

use super::gateway::PolicyAncestor;
use super::lenient::{List, null_default};
use super::{Condition, Meta};
use crate::snapshot::GroupKind;
use crate::snapshot::kinds::{ApiRules, Variant};

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Unmodelled {
    /// Set by the builder.
    #[serde(skip)]
    pub group_kind: Option<GroupKind>,
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: serde_json::Value,
    #[serde(deserialize_with = "null_default")]
    pub specs: serde_json::Value,
    #[serde(deserialize_with = "null_default")]
    pub status: ObjectStatus,
}

/// What of the status of any kind is the same everywhere. Every kind has a status of its own: what has another form is
/// left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ObjectStatus {
    /// What controllers say of a policy, by the object that it is attached to.
    pub ancestors: List<PolicyAncestor>,
    pub conditions: List<Condition>,
    /// `state` of an ACME Order or Challenge.
    pub state: String,
    /// Why it is in that state.
    pub reason: String,
}

impl<'de> Deserialize<'de> for ObjectStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = serde_json::Value::deserialize(deserializer)?;
        let mut take = |key: &str| value.get_mut(key).map(serde_json::Value::take).unwrap_or_default();
        Ok(Self {
            ancestors: serde_json::from_value(take("ancestors")).unwrap_or_default(),
            conditions: serde_json::from_value(take("conditions")).unwrap_or_default(),
            state: serde_json::from_value(take("state")).unwrap_or_default(),
            reason: serde_json::from_value(take("reason")).unwrap_or_default(),
        })
    }
}

/// What an unevaluated kind has to do with traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnmodelledRole {
    /// Leads traffic in, or is a part of what does, and is evaluated.
    Door,
    /// Leads traffic in: another kind of front door or mesh routing.
    Entry,
    /// Decides who may connect.
    Policy,
    /// Starts workloads on demand.
    Scaler,
    /// A Gateway API kind of the experimental channel or a policy attachment.
    GatewayExtension,
    /// Hands out and announces the addresses of load balancers.
    Announcement,
    /// Counts pods before it lets one be evicted: no part of any path, but a prober's pod may be counted.
    Budget,
    /// Says who pods are: its labels count for some policies.
    Identity,
    /// Issues certificates.
    Issuance,
}

impl ApiRules for Unmodelled {
    fn set_kind(&mut self, kind: GroupKind, _: Variant) {
        self.group_kind = Some(kind);
    }

    fn own_kind(&self) -> Option<GroupKind> {
        self.group_kind.clone()
    }
}
