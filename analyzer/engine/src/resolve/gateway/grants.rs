//! `ReferenceGrants`: may an object refer to one of another namespace (API reference: `ReferenceGrant`)?

use kubereach_reports::report::ObjectRef;

use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::model::{ReferenceGrant, Resource as _};
use kubereach_model::snapshot::{Absence, Found, Gap};

/// May a reference be followed?
#[derive(Debug, Clone)]
pub enum Permission<'s> {
    /// Both ends are in one namespace.
    SameNamespace,
    /// A grant of the target's namespace allows it.
    Granted(Found<'s, ReferenceGrant>),
    /// No grant of the target's namespace allows it. `elsewhere` is a grant that would, had it been
    /// put into the target's namespace.
    Refused {
        /// That there is none.
        absence: Absence,
        /// A grant in the wrong namespace.
        elsewhere: Option<ObjectRef>,
    },
    /// Grants were not read.
    Unknown(Gap),
}

/// One end of a reference.
#[derive(Debug, Clone, Copy)]
pub struct End<'a> {
    /// API group; empty for core.
    pub group: &'a str,
    /// Kind.
    pub kind: &'a str,
    /// Namespace.
    pub namespace: &'a str,
}

/// May `from` refer to the object `name` at `to`?
pub fn permission<'s>(cluster: &ClusterIndex<'s>, from: End<'_>, to: End<'_>, name: &str) -> Permission<'s> {
    if from.namespace == to.namespace {
        return Permission::SameNamespace;
    }
    let grants = cluster.snapshot.list::<ReferenceGrant>(Some(to.namespace));
    if let Some(grant) = grants.items.iter().find(|g| allows(g, from, to, name)) {
        return Permission::Granted(*grant);
    }
    let what = format!(
        "a ReferenceGrant in namespace {} from {} of namespace {} to {} {name}",
        to.namespace, from.kind, from.namespace, to.kind
    );
    match grants.nothing_else(what) {
        Err(gap) => Permission::Unknown(gap),
        Ok(absence) => {
            let mut own = cluster.snapshot.grants.in_namespace(from.namespace);
            let elsewhere = own.find(|g| allows(g, from, to, name)).map(|g| g.object_ref());
            Permission::Refused { absence, elsewhere }
        }
    }
}

fn allows(grant: &ReferenceGrant, from: End<'_>, to: End<'_>, name: &str) -> bool {
    let by = |f: &kubereach_model::snapshot::model::GrantFrom| {
        f.group == from.group && f.kind == from.kind && f.namespace == from.namespace
    };
    let of = |t: &kubereach_model::snapshot::model::GrantTo| {
        t.group == to.group && t.kind == to.kind && t.name.as_deref().is_none_or(|n| n.is_empty() || n == name)
    };
    grant.spec.from.iter().any(by) && grant.spec.to.iter().any(of)
}
