//! Small kinds: ConfigMap, `PersistentVolumeClaim`, `HorizontalPodAutoscaler`, `CustomResourceDefinition`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::api_server::Conversion;
use super::lenient::{Field, null_default};
use super::secret::{Certificate, first_certificate};
use super::{Meta, ObjectReference};
use crate::snapshot::kinds::{ApiRules, Applied, Stays, keep};

/// A ConfigMap keeps its keys; values only of those that configure the data plane.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "RawConfigMap")]
pub struct ConfigMap {
    pub metadata: Meta,
    pub keys: Vec<String>,
    /// Empty unless [`keeps_values`] knows the map.
    pub values: BTreeMap<String, String>,
    /// What `ca.crt` holds, if the key is there.
    pub ca: Option<Result<Certificate, String>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawConfigMap {
    metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    data: BTreeMap<String, Option<String>>,
    #[serde(deserialize_with = "null_default")]
    binary_data: BTreeMap<String, serde::de::IgnoredAny>,
}

impl From<RawConfigMap> for ConfigMap {
    fn from(raw: RawConfigMap) -> Self {
        let mut keys: Vec<String> = raw.data.keys().chain(raw.binary_data.keys()).cloned().collect();
        keys.sort_unstable();
        let ca = raw.data.get("ca.crt").map(|pem| first_certificate(pem.as_deref().unwrap_or_default().as_bytes()));
        let values = if keeps_values(&raw.metadata.name) {
            raw.data.into_iter().map(|(k, v)| (k, v.unwrap_or_default())).collect()
        } else {
            BTreeMap::new()
        };
        Self { metadata: raw.metadata, keys, values, ca }
    }
}

/// `ConfigMaps` whose values say how the cluster's data plane, DNS, mesh or ingress controller behaves.
pub fn keeps_values(name: &str) -> bool {
    const NAMES: [&str; 18] = [
        "cilium-config",
        "calico-config",
        "canal-config",
        "kube-flannel-cfg",
        "kube-proxy",
        "antrea-config",
        "weave-net",
        "coredns",
        "kube-router-cfg",
        "tcp-services",
        "udp-services",
        "amazon-vpc-cni",
        "istio",
        "linkerd-config",
        "node-local-dns",
        "kube-dns",
        "dns-default",
        "kubelet-config",
    ];
    NAMES.contains(&name)
        || name.contains("coredns")
        || name.contains("ingress-nginx")
        || name.starts_with("antrea-config")
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PersistentVolumeClaim {
    pub metadata: Meta,
    pub status: Option<PhaseStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PhaseStatus {
    pub phase: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HorizontalPodAutoscaler {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: HpaSpec,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HpaSpec {
    #[serde(deserialize_with = "null_default")]
    pub scale_target_ref: ObjectReference,
    pub min_replicas: Field<i64>,
}

/// Which kinds the API server served.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CustomResourceDefinition {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: CrdSpec,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CrdSpec {
    #[serde(deserialize_with = "null_default")]
    pub group: String,
    #[serde(deserialize_with = "null_default")]
    pub names: CrdNames,
    pub scope: Option<String>,
    pub conversion: Option<Box<Conversion>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CrdNames {
    #[serde(deserialize_with = "null_default")]
    pub kind: String,
    #[serde(deserialize_with = "null_default")]
    pub plural: String,
}

impl ApiRules for ConfigMap {
    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |_, _| ())
    }
}

impl ApiRules for PersistentVolumeClaim {}

impl ApiRules for HorizontalPodAutoscaler {}

impl ApiRules for CustomResourceDefinition {}
