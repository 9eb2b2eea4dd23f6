//! What is particular to a type of objects.

use jiff::Timestamp;

use super::{Applied, Stays, Variant};
use crate::snapshot::GroupKind;
use crate::snapshot::model::Sharing;

/// What an API server does with objects of a type, and what they tell of themselves. What stands here is true of most
/// types; a type says beside its definition what is different.
pub trait ApiRules {
    /// Sets the kind, for types that hold several.
    fn set_kind(&mut self, kind: GroupKind, variant: Variant) {
        let _ = (kind, variant);
    }

    /// The object's own group and kind, for types that hold several.
    fn own_kind(&self) -> Option<GroupKind> {
        None
    }

    /// Fills in what the API server fills in where a manifest is silent, so that Git and a dump give the same answer.
    /// Source of each default: the API reference of the kind (`+default`, "defaults to"). Applying them to an object
    /// that an API server already defaulted changes nothing.
    fn apply_defaults(&mut self) {}

    /// Is there a status with something in it? Only an API server writes one.
    fn has_status(&self) -> bool {
        false
    }

    /// Drops the status: what a manifest says of it the API server ignores.
    fn drop_status(&mut self) {}

    /// The newest time the object mentions, beside that of its creation.
    fn newest_time(&self) -> Option<Timestamp> {
        None
    }

    /// Keeps once what the object has in common with those read before it.
    fn share(&mut self, sharing: &mut Sharing) {
        let _ = sharing;
    }

    /// Makes of this object, which a manifest declares, what the API server makes of it where `live` is there already.
    /// As it stands here: nothing depends on what the API server filled in.
    fn apply_over(&mut self, live: &Self, stays: Stays<'_>) -> Applied
    where
        Self: Sized,
    {
        let _ = (live, stays);
        Applied::REPLACED
    }
}
