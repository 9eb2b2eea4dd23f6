//! Which of several Routes gets a host.
//!
//! Sources: `openshift/router` `pkg/router/controller/host_admitter.go` (wildcards), `unique_host.go`,
//! `hostindex/activation.go` (the oldest Route's namespace, one Route a path, passthrough beside other TLS) and
//! `routeapihelpers/helper.go` (`RouteLessThan`).

use std::cmp::Ordering;
use std::collections::HashMap;

use kubereach_model::snapshot::Snapshot;

use super::Route;
use super::policy::{Admission, Routers};
use super::refusal;

/// What becomes of a Route's claim.
#[derive(Debug, Clone)]
pub enum Claim<'s> {
    /// It gets its host.
    Granted,
    /// It does not, whatever the settings of the routers.
    Lost(Lost<'s>),
    /// It does under some settings or orders that are possible, and not under others.
    Open(Lost<'s>),
}

/// Why a Route does not get its host.
#[derive(Debug, Clone)]
pub struct Lost<'s> {
    /// Who has it; nobody where a wildcard is not taken at all.
    pub to: Option<Route<'s>>,
    /// How.
    pub how: How,
}

/// How a claim is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// An older Route has the same host and path.
    SamePath,
    /// The oldest Route of the host is of another namespace.
    OtherNamespace,
    /// One of the two passes TLS through, and the other has TLS too.
    Passthrough,
    /// An older wildcard of another namespace, or one with the same path, covers the host.
    Wildcard,
    /// The routers take no wildcards.
    WildcardsDisallowed,
}

/// Every claim of a cluster.
#[derive(Debug)]
pub struct Claims<'s> {
    by_route: HashMap<(&'s str, &'s str), Claim<'s>>,
}

/// Rivals of one domain beyond which claims are not told apart where their order is not known.
const MOST: usize = 300;

impl<'s> Claims<'s> {
    /// Settles them; routes of different domains never meet.
    pub fn of(snapshot: &'s Snapshot, routers: &Routers) -> Self {
        let mut domains: HashMap<&str, Vec<Route<'s>>> = HashMap::new();
        for route in snapshot.openshift_routes.iter() {
            let value = &route.get().value;
            // Routes without a usable host never reach the index.
            if !value.spec.host.is_empty() && refusal::host(&value.spec.host).is_none() {
                domains.entry(domain(&value.spec.host)).or_default().push(route);
            }
        }
        let mut by_route = HashMap::new();
        for rivals in domains.values_mut() {
            rivals.sort_by(|a, b| older(a, b));
            settle(rivals, routers, &mut by_route);
        }
        Self { by_route }
    }

    /// What becomes of this Route's claim.
    pub fn of_route(&self, route: &Route<'s>) -> &Claim<'s> {
        let meta = &route.get().value.metadata;
        self.by_route.get(&(meta.namespace.as_str(), meta.name.as_str())).unwrap_or(&Claim::Granted)
    }
}

/// What follows the first label (`GetDomainForHost`).
fn domain(host: &str) -> &str {
    host.split_once('.').map_or("", |(_, domain)| domain)
}

/// By creation, then UID; what has no time yet is created after everything that has.
fn older(a: &Route<'_>, b: &Route<'_>) -> Ordering {
    let time = |route: &Route<'_>| {
        let time = route.get().value.metadata.creation_timestamp.0;
        (time.is_none(), time)
    };
    let uid = |route: &Route<'_>| route.get().value.metadata.uid.as_ref().map(ToString::to_string).unwrap_or_default();
    time(a).cmp(&time(b)).then_with(|| uid(a).cmp(&uid(b))).then_with(|| a.object().cmp(&b.object()))
}

fn settle<'s>(rivals: &[Route<'s>], routers: &Routers, into: &mut HashMap<(&'s str, &'s str), Claim<'s>>) {
    let dated = rivals.iter().take_while(|route| route.get().value.metadata.creation_timestamp.0.is_some()).count();
    let timeless = rivals.len() - dated;
    let mut all: Vec<Vec<Option<Lost<'s>>>> = vec![Vec::new(); rivals.len()];
    let note = |order: &[usize], only: Option<usize>, all: &mut Vec<Vec<Option<Lost<'s>>>>| {
        for admission in &routers.possible {
            for (id, lost) in admit(rivals, order, *admission) {
                if only.is_none_or(|only| only == id)
                    && let Some(slot) = all.get_mut(id)
                {
                    slot.push(lost);
                }
            }
        }
    };
    let order: Vec<usize> = (0..rivals.len()).collect();
    if timeless < 2 {
        note(&order, None, &mut all);
    } else {
        // Which of them the API server will store first is not known: each is looked at as the first and as the last.
        for id in order.iter().copied() {
            let (mut first, mut last) = (order.clone(), order.clone());
            if id >= dated && timeless <= MOST {
                first.retain(|other| *other != id);
                last.retain(|other| *other != id);
                first.insert(dated.min(first.len()), id);
                last.push(id);
                note(&last, Some(id), &mut all);
            }
            note(&first, Some(id), &mut all);
        }
    }
    for (route, outcomes) in rivals.iter().zip(all) {
        let meta = &route.get().value.metadata;
        let lost = outcomes.iter().flatten().next().cloned();
        let claim = match lost {
            None => continue,
            Some(lost) if outcomes.iter().all(Option::is_some) && !(routers.sharded && lost.to.is_some()) => {
                Claim::Lost(lost)
            }
            Some(lost) => Claim::Open(lost),
        };
        into.insert((meta.namespace.as_str(), meta.name.as_str()), claim);
    }
}

/// Who gets in, in this order and under these settings: by index, and why not.
fn admit<'s>(rivals: &[Route<'s>], order: &[usize], admission: Admission) -> Vec<(usize, Option<Lost<'s>>)> {
    let mut admitted: Vec<Route<'s>> = Vec::new();
    let mut hosts: HashMap<&str, Vec<Route<'s>>> = HashMap::new();
    let mut outcome = Vec::with_capacity(order.len());
    for id in order {
        let Some(route) = rivals.get(*id) else { continue };
        let lost = if admission.wildcards {
            by_wildcard(&admitted, route, admission)
        } else {
            let is_wildcard = route.get().value.spec.wildcard_policy == SUBDOMAIN;
            is_wildcard.then_some(Lost { to: None, how: How::WildcardsDisallowed })
        };
        let lost = lost.or_else(|| {
            let host = hosts.entry(route.get().value.spec.host.as_str()).or_default();
            let lost = by_host(host, route, admission);
            if lost.is_none() {
                host.push(*route);
            }
            lost
        });
        if lost.is_none() {
            admitted.push(*route);
        }
        outcome.push((*id, lost));
    }
    outcome
}

const SUBDOMAIN: &str = "Subdomain";

/// `HostAdmitter`: plain hosts and wildcards of one domain.
fn by_wildcard<'s>(admitted: &[Route<'s>], route: &Route<'s>, admission: Admission) -> Option<Lost<'s>> {
    let new = &route.get().value;
    let is_wildcard = new.spec.wildcard_policy == SUBDOMAIN;
    admitted.iter().find_map(|other| {
        let old = &other.get().value;
        let kin = !admission.strict || old.metadata.namespace == new.metadata.namespace;
        let covers = old.spec.wildcard_policy == SUBDOMAIN;
        let same_path = old.spec.path == new.spec.path;
        let taken = match (covers, is_wildcard) {
            // In one namespace plain hosts and wildcards stand side by side.
            (true, true) => !kin || same_path,
            (true, false) | (false, true) => !kin,
            (false, false) => old.spec.host == new.spec.host && (!kin || same_path),
        };
        let how = match (covers || is_wildcard, same_path && kin) {
            (true, _) => How::Wildcard,
            (false, true) => How::SamePath,
            (false, false) => How::OtherNamespace,
        };
        taken.then_some(Lost { to: Some(*other), how })
    })
}

/// `hostindex`: one host.
fn by_host<'s>(active: &[Route<'s>], route: &Route<'s>, admission: Admission) -> Option<Lost<'s>> {
    let new = &route.get().value;
    let owner = active.first()?;
    let passes = |termination: Option<&str>| termination == Some("passthrough");
    let rival = active.iter().find_map(|other| {
        let old = &other.get().value;
        if old.spec.path == new.spec.path {
            return Some(Lost { to: Some(*other), how: How::SamePath });
        }
        let (old, new) = (old.termination(), new.termination());
        let clash = old.is_some() && new.is_some() && (passes(old) || passes(new));
        clash.then_some(Lost { to: Some(*other), how: How::Passthrough })
    });
    if admission.strict && owner.get().value.metadata.namespace != new.metadata.namespace {
        let how = if rival.as_ref().is_some_and(|rival| rival.how == How::SamePath) {
            How::SamePath
        } else {
            How::OtherNamespace
        };
        return Some(Lost { to: rival.and_then(|rival| rival.to).or(Some(*owner)), how });
    }
    rival
}
