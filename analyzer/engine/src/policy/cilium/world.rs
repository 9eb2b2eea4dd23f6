//! What rules refer to: groups of address ranges, and Services.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;

use super::GROUP;
use super::answer::Truth;
use super::peer::Target;
use super::selector::Selector;
use kubereach_model::snapshot::model::{EndpointSlice, Resource as _, Service};
use kubereach_model::snapshot::{Found, GroupKind, Lookup, Snapshot};

/// Looked up in the snapshot as rules are read.
#[derive(Debug)]
pub(super) struct World<'s> {
    snapshot: &'s Snapshot,
    groups: BTreeMap<&'s str, (&'s BTreeMap<String, String>, Vec<&'s str>)>,
    all_groups: bool,
}

impl<'s> World<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let mut groups = BTreeMap::new();
        for found in snapshot.unmodelled.of_kind(&GROUP) {
            let stored = found.get();
            let cidrs = stored.value.spec.get("externalCIDRs").and_then(Value::as_array).into_iter().flatten();
            let cidrs = cidrs.map(|cidr| cidr.as_str().unwrap_or_default()).collect();
            groups.insert(stored.metadata.name.as_str(), (&*stored.metadata.labels, cidrs));
        }
        Self { snapshot, groups, all_groups: is_known(snapshot, &GROUP) }
    }

    /// The ranges of a group; none where there is no such group, which selects nothing.
    pub(super) fn group(&self, name: &str) -> Option<Vec<&'s str>> {
        match self.groups.get(name) {
            Some((_, cidrs)) => Some(cidrs.clone()),
            None => self.all_groups.then(Vec::new),
        }
    }

    /// The ranges of every group with these labels.
    pub(super) fn groups(&self, selector: &Selector<'s>) -> Option<Vec<&'s str>> {
        if !self.all_groups {
            return None;
        }
        let mut all = Vec::new();
        for (labels, cidrs) in self.groups.values() {
            match selector.selects_labels(labels) {
                Truth::Yes => all.extend(cidrs),
                Truth::No => {}
                Truth::Unknown(_) => return None,
            }
        }
        Some(all)
    }

    /// What an entry of `toServices` stands for; `None` where it cannot be read.
    pub(super) fn targets(&self, value: &'s Value, own: Option<&'s str>) -> Option<Vec<Target<'s>>> {
        let text = |value: &'s Value, key: &str| value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(named) = value.get("k8sService").filter(|v| !v.is_null()) {
            let name = text(named, "serviceName")?;
            let namespace = text(named, "namespace").or(own)?;
            return Some(match self.snapshot.lookup::<Service>(namespace, name) {
                Lookup::Found(service) => vec![self.target(service)],
                Lookup::Absent(_) => Vec::new(),
                Lookup::Unknown(_) => vec![Target::Unread(name)],
            });
        }
        let chosen = value.get("k8sServiceSelector").filter(|v| !v.is_null())?;
        let selector = Selector::of(chosen.get("selector")?)?;
        let namespace = text(chosen, "namespace");
        if self.snapshot.is_complete(Service::KIND, namespace).is_err() {
            return Some(vec![Target::Unread("chosen by labels")]);
        }
        let mut targets = Vec::new();
        for service in self.snapshot.services.iter() {
            let meta = &service.get().value.metadata;
            if namespace.is_some_and(|ns| ns != meta.namespace) {
                continue;
            }
            match selector.selects_labels(&meta.labels) {
                Truth::Yes => targets.push(self.target(service)),
                Truth::No => {}
                Truth::Unknown(_) => return None,
            }
        }
        Some(targets)
    }

    fn target(&self, service: Found<'s, Service>) -> Target<'s> {
        let service = &service.get().value;
        let (namespace, name) = (service.metadata.namespace.as_str(), service.metadata.name.as_str());
        if !service.spec.selector.is_empty() {
            return Target::Pods { namespace, selector: &service.spec.selector };
        }
        if self.snapshot.is_complete(EndpointSlice::KIND, Some(namespace)).is_err() {
            return Target::Unread(name);
        }
        let of_service = |slice: &Found<'s, EndpointSlice>| {
            slice.metadata.label("kubernetes.io/service-name") == Some(name) || slice.metadata.name == name
        };
        let slices = self.snapshot.slices.in_namespace(namespace).filter(of_service);
        let endpoints = slices.flat_map(|slice| slice.get().value.endpoints.iter());
        let texts = endpoints.flat_map(|endpoint| endpoint.addresses.iter());
        let addresses: Vec<IpAddr> = texts.filter_map(|text| text.known()?.parse().ok()).collect();
        Target::Addresses(addresses)
    }
}

fn is_known(snapshot: &Snapshot, kind: &GroupKind) -> bool {
    snapshot.is_complete(kind, None).is_ok()
}
