//! Where an ExternalName Service leads.

use std::net::IpAddr;

use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::model::Service;
use kubereach_model::snapshot::{Found, Lookup};

/// The target of an alias.
#[derive(Debug)]
pub enum Alias<'s> {
    /// A name outside the cluster.
    Outside(String),
    /// Looks like an address, which DNS does not resolve.
    Address(String),
    /// Masked or missing.
    Unreadable,
    /// Another Service of this cluster.
    Service {
        /// Namespace asked for.
        namespace: String,
        /// Name asked for.
        name: String,
        /// Is it there?
        target: Lookup<'s, Service>,
    },
}

/// Where the alias leads. Only the full in-cluster form counts (`name.namespace.svc` with or without
/// `.cluster.local`): the target of a CNAME is never completed by a search path (RFC 1035, section 3.3.1).
pub fn alias_of<'s>(cluster: &ClusterIndex<'s>, service: Found<'s, Service>) -> Alias<'s> {
    let Some(value) = service.get().value.spec.external_name.as_deref() else { return Alias::Unreadable };
    let value = value.trim().trim_end_matches('.');
    if value.is_empty() || kubereach_model::snapshot::is_masked(value) {
        return Alias::Unreadable;
    }
    if value.parse::<IpAddr>().is_ok() {
        return Alias::Address(value.to_owned());
    }
    let lower = value.to_ascii_lowercase();
    let stem = lower.strip_suffix(".svc.cluster.local").or_else(|| lower.strip_suffix(".svc"));
    match stem.and_then(|stem| stem.split_once('.')) {
        // Three labels before `.svc` name one pod of a headless Service, not a Service.
        Some((name, namespace)) if !namespace.contains('.') && !name.is_empty() && !namespace.is_empty() => {
            Alias::Service {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                target: cluster.snapshot.lookup(namespace, name),
            }
        }
        _ => Alias::Outside(value.to_owned()),
    }
}
