//! BackendTLSPolicy: which policy speaks for a Service port (API reference: `BackendTLSPolicy`).

use std::collections::HashMap;

use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{BackendTlsPolicy, Service, ServicePort};

/// A policy and the port of the Service it is for, if it names one.
type Targeting<'s> = (Found<'s, BackendTlsPolicy>, Option<&'s str>);

/// Policies by the Service they target.
#[derive(Debug, Default)]
pub struct Policies<'s> {
    by_service: HashMap<(&'s str, &'s str), Vec<Targeting<'s>>>,
}

/// A policy for a section that the Service does not have.
#[derive(Debug, Clone, Copy)]
pub struct Astray<'s> {
    /// The policy.
    pub policy: Found<'s, BackendTlsPolicy>,
    /// The section that it names.
    pub section: &'s str,
}

/// Which policies concern a Service port.
#[derive(Debug, Clone)]
pub struct Chosen<'s> {
    /// The one that speaks.
    pub winner: Found<'s, BackendTlsPolicy>,
    /// Those that target the same and yield.
    pub losers: Vec<Found<'s, BackendTlsPolicy>>,
    /// Which is older is not known.
    pub order_unknown: bool,
}

impl<'s> Policies<'s> {
    /// Indexes every policy.
    pub fn new(cluster: &ClusterIndex<'s>) -> Self {
        let mut this = Self::default();
        for policy in cluster.snapshot.backend_tls.iter() {
            for target in &policy.get().spec.target_refs {
                if (target.group.as_str(), target.kind.as_str()) != ("", "Service") {
                    continue;
                }
                let section = target.section_name.as_deref().filter(|s| !s.is_empty());
                let key = (policy.get().metadata.namespace.as_str(), target.name.as_str());
                this.by_service.entry(key).or_default().push((policy, section));
            }
        }
        for policies in this.by_service.values_mut() {
            // Oldest first, then by name; the store's order is by name already and the sort is stable.
            policies.sort_by_key(|(policy, _)| policy.metadata.creation_timestamp.0);
        }
        this
    }

    /// Policies for a section of a Service that names none of its ports.
    pub fn astray(&self, namespace: &str, service: &Service) -> Vec<Astray<'s>> {
        let all = self.by_service.get(&(namespace, service.metadata.name.as_str())).map(Vec::as_slice);
        let declared = |section: &str| service.spec.ports.iter().any(|port| port.name == section);
        let astray = |(policy, section): &Targeting<'s>| {
            section.filter(|section| !declared(section)).map(|section| Astray { policy: *policy, section })
        };
        all.unwrap_or_default().iter().filter_map(astray).collect()
    }

    /// The policy of a Service port: one that names the port outranks one for the whole Service.
    pub fn of(&self, namespace: &str, service: &str, port: &ServicePort) -> Option<Chosen<'s>> {
        let all = self.by_service.get(&(namespace, service))?;
        let pick = |section: Option<&str>| -> Vec<Found<'s, BackendTlsPolicy>> {
            all.iter().filter(|(_, s)| *s == section).map(|(policy, _)| *policy).collect()
        };
        let named = if port.name.is_empty() { Vec::new() } else { pick(Some(&port.name)) };
        let mut chosen = if named.is_empty() { pick(None) } else { named };
        if chosen.is_empty() {
            return None;
        }
        let winner = chosen.remove(0);
        let order_unknown =
            !chosen.is_empty() && chosen.iter().chain([&winner]).any(|p| p.metadata.creation_timestamp.0.is_none());
        Some(Chosen { winner, losers: chosen, order_unknown })
    }
}
