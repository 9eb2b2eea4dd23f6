//! References to certificates: of listeners, of client validation, of Gateways towards backends.

use super::grants::{End, Permission, permission};
use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::model::{ConfigMap, ObjectReference, Secret};
use kubereach_model::snapshot::{Absence, Found, Gap, Lookup, Proof};

/// What a reference to a certificate leads to.
#[derive(Debug, Clone)]
pub enum Trust<'s> {
    /// A Secret with a certificate and its key.
    KeyPair(Found<'s, Secret>),
    /// A Secret whose values were masked or left out by the collector.
    Masked(Found<'s, Secret>),
    /// A Secret that cannot serve; the text says why, as a clause.
    Unusable(Found<'s, Secret>, String),
    /// A Secret of another type that does hold the two keys.
    OtherType(Found<'s, Secret>),
    /// A ConfigMap with a bundle under `ca.crt`.
    Bundle(Found<'s, ConfigMap>),
    /// A ConfigMap without the key `ca.crt`.
    BundleMissing(Found<'s, ConfigMap>),
    /// A ConfigMap whose `ca.crt` could not be read as a certificate; the text says why.
    BundleUnreadable(Found<'s, ConfigMap>, String),
    /// It does not exist.
    Missing(Absence),
    /// It was not read.
    Unseen(Gap),
    /// Another kind: what it holds is the implementation's affair.
    OtherKind(String),
    /// No grant allows the reference.
    NotPermitted(Absence),
    /// Grants were not read.
    PermissionUnseen(Gap),
}

impl Trust<'_> {
    /// Why the reference can serve nobody, as a clause about what it names, with the proof; `None` where it may serve.
    pub fn fault(&self) -> Option<(String, Proof)> {
        match self {
            Self::Missing(absence) => Some(("does not exist".to_owned(), absence.proof())),
            Self::NotPermitted(absence) => Some(("may not be used from here".to_owned(), absence.proof())),
            Self::Unusable(secret, why) => Some((format!("cannot be used, {why}"), secret.shows(why.clone()))),
            Self::BundleMissing(map) => Some(("holds no ca.crt".to_owned(), map.shows("it has no key ca.crt"))),
            Self::KeyPair(_)
            | Self::Masked(_)
            | Self::OtherType(_)
            | Self::Bundle(_)
            | Self::BundleUnreadable(..)
            | Self::Unseen(_)
            | Self::OtherKind(_)
            | Self::PermissionUnseen(_) => None,
        }
    }

    /// Why it is not known what a reference to a bundle of authorities leads to.
    pub fn unread_bundle(&self) -> Option<Gap> {
        match self {
            Self::Unseen(gap) | Self::PermissionUnseen(gap) => Some(gap.clone()),
            Self::BundleUnreadable(_, why) => Some(Gap::investigate("its ca.crt was not understood here", why.clone())),
            _ => None,
        }
    }
}

fn ends<'a>(owner: End<'a>, reference: &'a ObjectReference, kind: &'a str) -> End<'a> {
    End {
        group: reference.group.as_deref().unwrap_or_default(),
        kind,
        namespace: reference.namespace.as_deref().unwrap_or(owner.namespace),
    }
}

/// Follows a reference to a certificate with its key (API reference: `certificateRefs`).
pub fn key_pair<'s>(cluster: &ClusterIndex<'s>, owner: End<'_>, reference: &ObjectReference) -> Trust<'s> {
    let kind = reference.kind.as_deref().unwrap_or("Secret");
    let to = ends(owner, reference, kind);
    if (to.group, kind) != ("", "Secret") {
        return Trust::OtherKind(kind.to_owned());
    }
    match permission(cluster, owner, to, &reference.name) {
        Permission::Refused { absence, .. } => return Trust::NotPermitted(absence),
        Permission::Unknown(gap) => return Trust::PermissionUnseen(gap),
        Permission::SameNamespace | Permission::Granted(_) => {}
    }
    let secret = match cluster.snapshot.lookup::<Secret>(to.namespace, &reference.name) {
        Lookup::Found(secret) => secret,
        Lookup::Absent(absence) => return Trust::Missing(absence),
        Lookup::Unknown(gap) => return Trust::Unseen(gap),
    };
    let has = |list: &[String], key: &str| list.iter().any(|k| k == key);
    let missing: Vec<&str> = ["tls.crt", "tls.key"]
        .into_iter()
        .filter(|key| !has(&secret.keys, key) && !has(&secret.masked_keys, key))
        .collect();
    if secret.stripped {
        return Trust::Masked(secret);
    }
    if !missing.is_empty() {
        return Trust::Unusable(secret, format!("it holds no {}", missing.join(" and no ")));
    }
    if let Some(Err(why)) = &secret.get().certificate {
        return Trust::Unusable(secret, format!("its tls.crt is not usable: {why}"));
    }
    match secret.kind.as_deref() {
        Some("kubernetes.io/tls") | None if secret.certificate.is_none() => Trust::Masked(secret),
        Some("kubernetes.io/tls") | None => Trust::KeyPair(secret),
        Some(_) => Trust::OtherType(secret),
    }
}

/// Follows a reference to a bundle of certificate authorities (API reference: `caCertificateRefs`).
pub fn bundle<'s>(cluster: &ClusterIndex<'s>, owner: End<'_>, reference: &ObjectReference) -> Trust<'s> {
    let kind = reference.kind.as_deref().unwrap_or("ConfigMap");
    let to = ends(owner, reference, kind);
    if (to.group, kind) != ("", "ConfigMap") {
        return Trust::OtherKind(kind.to_owned());
    }
    match permission(cluster, owner, to, &reference.name) {
        Permission::Refused { absence, .. } => return Trust::NotPermitted(absence),
        Permission::Unknown(gap) => return Trust::PermissionUnseen(gap),
        Permission::SameNamespace | Permission::Granted(_) => {}
    }
    match cluster.snapshot.lookup::<ConfigMap>(to.namespace, &reference.name) {
        Lookup::Absent(absence) => Trust::Missing(absence),
        Lookup::Unknown(gap) => Trust::Unseen(gap),
        Lookup::Found(map) => match &map.get().ca {
            Some(Ok(_)) => Trust::Bundle(map),
            Some(Err(why)) => Trust::BundleUnreadable(map, why.clone()),
            None if map.keys.iter().any(|k| k == "ca.crt") => Trust::Bundle(map),
            None => Trust::BundleMissing(map),
        },
    }
}
