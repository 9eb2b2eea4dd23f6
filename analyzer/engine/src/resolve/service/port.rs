//! One port of a Service: which addresses serve it, and under which numbers.

use std::collections::{BTreeMap, BTreeSet};

use super::{Doubt, Endpoint, Family, Group, ServiceView};
use kubereach_model::snapshot::model::ServicePort;

/// How many addresses are in which state, after duplicates were taken out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub total: usize,
    /// Receive traffic.
    pub ready: usize,
    /// Terminating and still answering (KEP-1669).
    pub terminating_serving: usize,
    /// Terminating and not answering.
    pub terminating_silent: usize,
    /// Ready and uncontradicted.
    pub undisputed: usize,
}

/// The addresses behind one port, or behind the Service as a whole.
#[derive(Debug)]
pub struct PortView<'v, 's> {
    /// Which groups' addresses are behind it.
    pub listing: Vec<bool>,
    /// Each address once.
    pub endpoints: Vec<&'v Endpoint<'s>>,
    /// Their states.
    pub counts: Counts,
    /// The numbers the port leads to; empty where a source names none.
    pub numbers: BTreeSet<u16>,
    /// Did some group list this port?
    pub listed: bool,
    /// Ready addresses by family.
    pub ready_by_family: BTreeMap<Family, usize>,
    /// Addresses that are of none of the Service's families.
    pub wrong_family: usize,
}

fn serves<'g, 's>(group: &'g Group<'s>, port: &ServicePort) -> Option<&'g super::GroupPort<'s>> {
    group.ports.iter().find(|p| p.numbered && p.name == port.name && p.protocol == port.protocol)
}

/// Does ingress-nginx dial a numeric target port in this group? In one that lists no ports, and in one with a port of
/// the same protocol, whatever its name; one that it does find by name must have a number.
fn falls_back(group: &Group<'_>, port: &ServicePort) -> bool {
    let other_name = |p: &super::GroupPort<'_>| !port.name.is_empty() && p.name != port.name;
    group.ports.is_empty() || group.ports.iter().any(|p| p.protocol == port.protocol && (p.numbered || other_name(p)))
}

impl<'v, 's> PortView<'v, 's> {
    /// The addresses of the groups that list this port (all groups with `None`).
    pub fn of(view: &'v ServiceView<'s>, port: Option<&ServicePort>) -> Self {
        let mut listing = vec![port.is_none(); view.groups.len()];
        let mut numbers = BTreeSet::new();
        if let Some(port) = port {
            for (group, listed) in view.groups.iter().zip(&mut listing) {
                if let Some(found) = serves(group, port) {
                    *listed = true;
                    numbers.extend(found.number);
                }
            }
        }
        Self::collect(view, listing, numbers)
    }

    /// As [`PortView::of`], where the consumer finds the port by its target number instead of its name
    /// (ingress-nginx does, where no name matches).
    pub fn by_number(view: &'v ServiceView<'s>, port: &ServicePort, number: u16) -> Self {
        let listing = view.groups.iter().map(|group| falls_back(group, port)).collect();
        Self::collect(view, listing, BTreeSet::from([number]))
    }

    fn collect(view: &'v ServiceView<'s>, listing: Vec<bool>, numbers: BTreeSet<u16>) -> Self {
        let mut endpoints: Vec<&Endpoint<'s>> = Vec::new();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let several = listing.iter().filter(|l| **l).count() > 1;
        let (mut ready_by_family, mut wrong_family) = (BTreeMap::new(), 0);
        for endpoint in &view.endpoints {
            if !listing.get(endpoint.group).copied().unwrap_or_default() {
                continue;
            }
            let family = view.groups.get(endpoint.group).and_then(|g| g.family);
            let family = family.or_else(|| endpoint.address.and_then(Family::of_address));
            if let Some(family) = family
                && !view.families.is_empty()
                && !view.families.contains(&family)
            {
                wrong_family += 1;
                continue;
            }
            // A move between slices shows an address twice for a moment; it counts once, at its best.
            if several && let Some(address) = endpoint.address {
                if let Some(slot) = seen.get(address).and_then(|index| endpoints.get_mut(*index)) {
                    if endpoint.ready && !slot.ready {
                        *slot = endpoint;
                    }
                    continue;
                }
                seen.insert(address, endpoints.len());
            }
            endpoints.push(endpoint);
        }
        for endpoint in endpoints.iter().filter(|e| e.ready) {
            let family = view.groups.get(endpoint.group).and_then(|g| g.family);
            if let Some(family) = family.or_else(|| endpoint.address.and_then(Family::of_address)) {
                *ready_by_family.entry(family).or_default() += 1;
            }
        }
        // Two families show every pod twice: count the family that serves best.
        if view.families.len() > 1 && ready_by_family.len() > 1 {
            let best =
                ready_by_family.iter().max_by_key(|(family, n)| (**n, std::cmp::Reverse(**family))).map(|(f, _)| *f);
            endpoints.retain(|e| {
                let family = view.groups.get(e.group).and_then(|g| g.family);
                family.or_else(|| e.address.and_then(Family::of_address)) == best
            });
        }
        let mut counts = Counts { total: endpoints.len(), ..Counts::default() };
        for endpoint in &endpoints {
            counts.ready += usize::from(endpoint.ready);
            counts.undisputed += usize::from(endpoint.ready && endpoint.doubt.is_none());
            counts.terminating_serving += usize::from(!endpoint.ready && endpoint.terminating && endpoint.serving);
            counts.terminating_silent += usize::from(!endpoint.ready && endpoint.terminating && !endpoint.serving);
        }
        let listed = listing.iter().any(|l| *l);
        Self { listing, endpoints, counts, numbers, listed, ready_by_family, wrong_family }
    }

    /// Addresses that receive traffic.
    pub fn ready(&self) -> impl Iterator<Item = &'v Endpoint<'s>> {
        self.endpoints.iter().copied().filter(|e| e.ready)
    }

    /// Addresses with this doubt.
    pub fn doubted(&self, doubt: Doubt) -> impl Iterator<Item = &'v Endpoint<'s>> {
        self.endpoints.iter().copied().filter(move |e| e.doubt == Some(doubt))
    }
}
