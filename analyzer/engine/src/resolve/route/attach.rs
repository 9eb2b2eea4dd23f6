//! To which listeners a route attaches (API reference: `ParentReference`, `AllowedRoutes`, `Hostnames`).

use std::collections::{BTreeSet, HashMap};

use super::parent::{self, Parent};
use crate::resolve::ClusterIndex;
use crate::resolve::gateway::Fronts;
use crate::resolve::gateway::allowance::{self, Allowed};
use crate::resolve::gateway::door::Door;
use crate::resolve::gateway::hostname::{self, Names};
use crate::resolve::gateway::kinds::Kinds;
use kubereach_model::snapshot::model::{ParentRef, Route, RouteKind};
use kubereach_model::snapshot::{Found, Gap};

/// A host name that is served, and the one that was declared for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// As the route declares it; `None` where it declares none.
    pub declared: Option<String>,
    /// What the listener and the route have in common; `None` for any.
    pub effective: Option<String>,
}

/// Why it cannot be told whether a route attaches to a listener.
#[derive(Debug, Clone)]
pub enum Doubt {
    /// Labels of the route's namespace were not read.
    Namespace(Gap),
    /// The listener's protocol is not one the API defines, so what it takes is not known.
    Protocol,
}

/// A route at a listener.
#[derive(Debug, Clone)]
pub struct Join {
    /// Index of the door.
    pub door: usize,
    /// Which host names are served there.
    pub hosts: Vec<Host>,
    /// Set where the attachment itself is not certain.
    pub doubt: Option<Doubt>,
    /// A route of the other HTTP kind with a common host name stands there and is older, or was created
    /// at a time that is not known.
    pub rival: Option<Rival>,
}

/// HTTPRoute and GRPCRoute with a common host name on one listener: one of them yields.
#[derive(Debug, Clone)]
pub struct Rival {
    /// Index of the other route.
    pub route: usize,
    /// The creation times show that the other one is older.
    pub certain: bool,
}

/// Why a parentRef attaches to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No listener of that name and port.
    NoMatchingParent,
    /// Listeners were named, none takes this kind of route.
    Kind,
    /// Listeners were named, none takes routes of this namespace.
    Namespace,
    /// Listeners take it, none has a host name in common.
    Hostname,
}

/// One parentRef, followed.
#[derive(Debug, Clone)]
pub struct Tie<'s> {
    /// Index among the parentRefs.
    pub index: usize,
    /// The reference.
    pub reference: &'s ParentRef,
    /// What it names.
    pub parent: Parent<'s>,
    /// Where it attaches.
    pub joins: Vec<Join>,
    /// Why it attaches to nothing.
    pub refusal: Option<Refusal>,
    /// Listeners that section name and port choose.
    pub candidates: Vec<usize>,
}

/// A route with its parentRefs followed.
#[derive(Debug, Clone)]
pub struct Attached<'s> {
    /// The route.
    pub route: Found<'s, Route>,
    /// One per parentRef.
    pub ties: Vec<Tie<'s>>,
}

impl Attached<'_> {
    /// Host names that no parent serves, where that is certain.
    pub fn unserved(&self) -> Vec<&str> {
        let settled = self.ties.iter().all(|t| {
            matches!(t.parent, Parent::Gateway(_) | Parent::Set(_)) && t.joins.iter().all(|j| j.doubt.is_none())
        });
        let joins = || self.ties.iter().flat_map(|t| &t.joins);
        if !settled || joins().next().is_none() || !has_hostnames(self.route.kind) {
            return Vec::new();
        }
        let served = |host: &str| joins().flat_map(|j| &j.hosts).any(|h| h.declared.as_deref() == Some(host));
        let mut all: Vec<&str> =
            self.route.spec.hostnames.iter().map(String::as_str).filter(|h| !h.is_empty() && !served(h)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Do routes of this kind match host names?
pub const fn has_hostnames(kind: RouteKind) -> bool {
    matches!(kind, RouteKind::Http | RouteKind::Grpc | RouteKind::Tls)
}

/// Follows every parentRef of every route; the order is that of the snapshot's routes.
pub fn all<'s>(cluster: &ClusterIndex<'s>, fronts: &Fronts<'s>) -> Vec<Attached<'s>> {
    let mut routes: Vec<Attached<'s>> =
        cluster.snapshot.routes.iter().map(|route| Attached { route, ties: ties(cluster, fronts, route) }).collect();
    mark_rivals(&mut routes);
    routes
}

fn ties<'s>(cluster: &ClusterIndex<'s>, fronts: &Fronts<'s>, route: Found<'s, Route>) -> Vec<Tie<'s>> {
    let refs = route.get().spec.parent_refs.iter().enumerate();
    refs.map(|(index, reference)| {
        let parent = parent::resolve(cluster, &route, reference);
        let namespace = reference.namespace.as_deref().unwrap_or(&route.metadata.namespace);
        let all: Vec<usize> = match &parent {
            // A reference to a Gateway reaches its own listeners only (API reference: `ListenerSet`).
            Parent::Gateway(_) => {
                fronts.front_of(namespace, &reference.name).map(|f| fronts.own_doors(f).collect()).unwrap_or_default()
            }
            Parent::Set(_) => fronts.set_doors(namespace, &reference.name),
            Parent::Mesh(_) | Parent::Missing(_) | Parent::Unseen(_) | Parent::ThirdParty => Vec::new(),
        };
        let found = matches!(parent, Parent::Gateway(_) | Parent::Set(_));
        let candidates: Vec<usize> =
            all.into_iter().filter(|d| fronts.doors.get(*d).is_some_and(|d| chosen(reference, d))).collect();
        let mut tie = Tie { index, reference, parent, joins: Vec::new(), refusal: None, candidates };
        if found {
            join(cluster, fronts, &route, &mut tie);
        }
        tie
    })
    .collect()
}

/// Section name and port must both match where they are set. A masked port excludes nothing.
fn chosen(reference: &ParentRef, door: &Door<'_>) -> bool {
    let named = reference.section_name.as_deref().is_none_or(|n| n.is_empty() || n == door.listener.name);
    let port = match (reference.port.known(), door.listener.port.known()) {
        (Some(wanted), Some(port)) => wanted == port,
        _ => true,
    };
    named && port
}

fn join(cluster: &ClusterIndex<'_>, fronts: &Fronts<'_>, route: &Route, tie: &mut Tie<'_>) {
    let mut refusals = Vec::new();
    for &id in &tie.candidates {
        let Some(door) = fronts.doors.get(id) else { continue };
        let mut doubt = None;
        match &door.kinds {
            Kinds::Known { allowed, .. } if !allowed.contains(&route.kind) => {
                refusals.push(Refusal::Kind);
                continue;
            }
            Kinds::Known { .. } => {}
            Kinds::ThirdParty => doubt = Some(Doubt::Protocol),
        }
        let rule = door.listener.allowed_routes.as_ref().and_then(|a| a.namespaces.as_ref());
        match allowance::namespaces(cluster, rule, "Same", door.owner.namespace(), &route.metadata.namespace) {
            Allowed::Yes => {}
            Allowed::No => {
                refusals.push(Refusal::Namespace);
                continue;
            }
            Allowed::Unknown(gap) => doubt = doubt.or(Some(Doubt::Namespace(gap))),
        }
        let hosts = hosts(route, door);
        if hosts.is_empty() {
            refusals.push(Refusal::Hostname);
            continue;
        }
        tie.joins.push(Join { door: id, hosts, doubt, rival: None });
    }
    if tie.joins.is_empty() {
        // The reason that came closest to an attachment says most.
        let closest = [Refusal::Hostname, Refusal::Namespace, Refusal::Kind].into_iter().find(|r| refusals.contains(r));
        tie.refusal = Some(closest.unwrap_or(Refusal::NoMatchingParent));
    }
}

fn hosts(route: &Route, door: &Door<'_>) -> Vec<Host> {
    if !has_hostnames(route.kind) || !matches!(door.listener.protocol.as_str(), "HTTP" | "HTTPS" | "TLS") {
        return vec![Host { declared: None, effective: None }];
    }
    let listener = door.listener.hostname.as_deref();
    let declared: Vec<Option<&str>> = match &*route.spec.hostnames {
        [] => vec![None],
        all => all.iter().map(|h| Some(h.as_str())).collect(),
    };
    let mut hosts: Vec<Host> = Vec::new();
    for name in declared {
        if let Some(effective) = hostname::intersect(listener, name) {
            hosts.push(Host { declared: name.map(str::to_owned), effective });
        }
    }
    hosts
}

/// An HTTPRoute and a GRPCRoute may not share a host name on a listener; the older stays, then the one
/// whose `namespace/name` comes first (API reference: `GRPCRoute`, "route type" conflicts).
fn mark_rivals(routes: &mut [Attached<'_>]) {
    let mut at_door: HashMap<usize, (Vec<usize>, Vec<usize>)> = HashMap::new();
    for (id, attached) in routes.iter().enumerate() {
        for join in attached.ties.iter().flat_map(|t| &t.joins).filter(|j| j.doubt.is_none()) {
            let (http, grpc) = at_door.entry(join.door).or_default();
            match attached.route.kind {
                RouteKind::Http => http.push(id),
                RouteKind::Grpc => grpc.push(id),
                RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp => {}
            }
        }
    }
    let mut losses: Vec<(usize, usize, Rival)> = Vec::new();
    for (door, (http, grpc)) in &at_door {
        if http.is_empty() || grpc.is_empty() {
            continue;
        }
        let mut names = Names::default();
        for &b in grpc {
            hosts_at(routes, b, *door).for_each(|host| names.add(host, b));
        }
        for &a in http {
            let common: BTreeSet<usize> = hosts_at(routes, a, *door).flat_map(|host| names.common(host)).collect();
            for b in common {
                let (Some(one), Some(two)) = (routes.get(a), routes.get(b)) else { continue };
                let time = |r: &Attached<'_>| r.route.metadata.creation_timestamp.0;
                let name = |r: &Attached<'_>| (r.route.metadata.namespace.clone(), r.route.metadata.name.clone());
                let certain = time(one).is_some() && time(two).is_some();
                let (winner, loser) = if (time(one), name(one)) <= (time(two), name(two)) { (a, b) } else { (b, a) };
                losses.push((loser, *door, Rival { route: winner, certain }));
            }
        }
    }
    losses.sort_by_key(|(loser, door, rival)| (*loser, *door, rival.route));
    for (loser, door, rival) in losses {
        let Some(attached) = routes.get_mut(loser) else { continue };
        for join in attached.ties.iter_mut().flat_map(|t| &mut t.joins).filter(|j| j.door == door) {
            let better = join.rival.as_ref().is_none_or(|old| !old.certain && rival.certain);
            if better {
                join.rival = Some(rival.clone());
            }
        }
    }
}

/// The host names of a route that a listener serves; `None` for any.
fn hosts_at<'r>(routes: &'r [Attached<'_>], id: usize, door: usize) -> impl Iterator<Item = Option<&'r str>> {
    let ties = routes.get(id).map(|r| r.ties.as_slice()).unwrap_or_default();
    let joins = ties.iter().flat_map(|t| &t.joins).filter(move |j| j.door == door);
    joins.flat_map(|j| &j.hosts).map(|host| host.effective.as_deref())
}
