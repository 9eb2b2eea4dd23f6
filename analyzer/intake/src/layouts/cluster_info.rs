//! `kubectl cluster-info dump`: a fixed set of kinds, as files per namespace or as one stream.
//!
//! It lists, in this order, the nodes and per namespace events, replication controllers, services,
//! daemon sets, deployments, replica sets and pods; nothing else, ever. One failed list ends it.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::CoverageState;

use super::discovery::Discovery;
use super::facts::{CoverageStatement, Scope};
use super::part::{File, Part};
use super::{Facts, FileEntry, Layout, outermost};
use crate::content::{Content, Documents};
use crate::item::Item;
use crate::paths;
use kubereach_model::snapshot::kinds::{self, Kind};

/// The layout.
#[derive(Debug)]
pub(crate) struct ClusterInfo;

/// Names of files and of lists, per namespace.
const KINDS: [(&str, &str, &str); 7] = [
    ("events", "EventList", "events"),
    ("replication-controllers", "ReplicationControllerList", "replicationcontrollers"),
    ("services", "ServiceList", "services"),
    ("daemonsets", "DaemonSetList", "daemonsets"),
    ("deployments", "DeploymentList", "deployments"),
    ("replicasets", "ReplicaSetList", "replicasets"),
    ("pods", "PodList", "pods"),
];

fn kind(plural: &str) -> Option<&'static Kind> {
    kinds::by_resource(plural, None)
}

/// Does a stream begin as the dump does?
fn is_stream(documents: &Documents<Item>) -> bool {
    let kinds: Vec<&str> = documents.lists.iter().take(4).filter_map(|l| l.kind.as_deref()).collect();
    matches!(kinds.as_slice(), ["NodeList", "EventList", "ReplicationControllerList", ..])
}

impl Layout for ClusterInfo {
    fn name(&self) -> &'static str {
        "cluster-info-dump"
    }

    fn is_sent_to_support(&self) -> bool {
        false
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        let nodes = |root: &str| ["nodes.json", "nodes.yaml"].iter().any(|n| super::has(files, root, n));
        let mut roots = outermost(files, |p| {
            let (folder, name) = p.rsplit_once('/')?;
            let namespace = folder.rsplit('/').next().unwrap_or(folder);
            let root = p.get(..folder.len() - namespace.len())?;
            (paths::stem(name) == "replication-controllers").then_some(root)
        });
        roots.retain(|root| nodes(root));
        for file in files {
            if let Content::Documents(documents) = file.content
                && is_stream(documents)
                && !roots.iter().any(|r| file.path.starts_with(r.as_str()))
            {
                roots.push(file.path.to_owned());
            }
        }
        roots
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        out.note("kubectl cluster-info dump");
        let streams: Vec<&File<'_>> = part.files.iter().filter(|f| f.documents().is_some_and(is_stream)).collect();
        let mut found: BTreeMap<&'static str, BTreeMap<String, CoverageStatement>> = BTreeMap::new();
        let mut namespaces = BTreeSet::new();
        for file in &streams {
            stream(file, out, &mut found, &mut namespaces);
        }
        if streams.is_empty() {
            folders(part, out, &mut found, &mut namespaces);
        }
        let scope = Scope { namespaces, all: false };
        for (_, _, plural) in KINDS {
            let Some(kind) = kind(plural) else { continue };
            let mut statement = found.remove(plural).unwrap_or_default();
            for ns in &scope.namespaces {
                statement.entry(ns.clone()).or_insert_with(|| {
                    CoverageStatement::missing(
                        "the dump ended before this list: one failed list ends the whole command",
                    )
                });
            }
            out.spread(
                &kind.group_kind(),
                &scope,
                statement,
                "the dump covers kube-system and the current namespace unless told otherwise",
            );
        }
        out.rest(&Discovery::default(), |_| {
            CoverageStatement::missing("kubectl cluster-info dump never collects this kind")
        });
    }
}

fn folders(
    part: &Part<'_>,
    out: &mut Facts,
    found: &mut BTreeMap<&'static str, BTreeMap<String, CoverageStatement>>,
    namespaces: &mut BTreeSet<String>,
) {
    for file in &part.files {
        match file.path.split('/').collect::<Vec<_>>().as_slice() {
            [name] if paths::stem(name) == "nodes" => {
                if let (Some(kind), Some(statement)) = (kind("nodes"), file.listing()) {
                    out.say(&kind.group_kind(), None, statement);
                }
            }
            [ns, name] => {
                let Some((_, _, plural)) = KINDS.iter().find(|(n, ..)| *n == paths::stem(name)) else {
                    continue;
                };
                namespaces.insert((*ns).to_owned());
                if let Some(statement) = file.listing() {
                    found.entry(plural).or_default().insert((*ns).to_owned(), statement);
                }
            }
            _ => {}
        }
    }
}

/// In a stream every namespace begins with its events; objects tell which one it is. A namespace
/// whose lists are all empty stays without a name.
fn stream(
    file: &File<'_>,
    out: &mut Facts,
    found: &mut BTreeMap<&'static str, BTreeMap<String, CoverageStatement>>,
    namespaces: &mut BTreeSet<String>,
) {
    let Some(documents) = file.documents() else {
        return;
    };
    let mut names: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
    let mut read: BTreeMap<u32, usize> = BTreeMap::new();
    for decoded in &documents.objects {
        let Some(list) = decoded.list else { continue };
        *read.entry(list).or_default() += 1;
        if let Some(object) = decoded.value.object() {
            names.entry(list).or_default().insert(&object.meta().namespace);
        }
    }
    let mut group: Vec<(&'static str, CoverageState)> = Vec::new();
    let mut group_names: BTreeSet<&str> = BTreeSet::new();
    let mut flush = |group: &mut Vec<(&'static str, CoverageState)>, names: &mut BTreeSet<&str>| {
        if let [ns] = names.iter().copied().collect::<Vec<_>>().as_slice() {
            namespaces.insert((*ns).to_owned());
            for (plural, state) in group.iter() {
                let statement = CoverageStatement::new(*state, "the dump lists them", &file.display);
                found.entry(plural).or_default().insert((*ns).to_owned(), statement);
            }
        }
        group.clear();
        names.clear();
    };
    for (n, list) in documents.lists.iter().enumerate() {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        let whole = !list.truncated && read.get(&n).copied().unwrap_or(0) >= list.items;
        let state = if whole { CoverageState::Complete } else { CoverageState::Partial };
        let word = list.kind.as_deref().unwrap_or_default();
        if word == "NodeList" {
            if let Some(kind) = kind("nodes") {
                out.say(&kind.group_kind(), None, CoverageStatement::new(state, "the dump lists them", &file.display));
            }
            continue;
        }
        if word == "EventList" {
            flush(&mut group, &mut group_names);
        }
        if let Some((_, _, plural)) = KINDS.iter().find(|(_, k, _)| *k == word) {
            group.push((plural, state));
            group_names.extend(names.get(&n).into_iter().flatten());
        }
    }
    flush(&mut group, &mut group_names);
}
