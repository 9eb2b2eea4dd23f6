//! Which kinds the API server serves: aggregated discovery (KEP-3352), or group by group.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::call::{CallError, stranger};
use super::client::{Accept, Reader, escape};

/// A kind that the API server serves in one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// API group; empty for the core group.
    pub group: String,
    /// Version.
    pub version: String,
    /// Kind.
    pub kind: String,
    /// Name in URLs.
    pub plural: String,
    /// Does it live in a namespace?
    pub namespaced: bool,
    /// Can it be listed?
    pub listable: bool,
}

/// What the API server serves.
#[derive(Debug, Clone, Default)]
pub struct Discovered {
    /// In the server's order of preference.
    pub resources: Vec<Resource>,
    /// Every group that is there.
    pub groups: BTreeSet<String>,
    /// Groups whose server did not answer, and why.
    pub silent: BTreeMap<String, String>,
}

impl Discovered {
    /// The served versions of a kind, the preferred one first.
    pub fn of<'d>(&'d self, group: &'d str, kind: &'d str) -> impl Iterator<Item = &'d Resource> + Clone {
        self.resources.iter().filter(move |r| r.group == group && r.kind == kind)
    }

    /// As an `APIGroupDiscoveryList`, for the archive.
    pub fn document(&self) -> serde_json::Value {
        let mut groups: Vec<(&str, Vec<(&str, Vec<serde_json::Value>)>)> = Vec::new();
        for resource in &self.resources {
            let one = serde_json::json!({
                "resource": resource.plural,
                "responseKind": {"group": resource.group, "version": resource.version, "kind": resource.kind},
                "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
                "verbs": if resource.listable { vec!["list"] } else { Vec::new() },
            });
            let at = groups.iter().position(|(g, _)| *g == resource.group).unwrap_or_else(|| {
                groups.push((&resource.group, Vec::new()));
                groups.len() - 1
            });
            let Some((_, versions)) = groups.get_mut(at) else { continue };
            match versions.iter_mut().find(|(v, _)| *v == resource.version) {
                Some((_, resources)) => resources.push(one),
                None => versions.push((&resource.version, vec![one])),
            }
        }
        let items: Vec<serde_json::Value> = groups
            .into_iter()
            .map(|(group, versions)| {
                let versions: Vec<serde_json::Value> = versions
                    .into_iter()
                    .map(|(version, resources)| serde_json::json!({"version": version, "resources": resources}))
                    .collect();
                serde_json::json!({"metadata": {"name": group}, "versions": versions})
            })
            .collect();
        serde_json::json!({"apiVersion": "apidiscovery.k8s.io/v2", "kind": "APIGroupDiscoveryList", "items": items})
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Document {
    kind: String,
    /// Aggregated: groups.
    items: Vec<Group>,
    /// `APIVersions` of the core group.
    versions: Vec<String>,
    /// `APIGroupList`.
    groups: Vec<PlainGroup>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Group {
    metadata: Name,
    versions: Vec<Version>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Name {
    name: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Version {
    version: String,
    resources: Vec<Served>,
    freshness: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Served {
    resource: String,
    response_kind: Option<Kind>,
    scope: String,
    verbs: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Kind {
    kind: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PlainGroup {
    name: String,
    versions: Vec<PlainVersion>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct PlainVersion {
    group_version: String,
    version: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PlainList {
    resources: Vec<PlainResource>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PlainResource {
    name: String,
    kind: String,
    namespaced: bool,
    verbs: Vec<String>,
}

/// Asks what is served. Where the server knows no aggregated discovery only the groups that `needed` names
/// are asked one by one.
pub async fn discover(reader: &Reader, needed: &(dyn Fn(&str) -> bool + Sync)) -> Result<Discovered, CallError> {
    let mut found = Discovered::default();
    for root in ["/api", "/apis"] {
        let answer = reader.get(root, Accept::Discovery).await?;
        if let Some(stranger) = stranger(&answer, &["APIGroupDiscoveryList", "APIVersions", "APIGroupList"]) {
            return Err(stranger);
        }
        let document: Document =
            serde_json::from_slice(&answer.body).map_err(|error| CallError::Malformed(error.to_string()))?;
        if document.kind == "APIGroupDiscoveryList" {
            document.items.into_iter().for_each(|group| found.aggregated(group));
            continue;
        }
        for version in document.versions {
            found.groups.insert(String::new());
            found.plain(reader, "", &version, &format!("/api/{}", escape(&version))).await;
        }
        for group in document.groups {
            found.groups.insert(group.name.clone());
            if !needed(&group.name) {
                continue;
            }
            for version in group.versions {
                let (name, version) = match version.group_version.split_once('/') {
                    Some((_, v)) => (&group.name, v.to_owned()),
                    None => (&group.name, version.version),
                };
                let path = format!("/apis/{}/{}", escape(name), escape(&version));
                found.plain(reader, name, &version, &path).await;
            }
        }
    }
    Ok(found)
}

impl Discovered {
    fn aggregated(&mut self, group: Group) {
        let name = group.metadata.name;
        for version in group.versions {
            if version.freshness == "Stale" {
                self.silent.insert(
                    name.clone(),
                    "the server of this API group did not answer (discovery is stale)".to_owned(),
                );
            }
            self.resources.extend(version.resources.into_iter().filter_map(|served| {
                Some(Resource {
                    group: name.clone(),
                    version: version.version.clone(),
                    kind: served.response_kind?.kind,
                    plural: served.resource,
                    namespaced: served.scope == "Namespaced",
                    listable: served.verbs.iter().any(|verb| verb == "list"),
                })
            }));
        }
        self.groups.insert(name);
    }

    async fn plain(&mut self, reader: &Reader, group: &str, version: &str, path: &str) {
        match reader.get_as::<PlainList>(path, Accept::Json).await {
            Ok(list) => {
                let whole = list.resources.into_iter().filter(|r| !r.name.contains('/'));
                self.resources.extend(whole.map(|r| Resource {
                    group: group.to_owned(),
                    version: version.to_owned(),
                    kind: r.kind,
                    plural: r.name,
                    namespaced: r.namespaced,
                    listable: r.verbs.iter().any(|verb| verb == "list"),
                }));
            }
            Err(error) => {
                self.silent.insert(group.to_owned(), error.to_string());
            }
        }
    }
}
