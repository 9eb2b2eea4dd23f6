//! `ObjectMeta`, slim.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};

use super::lenient::{Field, List, Time, null_default};
use super::remember::{Remembered, remembered};
use super::{Labels, Text, Uid};

/// What every object carries. `managedFields`, the last-applied annotation and those of network plugins are
/// dropped while reading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Meta {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub generate_name: Option<Text>,
    /// Empty for cluster-scoped kinds; the builder fills `default` in for namespaced kinds without one.
    #[serde(deserialize_with = "null_default")]
    pub namespace: String,
    pub uid: Option<Uid>,
    pub resource_version: Field<i64>,
    pub generation: Field<i64>,
    pub creation_timestamp: Time,
    pub deletion_timestamp: Time,
    #[serde(deserialize_with = "remembered")]
    pub labels: Labels,
    #[serde(deserialize_with = "annotations")]
    pub annotations: Labels,
    #[serde(deserialize_with = "remembered")]
    pub owner_references: List<OwnerReference>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    pub api_version: String,
    pub kind: String,
    pub name: String,
    pub uid: Option<String>,
    pub controller: Option<bool>,
}

impl Remembered for List<OwnerReference> {
    const NAME: &'static str = "kubereach:owners";
}

impl Meta {
    /// Does the object show a sign that an API server has stored it?
    pub fn is_stored(&self) -> bool {
        self.uid.is_some() || self.creation_timestamp.0.is_some() || !self.resource_version.is_absent()
    }

    /// The owner that controls it.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|o| o.controller == Some(true))
    }

    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.get(key).map(String::as_str)
    }

    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str)
    }
}

/// Annotations that say again what the object says: the copy of the whole object that `kubectl apply` leaves,
/// and what network plugins write on every pod about its addresses. Without these the annotations of a
/// workload's pods are equal.
const DROPPED: [&str; 5] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "cni.projectcalico.org/containerID",
    "cni.projectcalico.org/podIP",
    "cni.projectcalico.org/podIPs",
    "k8s.v1.cni.cncf.io/network-status",
];

/// The annotations without those that are dropped.
fn annotations<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Labels, D::Error> {
    null_default::<D, Annotations>(d).map(|all| all.0.into())
}

#[derive(Default)]
struct Annotations(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Annotations {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Annotations;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Annotations, A::Error> {
                let mut all = BTreeMap::new();
                while let Some(key) = map.next_key::<String>()? {
                    if DROPPED.contains(&key.as_str()) {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        all.insert(key, map.next_value::<Option<String>>()?.unwrap_or_default());
                    }
                }
                Ok(Annotations(all))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
