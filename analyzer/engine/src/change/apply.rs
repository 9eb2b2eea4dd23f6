//! The snapshot that would be there after the manifests were applied.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::{ChangeAction, CoverageState, ObjectRef};

use super::templates::Template;
use super::{Prune, simulate};
use crate::evaluate::change::Edit;
use kubereach_model::snapshot::model::{Namespace, Resource as _};
use kubereach_model::snapshot::{AnyObject, GroupKind, Provenance, Snapshot, kinds};

/// Group and kind, namespace, name.
pub type Key = (GroupKind, String, String);

/// An object, its origin, and what kind of source it is.
pub(super) type Entry = (AnyObject, u32, Provenance);

/// The cluster after a change.
#[derive(Debug)]
pub struct Applied {
    /// What would be there.
    pub after: Snapshot,
    /// Every object of the change, in the order of kinds, namespaces and names.
    pub edits: Vec<Edit>,
    /// What `kubectl apply` would refuse, in sentences.
    pub problems: Vec<String>,
}

fn key_of(object: &AnyObject) -> Key {
    (object.group_kind(), object.meta().namespace.clone(), object.meta().name.clone())
}

fn object_ref(key: &Key) -> ObjectRef {
    let namespace = (!key.1.is_empty()).then(|| key.1.clone());
    ObjectRef { kind: key.0.kind.to_string(), namespace, name: key.2.clone(), group: key.0.other_group() }
}

/// Applies manifests over a snapshot. Origins of the manifests are counted from `offset` on, so that both
/// inputs can be told apart. The order of the manifests does not matter: each object is one of them.
/// `templates` says what the model does not keep: how those of workloads relate to the live ones.
pub fn apply(
    before: &Snapshot,
    change: Snapshot,
    offset: u32,
    prune: Option<&Prune>,
    templates: &BTreeMap<Key, Template>,
) -> Applied {
    let mut objects: BTreeMap<Key, Entry> = BTreeMap::new();
    let mut nameless: Vec<Entry> = Vec::new();
    for entry in before.clone().into_objects() {
        match key_of(&entry.0) {
            key if key.2.is_empty() => nameless.push(entry),
            key => {
                objects.insert(key, entry);
            }
        }
    }
    let other_kinds = change.other_kinds.clone();
    let (made, minor) = (change.coverage.clone(), change.kubernetes_minor);
    let refusals: Vec<_> =
        change.refusals.iter().map(|(origin, all)| (origin.saturating_add(offset), all.clone())).collect();
    let mut edits: BTreeMap<Key, Edit> = BTreeMap::new();
    for (mut object, origin, _) in change.into_objects() {
        let key = key_of(&object);
        if key.2.is_empty() {
            continue;
        }
        let origin = origin.saturating_add(offset);
        if let Some(object) = object.object_mut() {
            object.drop_status();
        }
        let (action, entry) = match objects.remove(&key) {
            None => (ChangeAction::Created, (object, origin, Provenance::Manifest)),
            Some((live, _, provenance)) => {
                let template = templates.get(&key);
                let merged = object.apply_over(&live, template.map(|t| &t.stays));
                let provenance = if merged.unsettled { Provenance::Manifest } else { provenance };
                let changed = merged.changed || template.is_some_and(Template::may_differ);
                let action = if changed { ChangeAction::Changed } else { ChangeAction::Same };
                (action, (object, origin, provenance))
            }
        };
        edits.insert(key.clone(), Edit { object: object_ref(&key), kind: key.0.clone(), action, note: String::new() });
        objects.insert(key, entry);
    }
    let touched: BTreeSet<String> = edits.keys().map(|key| key.1.clone()).collect();
    if let Some(prune) = prune {
        for key in removed(&objects, &edits, &touched, prune) {
            objects.remove(&key);
            let edit = Edit {
                object: object_ref(&key),
                kind: key.0.clone(),
                action: ChangeAction::Removed,
                note: String::new(),
            };
            edits.insert(key, edit);
        }
    }
    namespaces(before, &mut objects, &touched, offset, &mut edits);
    let problems = refused(before, &objects, &edits);
    let mut simulation = simulate::simulate(before, &mut objects, &mut edits, templates);
    for kind in other_kinds.keys() {
        simulation.brings(kind.clone());
    }
    let mut after = before.with_objects(objects.into_values().chain(nameless));
    after.simulation = simulation;
    after.coverage.make_also(&made);
    after.refusals.extend(refusals);
    after.kubernetes_minor = minor.or(after.kubernetes_minor);
    for (kind, count) in other_kinds {
        *after.other_kinds.entry(kind).or_default() += count;
    }
    Applied { after, edits: edits.into_values().collect(), problems }
}

fn removed(
    objects: &BTreeMap<Key, Entry>,
    edits: &BTreeMap<Key, Edit>,
    touched: &BTreeSet<String>,
    prune: &Prune,
) -> Vec<Key> {
    objects
        .iter()
        .filter(|(key, (object, ..))| {
            !edits.contains_key(key)
                && !kinds::of(&key.0).is_some_and(|kind| kind.never_pruned)
                && touched.contains(&key.1)
                && object.meta().controller().is_none()
                && prune.covers(&object.meta().labels)
        })
        .map(|(key, _)| key.clone())
        .collect()
}

/// Namespaces that the change names and the snapshot does not hold are taken to be created with it.
fn namespaces(
    before: &Snapshot,
    objects: &mut BTreeMap<Key, Entry>,
    touched: &BTreeSet<String>,
    offset: u32,
    edits: &mut BTreeMap<Key, Edit>,
) {
    let complete = before.is_complete(Namespace::KIND, None).is_ok();
    for name in touched.iter().filter(|name| !name.is_empty()) {
        let key = (Namespace::KIND.clone(), String::new(), name.clone());
        if objects.contains_key(&key) || !complete || before.is_manifests() {
            continue;
        }
        let mut namespace = Namespace::default();
        namespace.metadata.name.clone_from(name);
        namespace.metadata.labels.insert("kubernetes.io/metadata.name".to_owned(), name.clone());
        let origin = edits.iter().find(|(k, _)| &k.1 == name).and_then(|(k, _)| objects.get(k)).map(|e| e.1);
        let entry = (AnyObject::Namespace(Box::new(namespace)), origin.unwrap_or(offset), Provenance::Manifest);
        let note = "the snapshot does not hold it, and neither does the change: it must be created first".to_owned();
        edits.insert(
            key.clone(),
            Edit { object: object_ref(&key), kind: key.0.clone(), action: ChangeAction::Created, note },
        );
        objects.insert(key, entry);
    }
}

/// Kinds that the cluster does not serve: applying their objects fails.
fn refused(before: &Snapshot, objects: &BTreeMap<Key, Entry>, edits: &BTreeMap<Key, Edit>) -> Vec<String> {
    let kinds: BTreeSet<&GroupKind> =
        edits.values().filter(|e| e.action == ChangeAction::Created).map(|e| &e.kind).collect();
    let defined = |kind: &GroupKind| {
        objects.values().any(|(object, ..)| match object {
            AnyObject::CustomResourceDefinition(crd) => {
                crd.spec.group == kind.group && crd.spec.names.kind == kind.kind
            }
            _ => false,
        })
    };
    kinds
        .into_iter()
        .filter(|kind| before.coverage.of(kind, None).state == CoverageState::NotServed && !defined(kind))
        .map(|kind| {
            format!("the cluster does not serve {kind} objects: applying them would be refused; install their definitions first")
        })
        .collect()
}
