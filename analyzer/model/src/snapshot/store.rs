//! Objects by kind, namespace and name.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use kubereach_reports::report::{CoverageState, ObjectRef};

use super::builder::Provenance;
use super::kinds::{AnyObject, KINDS, Object, Shape, Snapshot};
use super::lookup::{Absence, Found, Gap, Listing, Lookup};
use super::model::{Pod, Resource, Route, RouteKind, Unmodelled, Workload, WorkloadKind};
use super::{GroupKind, Siblings, is_placeholder, near};

/// An object and where it came from.
#[derive(Debug, Clone)]
pub struct Stored<T> {
    /// The object, where it was decoded to: large ones are not moved about.
    pub value: Box<T>,
    /// Index into the table of origins that intake keeps (file and byte range).
    pub origin: u32,
    /// What kind of source it is: an API server's copy or a manifest.
    pub provenance: Provenance,
}

impl<T> std::ops::Deref for Stored<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Stored<T> {
    /// Was it written by hand (or rendered) and never stored by an API server? Then what only a live
    /// object can show — readiness, addresses, status — is open by design.
    pub fn is_manifest(&self) -> bool {
        self.provenance == Provenance::Manifest
    }
}

/// All objects of one shape, in the order of namespace, name and kind.
#[derive(Debug, Clone)]
pub struct Store<T> {
    items: Vec<Stored<T>>,
    /// Where objects that are alike begin ([`Store::siblings`]); worked out when it is first asked for.
    starts: OnceLock<Vec<usize>>,
    /// Where the objects of each kind are, of types that hold many; worked out when it is first asked for.
    by_kind: OnceLock<BTreeMap<GroupKind, Vec<usize>>>,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self { items: Vec::new(), starts: OnceLock::new(), by_kind: OnceLock::new() }
    }
}

impl<T: Resource> Store<T> {
    pub(super) fn new(mut items: Vec<Stored<T>>) -> Self {
        items.sort_by(|a, b| {
            let ((a_meta, b_meta), kinds) = ((a.meta(), b.meta()), || a.group_kind().cmp(&b.group_kind()));
            let names = (&a_meta.namespace, &a_meta.name).cmp(&(&b_meta.namespace, &b_meta.name));
            names.then_with(kinds)
        });
        Self { items, starts: OnceLock::new(), by_kind: OnceLock::new() }
    }

    /// The objects themselves.
    pub(super) fn into_items(self) -> Vec<Stored<T>> {
        self.items
    }

    /// Adds the objects to others.
    pub(super) fn take_apart(self, wrap: fn(Box<T>) -> AnyObject, all: &mut Vec<(AnyObject, u32, Provenance)>) {
        all.extend(self.items.into_iter().map(|s| (wrap(s.value), s.origin, s.provenance)));
    }

    /// Every object.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Found<'_, T>> + Clone {
        self.items.iter().map(Found::new)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Every object of a namespace.
    pub fn in_namespace<'s>(&'s self, namespace: &str) -> impl ExactSizeIterator<Item = Found<'s, T>> + Clone {
        let start = self.items.partition_point(|s| s.meta().namespace.as_str() < namespace);
        let rest = self.items.get(start..).unwrap_or_default();
        let len = rest.partition_point(|s| s.meta().namespace == namespace);
        rest.get(..len).unwrap_or_default().iter().map(Found::new)
    }

    /// Every object of a name (several only where kinds share a shape).
    pub fn named<'s>(&'s self, namespace: &str, name: &str) -> impl Iterator<Item = Found<'s, T>> + use<'s, T> {
        let start =
            self.items.partition_point(|s| (s.meta().namespace.as_str(), s.meta().name.as_str()) < (namespace, name));
        let rest = self.items.get(start..).unwrap_or_default();
        let is_it = |s: &&Stored<T>| s.meta().namespace == namespace && s.meta().name == name;
        // Few share a name: counted, so that nothing of the names has to be kept.
        let count = rest.iter().take_while(is_it).count();
        rest.iter().take(count).map(Found::new)
    }

    /// One of [`Store::iter`], by its position.
    pub fn get(&self, position: usize) -> Option<Found<'_, T>> {
        self.items.get(position).map(Found::new)
    }

    /// The position of an object in [`Store::iter`]'s order.
    pub fn position(&self, namespace: &str, name: &str) -> Option<usize> {
        self.items
            .binary_search_by(|s| (s.meta().namespace.as_str(), s.meta().name.as_str()).cmp(&(namespace, name)))
            .ok()
    }
}

impl Store<Unmodelled> {
    /// Every object of a kind, in the order of namespaces and names.
    pub fn of_kind<'s>(&'s self, kind: &GroupKind) -> impl Iterator<Item = Found<'s, Unmodelled>> + Clone + use<'s> {
        let positions = self.by_kind.get_or_init(|| {
            let mut all: BTreeMap<GroupKind, Vec<usize>> = BTreeMap::new();
            for (position, stored) in self.items.iter().enumerate() {
                let Some(kind) = &stored.value.group_kind else { continue };
                match all.get_mut(kind) {
                    Some(of_kind) => of_kind.push(position),
                    None => {
                        all.insert(kind.clone(), vec![position]);
                    }
                }
            }
            all
        });
        positions.get(kind).into_iter().flatten().filter_map(|position| self.get(*position))
    }
}

impl Store<Pod> {
    /// Finds out who has siblings, on every core; done otherwise when they are first asked for.
    pub fn prepare(&self) {
        if self.starts.get().is_none() {
            // Worked out before the lock is taken: a thread that holds it must not help out with other work, which
            // might ask for the same. Who comes second finds the same.
            let _ = self.starts.set(Siblings::starts(&self.items));
        }
    }

    /// Every pod, with its neighbours that are like it ([`Siblings`]).
    pub fn siblings(&self) -> impl Iterator<Item = Siblings<'_>> + Clone {
        self.prepare();
        let starts = self.starts.get().map(Vec::as_slice).unwrap_or_default();
        let ends = starts.iter().skip(1).copied().chain([self.items.len()]);
        let of = |(start, end): (usize, usize)| Siblings::new(self.items.get(start..end).unwrap_or_default());
        starts.iter().copied().zip(ends).map(of)
    }
}

/// Gives generic code the store of a kind.
pub trait Kept: Resource {
    /// Its store.
    fn store(snapshot: &Snapshot) -> &Store<Self>;
}

/// That a snapshot holds nothing but manifests. Only the snapshot makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManifestsOnly(());

impl Snapshot {
    /// Is there an object of this kind and name? For kinds that share a shape ask [`Snapshot::workload`]
    /// and [`Snapshot::route`].
    pub fn lookup<T: Kept>(&self, namespace: &str, name: &str) -> Lookup<'_, T> {
        let found = T::store(self).named(namespace, name).next();
        let near = || {
            let names = T::store(self).in_namespace(namespace).map(|o| o.get().value.meta().name.as_str());
            near::closest(T::KIND, name, names).map(str::to_owned)
        };
        self.answer(found, T::KIND, T::NAMESPACED.then_some(namespace), name, near)
    }

    /// Is there a workload of this kind and name?
    pub fn workload(&self, kind: WorkloadKind, namespace: &str, name: &str) -> Lookup<'_, Workload> {
        let found = self.workloads.named(namespace, name).find(|w| w.kind == kind);
        self.answer(found, &kind.group_kind(), Some(namespace), name, || None)
    }

    /// Is there a route of this kind and name?
    pub fn route(&self, kind: RouteKind, namespace: &str, name: &str) -> Lookup<'_, Route> {
        let found = self.routes.named(namespace, name).find(|r| r.kind == kind);
        self.answer(found, &kind.group_kind(), Some(namespace), name, || None)
    }

    /// Every object of a kind in a namespace, or (`None`) in the cluster.
    pub fn list<T: Kept>(&self, namespace: Option<&str>) -> Listing<'_, T> {
        let store = T::store(self);
        let items = match namespace {
            Some(ns) if T::NAMESPACED => store.in_namespace(ns).collect(),
            _ => store.iter().collect(),
        };
        Listing::new(items, self.completeness(T::KIND, namespace))
    }

    /// That `what` (a noun phrase the caller looked for among all objects of a kind and did not find)
    /// does not exist; the gap where not all were read. As [`Listing::nothing_else`], without the list.
    pub fn nothing_else<T: Kept>(&self, namespace: Option<&str>, what: impl Into<String>) -> Result<Absence, Gap> {
        self.completeness(T::KIND, namespace).map(|(reason, source)| Absence::new(what.into(), reason, source))
    }

    /// As [`Snapshot::nothing_else`], for one of the kinds that share a shape.
    pub fn nothing_else_of(
        &self,
        kind: &GroupKind,
        namespace: Option<&str>,
        what: impl Into<String>,
    ) -> Result<Absence, Gap> {
        self.completeness(kind, namespace).map(|(reason, source)| Absence::new(what.into(), reason, source))
    }

    /// Is everything of a kind in a scope known? Otherwise the gap.
    pub fn is_complete(&self, kind: &GroupKind, namespace: Option<&str>) -> Result<(), Gap> {
        match self.coverage.state(kind, namespace) {
            CoverageState::Complete | CoverageState::NotServed => Ok(()),
            _ => self.completeness(kind, namespace).map(|_| ()),
        }
    }

    /// As [`Self::is_manifests`], as something to show.
    pub fn manifests_only(&self) -> Option<ManifestsOnly> {
        self.is_manifests().then_some(ManifestsOnly(()))
    }

    /// Holds the snapshot nothing but manifests, so that workload templates stand in for pods?
    pub fn is_manifests(&self) -> bool {
        fn all<T: Resource>(store: &Store<T>) -> bool {
            store.iter().all(|o| o.is_manifest())
        }
        all(&self.services)
            && all(&self.pods)
            && all(&self.workloads)
            && all(&self.ingresses)
            && all(&self.gateways)
            && all(&self.routes)
            && self.slices.iter().all(|o| o.is_manifest())
            && all(&self.nodes)
    }

    /// The origin of the object a finding names, where it was read.
    pub fn origin_of(&self, object: &ObjectRef) -> Option<u32> {
        self.named(object).map(|(_, origin)| origin)
    }

    /// The object of a name, where it was read, and its origin.
    pub fn named(&self, object: &ObjectRef) -> Option<(&dyn Object, u32)> {
        let mut shapes: Vec<Shape> = KINDS.iter().filter(|k| k.kind == object.kind).map(|k| k.shape).collect();
        shapes.push(Shape::Unmodelled);
        shapes.dedup();
        shapes.into_iter().find_map(|shape| self.store(shape).named(object))
    }

    fn answer<'s, T: Resource>(
        &'s self,
        found: Option<Found<'s, T>>,
        kind: &GroupKind,
        namespace: Option<&str>,
        name: &str,
        near: impl FnOnce() -> Option<String>,
    ) -> Lookup<'s, T> {
        if let Some(found) = found {
            return Lookup::Found(found);
        }
        let scope = namespace.map_or_else(String::new, |ns| format!("{ns}/"));
        if is_placeholder(name) || namespace.is_some_and(is_placeholder) {
            let what = format!("which {kind} is meant by {scope}{name}");
            return Lookup::Unknown(Gap::investigate(
                what,
                "its name is a placeholder, which something fills in later",
            ));
        }
        if let Some(by) = self.coverage.named_by(kind, namespace.unwrap_or_default(), name) {
            let gap = Gap::investigate(format!("whether {kind} {scope}{name} exists"), by);
            return Lookup::Unknown(Gap { near: near(), ..gap });
        }
        match self.completeness(kind, namespace) {
            Ok((reason, source)) => {
                Lookup::Absent(Absence::new(format!("{kind} {scope}{name}"), reason, source).near(near()))
            }
            Err(gap) => Lookup::Unknown(Gap { near: near(), ..gap }),
        }
    }

    fn completeness(&self, kind: &GroupKind, namespace: Option<&str>) -> Result<(String, String), Gap> {
        let record = self.coverage.of(kind, namespace);
        match record.state {
            CoverageState::Complete | CoverageState::NotServed => Ok((record.reason, record.source)),
            CoverageState::Partial | CoverageState::Forbidden | CoverageState::NotCollected => {
                Err(Gap::of_coverage(kind, namespace, record.state, &record.reason))
            }
        }
    }
}
