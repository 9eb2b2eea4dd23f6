//! Kinds that lead traffic or decide about it: kept whole in their spec, so that it can be said what they touch, also
//! of those that no check evaluates.

use serde::{Deserialize, Deserializer};

use super::Meta;
use super::gateway::PolicyStatus;
use super::lenient::null_default;
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
    /// What controllers say of a policy, by the object that it is attached to; empty for kinds whose status is another.
    #[serde(deserialize_with = "if_it_fits")]
    pub status: PolicyStatus,
}

/// Every kind has a status of its own: one of another form is none.
fn if_it_fits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PolicyStatus, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
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
}

impl ApiRules for Unmodelled {
    fn set_kind(&mut self, kind: GroupKind, _: Variant) {
        self.group_kind = Some(kind);
    }

    fn own_kind(&self) -> Option<GroupKind> {
        self.group_kind.clone()
    }
}
