//! `ObjectMeta`, slim.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::lenient::{Field, List, Time, null_default};

/// What every object carries. `managedFields` and the last-applied annotation are dropped while reading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Meta {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub generate_name: Option<String>,
    /// Empty for cluster-scoped kinds; the builder fills `default` in for namespaced kinds without one.
    #[serde(deserialize_with = "null_default")]
    pub namespace: String,
    pub uid: Option<String>,
    pub resource_version: Field<i64>,
    pub generation: Field<i64>,
    pub creation_timestamp: Time,
    pub deletion_timestamp: Time,
    #[serde(deserialize_with = "null_default")]
    pub labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "annotations")]
    pub annotations: BTreeMap<String, String>,
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

fn annotations<'de, D: serde::Deserializer<'de>>(d: D) -> Result<BTreeMap<String, String>, D::Error> {
    let mut all: BTreeMap<String, Option<String>> = null_default(d)?;
    all.remove("kubectl.kubernetes.io/last-applied-configuration");
    Ok(all.into_iter().map(|(k, v)| (k, v.unwrap_or_default())).collect())
}
