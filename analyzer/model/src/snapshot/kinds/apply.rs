//! What becomes of one live object when a manifest of the same name is applied.
//!
//! As server-side apply: the manifest decides every field it speaks of, and what it leaves out to the
//! API server or to controllers stays as it is — identity, status, allocated addresses and node ports,
//! the replicas an autoscaler set, the class that admission filled in. Labels and annotations of an object
//! are merged, because others write there too; the labels of a pod template are the manifest's, because
//! a Deployment's owner is the one who writes them. Status that speaks of an older spec is dropped where
//! it would be taken for a judgement of the new one (Gateway API conditions).

use std::collections::BTreeSet;

use crate::snapshot::model::lenient::{Field, List};
use crate::snapshot::model::{Meta, Resource};

/// Items of the live pod template that are there afterwards although the manifest does not name them
/// (`containers/sidecar`, `volumes/config`), where that is known.
pub type Stays<'s> = Option<&'s BTreeSet<String>>;

/// What applying a manifest came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Does the object differ from the live one in anything the model keeps?
    pub changed: bool,
    /// Is what was known of its state (Gateway API conditions) no longer about it?
    pub unsettled: bool,
}

impl Applied {
    /// The manifest stands in the place of the live object.
    pub const REPLACED: Self = Self { changed: true, unsettled: false };
}

/// Keeps what belongs to the live object, and what `fill` takes over from it.
pub(in crate::snapshot) fn keep<T: Resource + PartialEq>(
    new: &mut T,
    live: &T,
    fill: impl FnOnce(&mut T, &T),
) -> Applied {
    identity(new.meta_mut(), live.meta());
    fill(new, live);
    Applied { changed: *live != *new, unsettled: false }
}

/// As [`keep`], for types whose status judges the spec it was written for: with another spec, `status` is not kept.
pub(in crate::snapshot) fn keep_judgement<T: Resource + PartialEq, S: Clone>(
    new: &mut T,
    live: &T,
    same_spec: bool,
    status: fn(&T) -> &Option<S>,
    set: fn(&mut T, Option<S>),
) -> Applied {
    identity(new.meta_mut(), live.meta());
    set(new, if same_spec { status(live).clone() } else { None });
    Applied { changed: !same_spec || *live != *new, unsettled: !same_spec }
}

/// What of the metadata is the live object's, or is merged with it.
pub(in crate::snapshot) fn identity(new: &mut Meta, live: &Meta) {
    new.uid.clone_from(&live.uid);
    new.resource_version = live.resource_version.clone();
    new.generation = live.generation.clone();
    new.creation_timestamp = live.creation_timestamp;
    new.deletion_timestamp = live.deletion_timestamp;
    new.generate_name.clone_from(&live.generate_name);
    if new.owner_references.is_empty() {
        new.owner_references = live.owner_references.clone();
    }
    for (key, value) in &live.labels {
        new.labels.entry(key.clone()).or_insert_with(|| value.clone());
    }
    for (key, value) in &live.annotations {
        new.annotations.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

#[allow(clippy::ref_option, reason = "both sides are fields of one shape")]
pub(in crate::snapshot) fn or_live<T: Clone>(new: &mut Option<T>, live: &Option<T>) {
    if new.is_none() {
        new.clone_from(live);
    }
}

pub(in crate::snapshot) fn field_or_live<T: Clone>(new: &mut Field<T>, live: &Field<T>) {
    if new.is_absent() {
        *new = live.clone();
    }
}

pub(in crate::snapshot) fn list_or_live<T: Clone>(new: &mut List<T>, live: &List<T>) {
    if new.is_empty() {
        *new = live.clone();
    }
}
