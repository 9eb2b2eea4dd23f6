//! What a parentRef names (API reference: `ParentReference`).

use kubereach_reports::report::ObjectRef;

use crate::resolve::ClusterIndex;
use crate::resolve::gateway::{EXPERIMENTAL_GROUP, GROUP};
use kubereach_model::snapshot::model::{Gateway, ListenerSet, ParentRef, Route, Service};
use kubereach_model::snapshot::{Absence, Found, Gap, GroupKind, Lookup, is_of_others};

/// What a parentRef names.
#[derive(Debug, Clone)]
pub enum Parent<'s> {
    /// A Gateway.
    Gateway(Found<'s, Gateway>),
    /// A ListenerSet.
    Set(Found<'s, ListenerSet>),
    /// A Service: traffic inside the mesh (GAMMA).
    Mesh(Found<'s, Service>),
    /// It does not exist.
    Missing(Absence),
    /// It was not read.
    Unseen(Gap),
    /// A kind whose meaning is the implementation's affair.
    ThirdParty,
}

/// Group, kind, namespace and name of a parent, with the defaults filled in.
pub fn object(route: &Route, parent: &ParentRef) -> ObjectRef {
    ObjectRef {
        kind: parent.kind.clone().unwrap_or_else(|| "Gateway".to_owned()),
        namespace: Some(parent.namespace.clone().unwrap_or_else(|| route.metadata.namespace.clone())),
        name: parent.name.clone(),
        group: parent.group.clone().filter(|group| is_of_others(group)),
    }
}

/// Looks a parent up.
pub fn resolve<'s>(cluster: &ClusterIndex<'s>, route: &Route, parent: &ParentRef) -> Parent<'s> {
    fn answer<'s, T>(lookup: Lookup<'s, T>, wrap: fn(Found<'s, T>) -> Parent<'s>) -> Parent<'s> {
        match lookup {
            Lookup::Found(found) => wrap(found),
            Lookup::Absent(absence) => Parent::Missing(absence),
            Lookup::Unknown(gap) => Parent::Unseen(gap),
        }
    }
    let namespace = parent.namespace.as_deref().unwrap_or(&route.metadata.namespace);
    let group = parent.group.as_deref().unwrap_or(GROUP);
    match (group, parent.kind.as_deref().unwrap_or("Gateway")) {
        (GROUP, "Gateway") => answer(cluster.snapshot.lookup::<Gateway>(namespace, &parent.name), Parent::Gateway),
        (GROUP, "ListenerSet") => answer(cluster.snapshot.lookup::<ListenerSet>(namespace, &parent.name), Parent::Set),
        (EXPERIMENTAL_GROUP, "XListenerSet") => {
            // One shape, two kinds: that none exists must be known of this one.
            let found = answer(cluster.snapshot.lookup::<ListenerSet>(namespace, &parent.name), Parent::Set);
            let kind = GroupKind::known(EXPERIMENTAL_GROUP, "XListenerSet");
            match (found, cluster.snapshot.is_complete(&kind, Some(namespace))) {
                (Parent::Missing(_), Err(gap)) => Parent::Unseen(gap),
                (found, _) => found,
            }
        }
        // Linkerd documents the core group as `core`.
        ("" | "core", "Service") => answer(cluster.snapshot.lookup::<Service>(namespace, &parent.name), Parent::Mesh),
        _ => Parent::ThirdParty,
    }
}
