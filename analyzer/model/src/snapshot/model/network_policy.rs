//! networking.k8s.io NetworkPolicy.

use serde::Deserialize;

use super::Meta;
use super::lenient::{Field, List, PortRef, null_default};
use crate::snapshot::LabelSelector;
use crate::snapshot::kinds::{ApiRules, Applied, Stays, keep};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NetworkPolicy {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: NetworkPolicySpec,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicySpec {
    #[serde(deserialize_with = "null_default")]
    pub pod_selector: LabelSelector,
    /// After defaulting.
    pub policy_types: List<String>,
    /// `None` and an empty list differ only in the defaulting of `policyTypes`.
    pub ingress: Option<List<PolicyRule>>,
    pub egress: Option<List<PolicyRule>>,
}

/// `from` of an ingress rule, `to` of an egress rule: both missing and empty mean *anyone*.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PolicyRule {
    #[serde(alias = "from", alias = "to")]
    pub peers: List<PolicyPeer>,
    pub ports: List<PolicyPort>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyPeer {
    pub pod_selector: Option<LabelSelector>,
    pub namespace_selector: Option<LabelSelector>,
    pub ip_block: Option<IpBlock>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IpBlock {
    pub cidr: Field<String>,
    pub except: List<Field<String>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyPort {
    /// After defaulting: `TCP`.
    pub protocol: Option<String>,
    pub port: Option<PortRef>,
    pub end_port: Field<u16>,
}

impl ApiRules for NetworkPolicy {
    /// `Ingress` always; `Egress` only if the field is there (API reference: `policyTypes`).
    fn apply_defaults(&mut self) {
        if self.spec.policy_types.is_empty() {
            let mut types = vec!["Ingress".to_owned()];
            if self.spec.egress.as_ref().is_some_and(|rules| !rules.is_empty()) {
                types.push("Egress".to_owned());
            }
            self.spec.policy_types = types.into();
        }
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |_, _| ())
    }
}
