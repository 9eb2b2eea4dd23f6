//! What `kubereach snapshot` writes: a List per kind and namespace, and a record of what was listed, when,
//! as whom, and what was refused. A live read is handed over in the same form, so that both are judged
//! alike.

use std::collections::BTreeMap;

use kubereach_reports::report::CoverageState;
use serde::{Deserialize, Serialize};

use super::facts::CoverageStatement;
use super::part::{File, Part, words};
use super::{Facts, FileEntry, Layout, time};
use crate::content::Content;
use crate::item::What;
use kubereach_model::snapshot::GroupKind;

/// `apiVersion` of the record.
pub const API_VERSION: &str = "kubereach/v1";
/// `kind` of the record.
pub const KIND: &str = "Snapshot";

/// The file of the record in an archive.
pub const RECORD: &str = "coverage.json";

/// The record of a read: `coverage.json`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Record {
    /// [`API_VERSION`].
    pub api_version: String,
    /// [`KIND`].
    pub kind: String,
    /// `kubereach 0.1.0`.
    pub tool: String,
    /// When reading began, by the server's clock (RFC 3339).
    pub taken_at: String,
    /// When it ended.
    pub finished_at: String,
    /// The server's version: `v1.31.2`.
    pub server_version: String,
    /// As whom it was read; empty where the server did not say.
    pub user: String,
    /// The namespaces that were asked for; empty for all.
    pub namespaces: Vec<String>,
    /// The kinds that were asked for; empty for what judgement needs.
    pub kinds: Vec<String>,
    /// Names, hosts and addresses are pseudonyms.
    pub pseudonyms: bool,
    /// What was listed and what was not, per kind and scope.
    pub lists: Vec<ListRecord>,
}

/// One statement: a kind in a namespace, or in the whole cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListRecord {
    /// API group; empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// None for the whole cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// How much was read.
    pub state: Option<CoverageState>,
    /// Why; of a refusal the server's own words.
    pub reason: String,
    /// The path that was asked.
    pub source: String,
    /// How many objects of it the archive holds; none where that is said elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objects: Option<usize>,
    /// The list's own `resourceVersion`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource_version: String,
    /// When it was listed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub at: String,
}

/// The layout.
#[derive(Debug)]
pub struct Kubereach;

fn record(content: &Content<crate::item::Item>) -> Option<&serde_json::Value> {
    let Content::Documents(documents) = content else { return None };
    documents.objects.iter().find_map(|d| match &d.value.what {
        What::About(value) if value.get("apiVersion").and_then(serde_json::Value::as_str) == Some(API_VERSION) => {
            Some(&**value)
        }
        _ => None,
    })
}

impl Layout for Kubereach {
    fn name(&self) -> &'static str {
        "kubereach"
    }

    fn is_sent_to_support(&self) -> bool {
        false
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        let mut roots: Vec<&str> = files
            .iter()
            .filter(|f| record(f.content).is_some())
            .map(|f| f.path.rfind('/').map_or("", |at| f.path.get(..=at).unwrap_or_default()))
            .collect();
        roots.sort_unstable();
        // Two records in one folder are two snapshots side by side: neither speaks for the other's files.
        let once = |root: &&str| roots.iter().filter(|r| *r == root).count() == 1;
        let mut found: Vec<String> = Vec::new();
        for root in roots.iter().filter(|root| once(root)) {
            if !found.iter().any(|outer| root.starts_with(outer.as_str())) {
                found.push((*root).to_owned());
            }
        }
        found
    }

    fn record(&self) -> Option<(Option<&'static str>, &'static str)> {
        Some((Some(API_VERSION), KIND))
    }

    fn is_bundle(&self, files: &[FileEntry<'_>]) -> bool {
        files.iter().any(|file| file.path == RECORD)
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        let Some((file, value)) = part.files.iter().find_map(|f| Some((f, record(f.content)?))) else { return };
        let record: Record = match Record::deserialize(value) {
            Ok(record) => record,
            Err(error) => {
                let message =
                    format!("the record of the snapshot could not be read: {error}; nothing is proved absent");
                return out.problem(&file.display, None, message);
            }
        };
        out.placeless = true;
        out.accounted = true;
        out.began = time::parse(&record.taken_at);
        out.taken_at = out.began;
        if !record.server_version.is_empty() {
            out.note(format!("Kubernetes {}", words(&record.server_version)));
        }
        if !record.user.is_empty() {
            out.note(format!("read as {}", words(&record.user)));
        }
        if !record.namespaces.is_empty() {
            out.note(format!("namespaces asked for: {}", words(&record.namespaces.join(", "))));
        }
        if record.pseudonyms {
            out.note("names, hosts and addresses are pseudonyms");
        }
        let held = held(part);
        for list in &record.lists {
            let kind = GroupKind { group: list.group.clone().into(), kind: list.kind.clone().into() };
            let found = match &list.namespace {
                Some(ns) => held.get(&kind).and_then(|of_kind| of_kind.get(ns.as_str())).copied().unwrap_or_default(),
                None => held.get(&kind).map(|of_kind| of_kind.values().sum()).unwrap_or_default(),
            };
            let state = list.state.unwrap_or(CoverageState::NotCollected);
            let reason = words(&list.reason);
            // A cut or pruned archive holds less than its record says.
            let statement = match list.objects {
                Some(wrote) if found < wrote => CoverageStatement::partial(
                    format!("{found} of the {wrote} objects that the snapshot's record speaks of are in it"),
                    words(&list.source),
                ),
                _ => CoverageStatement::new(state, reason, words(&list.source)),
            };
            out.say(&kind, list.namespace.as_deref(), statement);
        }
    }
}

/// How many objects of each kind and namespace there are, unreadable ones included: those are said
/// elsewhere.
fn held<'p>(part: &Part<'p>) -> BTreeMap<GroupKind, BTreeMap<&'p str, usize>> {
    let mut held: BTreeMap<GroupKind, BTreeMap<&str, usize>> = BTreeMap::new();
    for item in part.files.iter().flat_map(File::items) {
        let (kind, namespace) = match &item.value.what {
            What::Object(object) => (object.group_kind(), object.meta().namespace.as_str()),
            What::Release(release) => (release.secret.group_kind(), release.secret.meta().namespace.as_str()),
            What::Failed(failed) => (failed.kind.clone(), failed.namespace.as_str()),
            What::About(_) | What::Nameless => continue,
        };
        *held.entry(kind).or_default().entry(namespace).or_default() += 1;
    }
    held
}
