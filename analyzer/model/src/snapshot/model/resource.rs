//! What every kept kind has in common.

use kubereach_reports::report::ObjectRef;

use super::Meta;
use crate::snapshot::GroupKind;
use crate::snapshot::kinds::{ApiRules, Shape};

/// A type of the model. Written by the table of kinds.
pub trait Resource: ApiRules + Sized + 'static {
    /// Its group and kind. Types that hold several kinds (workloads, routes) name their first; ask
    /// [`Resource::group_kind`].
    const KIND: &'static GroupKind;
    /// Does it live in a namespace?
    const NAMESPACED: bool;
    /// Its place in the table of kinds.
    const SHAPE: Shape;

    fn meta(&self) -> &Meta;
    fn meta_mut(&mut self) -> &mut Meta;

    /// The object's own group and kind.
    fn group_kind(&self) -> GroupKind {
        self.own_kind().unwrap_or_else(|| Self::KIND.clone())
    }

    /// Its name for reports.
    fn object_ref(&self) -> ObjectRef {
        let meta = self.meta();
        let kind = self.group_kind();
        ObjectRef {
            group: kind.other_group(),
            kind: kind.kind.into_owned(),
            namespace: Self::NAMESPACED.then(|| meta.namespace.clone()),
            name: meta.name.clone(),
        }
    }
}
