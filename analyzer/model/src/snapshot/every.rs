//! Every object of a snapshot, whatever its kind.

use std::collections::HashSet;

use kubereach_reports::report::ObjectRef;

use super::Snapshot;
use super::model::{Meta, Resource};
use super::store::Store;

/// One object, seen without its kind's own fields.
#[derive(Debug)]
pub struct Every<'s> {
    /// What every object carries.
    pub meta: &'s Meta,
    /// Index into the table of origins that intake keeps.
    pub origin: u32,
    /// Never stored by an API server.
    pub manifest: bool,
}

/// Sees one object; the second argument names it for reports.
pub(super) type See<'v> = dyn FnMut(Every<'_>, &dyn Fn() -> ObjectRef) + 'v;

pub(super) fn see_all<T: Resource>(store: &Store<T>, see: &mut See<'_>) {
    for object in store.iter() {
        let every = Every { meta: object.value.meta(), origin: object.origin, manifest: object.is_manifest() };
        see(every, &|| object.value.object_ref());
    }
}

impl Snapshot {
    /// The names of the objects that have these origins.
    pub fn objects_at(&self, origins: &HashSet<u32>) -> Vec<(u32, ObjectRef)> {
        let mut found = Vec::new();
        if !origins.is_empty() {
            self.each(&mut |object, name| {
                if origins.contains(&object.origin) {
                    found.push((object.origin, name()));
                }
            });
        }
        found
    }
}
