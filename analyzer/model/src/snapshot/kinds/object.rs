//! Objects and stores without their types: for what treats every kind alike.

use kubereach_reports::report::ObjectRef;

use super::{AnyObject, ApiRules, Shape, holder};
use crate::snapshot::builder::Decode;
use crate::snapshot::every::{Every, See, see_all};
use crate::snapshot::model::{Meta, Resource};
use crate::snapshot::store::Store;
use crate::snapshot::{Found, GroupKind};

/// An object of some kind.
pub trait Object: ApiRules + std::fmt::Debug + Sync {
    /// Its metadata.
    fn meta(&self) -> &Meta;
    /// Its metadata, to change it.
    fn meta_mut(&mut self) -> &mut Meta;
    /// Its group and kind.
    fn group_kind(&self) -> GroupKind;
    /// Does its kind live in a namespace? None where the type holds kinds of both sorts.
    fn namespaced(&self) -> Option<bool>;
    /// Its name for reports.
    fn object_ref(&self) -> ObjectRef;
}

impl<T: Resource + ApiRules + std::fmt::Debug + Sync> Object for T {
    fn meta(&self) -> &Meta {
        Resource::meta(self)
    }
    fn meta_mut(&mut self) -> &mut Meta {
        Resource::meta_mut(self)
    }
    fn group_kind(&self) -> GroupKind {
        Resource::group_kind(self)
    }
    fn namespaced(&self) -> Option<bool> {
        if T::SHAPE == Shape::Unmodelled {
            return super::of(&Resource::group_kind(self)).map(|row| row.namespaced);
        }
        Some(T::NAMESPACED)
    }
    fn object_ref(&self) -> ObjectRef {
        Resource::object_ref(self)
    }
}

/// The store of some type.
pub trait AnyStore: Sync {
    /// The type it holds.
    fn shape(&self) -> Shape;
    /// How many objects it holds.
    fn len(&self) -> usize;
    /// None at all?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// One of them, by its position in the order of namespace, name and kind.
    fn object(&self, position: usize) -> Option<&dyn Object>;
    /// The object of this name, and its origin. Without a group the first of a kind of this name is meant.
    fn named(&self, object: &ObjectRef) -> Option<(&dyn Object, u32)>;
    /// Shows every object.
    fn see(&self, see: &mut See<'_>);
}

impl<T: Resource + Object> AnyStore for Store<T> {
    fn shape(&self) -> Shape {
        T::SHAPE
    }
    fn len(&self) -> usize {
        Self::len(self)
    }
    fn object(&self, position: usize) -> Option<&dyn Object> {
        Some(&*self.get(position)?.get().value)
    }
    fn named(&self, object: &ObjectRef) -> Option<(&dyn Object, u32)> {
        let all = || Self::named(self, object.namespace.as_deref().unwrap_or_default(), &object.name);
        let kind_of = |found: &Found<'_, T>| Resource::group_kind(&*found.value);
        let is_it = |kind: GroupKind| kind.kind == object.kind && kind.other_group() == object.group;
        let alike = || all().find(|found| object.group.is_none() && kind_of(found).kind == object.kind);
        let stored = all().find(|found| is_it(kind_of(found))).or_else(alike)?.get();
        Some((&*stored.value, stored.origin))
    }
    fn see(&self, see: &mut See<'_>) {
        see_all(self, see);
    }
}

impl dyn AnyStore + '_ {
    /// Every object, in the order of namespace, name and kind.
    pub fn objects(&self) -> impl Iterator<Item = &dyn Object> {
        (0..self.len()).filter_map(|position| self.object(position))
    }
}

impl super::Snapshot {
    /// Shows every object of every kind.
    pub fn each(&self, see: &mut dyn FnMut(Every<'_>, &dyn Fn() -> ObjectRef)) {
        self.stores().for_each(|store| store.see(see));
    }
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct MetaOnly {
    metadata: Meta,
}

impl AnyObject {
    /// Decodes an object by its kind.
    pub fn decode<D: Decode>(api_version: &str, kind: &str, raw: &D) -> Result<Self, D::Error> {
        let kind = GroupKind::of(api_version, kind);
        let Some((shape, variant)) = holder(&kind) else {
            return Ok(Self::Other(kind, Box::new(raw.decode::<MetaOnly>()?.metadata)));
        };
        let mut any = Self::decode_as(shape, raw)?;
        if let Some(object) = any.object_mut() {
            object.set_kind(kind, variant);
        }
        Ok(any)
    }

    /// Its group and kind.
    pub fn group_kind(&self) -> GroupKind {
        match self {
            Self::Other(kind, _) => kind.clone(),
            _ => self.object().map_or_else(|| GroupKind::known("", ""), Object::group_kind),
        }
    }

    /// The newest time the object itself mentions: the cluster was read no earlier.
    pub(in crate::snapshot) fn newest_time(&self) -> Option<jiff::Timestamp> {
        self.meta().creation_timestamp.0.max(self.object().and_then(ApiRules::newest_time))
    }

    /// Does the object carry a status with something in it? Only an API server writes one.
    pub fn has_status(&self) -> bool {
        self.object().is_some_and(ApiRules::has_status)
    }

    /// Applies the defaults of the object's kind.
    pub(in crate::snapshot) fn apply_defaults(&mut self, namespace: &str) {
        let Some(object) = self.object_mut() else { return };
        object.apply_defaults();
        // Kinds of which the scope is not known may live in no namespace: theirs stays as it is written.
        let Some(namespaced) = object.namespaced() else { return };
        let meta = object.meta_mut();
        if !namespaced {
            meta.namespace.clear();
        } else if meta.namespace.is_empty() {
            namespace.clone_into(&mut meta.namespace);
        }
        if meta.name.is_empty() {
            // `generateName` objects get their suffix only from an API server.
            if let Some(prefix) = &meta.generate_name {
                meta.name = format!("{prefix}(generated)");
            }
        }
    }
}
