//! How intake fills a snapshot: decoded objects in, defaults applied, duplicates resolved.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::kinds::{AnyObject, Parts, Snapshot};
use super::model::{Namespace, Resource as _};
use super::{Coverage, GroupKind, Refusal};

/// Where an object's content comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provenance {
    /// An API server's copy.
    Live,
    /// An API server's copy from which a collector dropped status or identity (kube-dump).
    Stripped,
    /// Written by hand or rendered; no API server has seen it.
    Manifest,
}

/// Something that can be decoded as any type: a slice of YAML or JSON.
pub trait Decode {
    /// The decoder's error.
    type Error;
    /// Decodes the whole object.
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Self::Error>;
}

/// An object that came twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// `Kind/namespace/name`.
    pub object: String,
    /// Its kind.
    pub kind: GroupKind,
    /// Origin of the copy that was kept.
    pub kept: u32,
    /// Origin of the copy that was dropped.
    pub dropped: u32,
    /// The two have different uids: another life of the name, or another cluster.
    pub different_uid: bool,
    /// The two speak of the same version.
    pub same_version: bool,
}

/// A namespace that was deleted and made again between two readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeAgain {
    /// Its name.
    pub namespace: String,
    /// How many objects of its earlier life were left out.
    pub objects: usize,
    /// Origin of the Namespace as it is now.
    pub kept: u32,
    /// Origin of the earlier one.
    pub dropped: u32,
}

/// An object, its origin, and what kind of source it is.
type Entry = (AnyObject, u32, Provenance);

/// Collects the objects of one cluster.
#[derive(Debug, Default)]
pub struct Builder {
    /// In the order of pushing, until they are settled.
    objects: BTreeMap<GroupKind, Vec<Entry>>,
    unnamed: Vec<Entry>,
    duplicates: Vec<Duplicate>,
    made_again: Vec<MadeAgain>,
    settled: bool,
    /// What is known about what was read.
    pub coverage: Coverage,
    /// What an API server would refuse, by the origins of objects.
    pub refusals: BTreeMap<u32, Vec<Refusal>>,
    /// When reading the newest input began.
    pub began: Option<jiff::Timestamp>,
    /// The newest time the inputs speak for.
    pub taken_at: Option<jiff::Timestamp>,
    newest: Option<jiff::Timestamp>,
    /// The cluster's name, where there are several.
    pub cluster: Option<String>,
    /// Namespace of namespaced manifests that name none; `default` if empty.
    pub default_namespace: String,
}

impl Builder {
    /// Adds an object. `stripped` says that its layout drops status and identity of live objects.
    pub fn push(&mut self, mut object: AnyObject, origin: u32, stripped: bool) {
        self.newest = self.newest.max(object.newest_time());
        let provenance = if object.meta().is_stored() || object.has_status() {
            Provenance::Live
        } else if stripped {
            Provenance::Stripped
        } else {
            Provenance::Manifest
        };
        let fallback = if self.default_namespace.is_empty() { "default" } else { &self.default_namespace };
        object.apply_defaults(fallback);
        let kind = object.group_kind();
        if object.meta().name.is_empty() {
            self.unnamed.push((object, origin, provenance));
        } else {
            self.objects.entry(kind).or_default().push((object, origin, provenance));
        }
        self.settled = false;
    }

    /// What came twice, in the order of kind, namespace and name.
    pub fn duplicates(&mut self) -> &[Duplicate] {
        self.settle();
        &self.duplicates
    }

    /// Namespaces that were made again, in the order of their names.
    pub fn made_again(&mut self) -> &[MadeAgain] {
        self.settle();
        &self.made_again
    }

    /// A namespace takes its objects with it when it is deleted, and nothing in it is older than itself: what was made
    /// before the Namespace of today belongs to its earlier life.
    fn leave_earlier_lives(&mut self) {
        let twice = self.duplicates.iter().filter(|d| d.kind == *Namespace::KIND && d.different_uid);
        let lives: Vec<(String, u32, u32)> =
            twice.filter_map(|d| Some((d.object.rsplit('/').next()?.to_owned(), d.kept, d.dropped))).collect();
        for (namespace, kept, dropped) in lives {
            let today = self.objects.get(Namespace::KIND).into_iter().flatten();
            let Some(since) =
                today.filter(|e| e.0.meta().name == namespace).find_map(|e| e.0.meta().creation_timestamp.0)
            else {
                continue;
            };
            let mut objects = 0;
            for entries in self.objects.values_mut().chain([&mut self.unnamed]) {
                let before = entries.len();
                entries.retain(|(object, ..)| {
                    let meta = object.meta();
                    meta.namespace != namespace || meta.creation_timestamp.0.is_none_or(|made| made >= since)
                });
                objects += before - entries.len();
            }
            match self.made_again.iter_mut().find(|m| m.namespace == namespace) {
                Some(known) => known.objects += objects,
                None => self.made_again.push(MadeAgain { namespace, objects, kept, dropped }),
            }
        }
    }

    /// Brings the objects into order and keeps the newest copy of each.
    fn settle(&mut self) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        let Self { objects, duplicates, .. } = self;
        for (kind, entries) in objects {
            // Dumps come in this order nearly always: a stable sort then only looks.
            entries.sort_by(|a, b| key(a).cmp(&key(b)));
            entries.dedup_by(|new, old| {
                let same = key(new) == key(old);
                if same {
                    duplicates.push(newest_first(kind, old, new));
                }
                same
            });
        }
        self.leave_earlier_lives();
    }

    /// The snapshot.
    pub fn build(mut self) -> Snapshot {
        self.settle();
        let mut parts = Parts::default();
        for entries in self.objects.into_values().chain([self.unnamed]) {
            if let Some((first, ..)) = entries.first() {
                parts.reserve(first, entries.len());
            }
            for (object, origin, provenance) in entries {
                parts.add(object, origin, provenance);
            }
        }
        Snapshot {
            newest: self.newest,
            refusals: self.refusals,
            coverage: self.coverage,
            began: self.began,
            taken_at: self.taken_at,
            cluster: self.cluster,
            ..parts.into_snapshot()
        }
    }
}

fn key(entry: &Entry) -> (&str, &str) {
    let meta = entry.0.meta();
    (&meta.namespace, &meta.name)
}

/// Of two copies the newer one becomes `old`, the one that is kept.
fn newest_first(kind: &GroupKind, old: &mut Entry, new: &mut Entry) -> Duplicate {
    let different_uid = matches!((&old.0.meta().uid, &new.0.meta().uid), (Some(a), Some(b)) if a != b);
    let same_version = freshness(new).0 == freshness(old).0;
    let made = |entry: &Entry| entry.0.meta().creation_timestamp.0;
    // Of two lives of one name the later one is the one of today.
    let later =
        if different_uid && made(new) != made(old) { made(new) > made(old) } else { freshness(new) > freshness(old) };
    if later {
        std::mem::swap(old, new);
    }
    let (namespace, name) = key(old);
    Duplicate {
        object: format!("{kind}/{namespace}/{name}").replace("//", "/"),
        kind: kind.clone(),
        kept: old.1,
        dropped: new.1,
        different_uid,
        same_version,
    }
}

/// Which of two copies speaks for the later state: resourceVersion, then generation, then the later
/// source in the order of origins. (Kubernetes calls resourceVersion opaque; within one kind of one
/// cluster it is etcd's revision and grows.)
fn freshness(object: &Entry) -> ((bool, i64, i64, bool), std::cmp::Reverse<u32>) {
    let meta = object.0.meta();
    let live = object.2 == Provenance::Live;
    let version = meta.resource_version.known().copied().unwrap_or(-1);
    let generation = meta.generation.known().copied().unwrap_or(-1);
    ((live, version, generation, object.0.has_status()), std::cmp::Reverse(object.1))
}

impl Snapshot {
    /// Every object with its origin and provenance, in a stable order of kinds, namespaces and names.
    pub fn into_objects(self) -> Vec<(AnyObject, u32, Provenance)> {
        Parts::of(self)
    }

    /// The same cluster with other objects. They are taken as they are: nothing is defaulted again.
    #[must_use]
    pub fn with_objects(&self, objects: impl IntoIterator<Item = (AnyObject, u32, Provenance)>) -> Self {
        let mut parts = Parts::default();
        for (object, origin, provenance) in objects {
            parts.add(object, origin, provenance);
        }
        let mut snapshot = Self {
            cluster: self.cluster.clone(),
            began: self.began,
            taken_at: self.taken_at,
            newest: self.newest,
            coverage: self.coverage.clone(),
            simulation: self.simulation.clone(),
            thresholds: self.thresholds,
            strict: self.strict,
            kubernetes_minor: self.kubernetes_minor,
            refusals: self.refusals.clone(),
            ..parts.into_snapshot()
        };
        for (kind, count) in &self.other_kinds {
            *snapshot.other_kinds.entry(kind.clone()).or_default() += count;
        }
        snapshot
    }
}
