//! To which listeners a route attaches (API reference: `ParentReference`, `AllowedRoutes`, `Hostnames`).

use std::collections::{BTreeSet, HashMap};

use super::parent::{self, Parent};
use crate::resolve::ClusterIndex;
use crate::resolve::gateway::Gateways;
use crate::resolve::gateway::allowance::{self, Allowed};
use crate::resolve::gateway::hostname::{self, Names};
use crate::resolve::gateway::kinds::Kinds;
use crate::resolve::gateway::listener::ListenerState;
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
pub struct Attachment {
    /// Index of the listener.
    pub listener: usize,
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
pub struct ParentLink<'s> {
    /// Index among the parentRefs.
    pub index: usize,
    /// The reference.
    pub reference: &'s ParentRef,
    /// What it names.
    pub parent: Parent<'s>,
    /// Where it attaches.
    pub attachments: Vec<Attachment>,
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
    pub parents: Vec<ParentLink<'s>>,
}

impl Attached<'_> {
    /// Host names that no parent serves, where that is certain.
    pub fn unserved(&self) -> Vec<&str> {
        let settled = self.parents.iter().all(|p| {
            matches!(p.parent, Parent::Gateway(_) | Parent::Set(_)) && p.attachments.iter().all(|a| a.doubt.is_none())
        });
        let attachments = || self.parents.iter().flat_map(|p| &p.attachments);
        if !settled || attachments().next().is_none() || !has_hostnames(self.route.kind) {
            return Vec::new();
        }
        let served = |host: &str| attachments().flat_map(|a| &a.hosts).any(|h| h.declared.as_deref() == Some(host));
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
pub fn all<'s>(cluster: &ClusterIndex<'s>, gateways: &Gateways<'s>) -> Vec<Attached<'s>> {
    let mut routes: Vec<Attached<'s>> = cluster
        .snapshot
        .routes
        .iter()
        .map(|route| Attached { route, parents: parents(cluster, gateways, route) })
        .collect();
    mark_rivals(&mut routes);
    routes
}

fn parents<'s>(cluster: &ClusterIndex<'s>, gateways: &Gateways<'s>, route: Found<'s, Route>) -> Vec<ParentLink<'s>> {
    let refs = route.get().spec.parent_refs.iter().enumerate();
    refs.map(|(index, reference)| {
        let parent = parent::resolve(cluster, &route, reference);
        let namespace = reference.namespace.as_deref().unwrap_or(&route.metadata.namespace);
        let all: Vec<usize> = match &parent {
            // A reference to a Gateway reaches its own listeners only (API reference: `ListenerSet`).
            Parent::Gateway(_) => gateways
                .index_of(namespace, &reference.name)
                .map(|f| gateways.own_listeners(f).collect())
                .unwrap_or_default(),
            Parent::Set(_) => gateways.set_listeners(namespace, &reference.name),
            Parent::Mesh(_) | Parent::Missing(_) | Parent::Unseen(_) | Parent::ThirdParty => Vec::new(),
        };
        let found = matches!(parent, Parent::Gateway(_) | Parent::Set(_));
        let candidates: Vec<usize> =
            all.into_iter().filter(|d| gateways.listeners.get(*d).is_some_and(|d| chosen(reference, d))).collect();
        let mut link = ParentLink { index, reference, parent, attachments: Vec::new(), refusal: None, candidates };
        if found {
            attach(cluster, gateways, &route, &mut link);
        }
        link
    })
    .collect()
}

/// Section name and port must both match where they are set. A masked port excludes nothing.
fn chosen(reference: &ParentRef, listener: &ListenerState<'_>) -> bool {
    let named = reference.section_name.as_deref().is_none_or(|n| n.is_empty() || n == listener.spec.name);
    let port = match (reference.port.known(), listener.spec.port.known()) {
        (Some(wanted), Some(port)) => wanted == port,
        _ => true,
    };
    named && port
}

fn attach(cluster: &ClusterIndex<'_>, gateways: &Gateways<'_>, route: &Route, link: &mut ParentLink<'_>) {
    let mut refusals = Vec::new();
    for &id in &link.candidates {
        let Some(listener) = gateways.listeners.get(id) else { continue };
        let mut doubt = None;
        match &listener.kinds {
            Kinds::Known { allowed, .. } if !allowed.contains(&route.kind) => {
                refusals.push(Refusal::Kind);
                continue;
            }
            Kinds::Known { .. } => {}
            Kinds::ThirdParty => doubt = Some(Doubt::Protocol),
        }
        let rule = listener.spec.allowed_routes.as_ref().and_then(|a| a.namespaces.as_ref());
        match allowance::namespaces(cluster, rule, "Same", listener.owner.namespace(), &route.metadata.namespace) {
            Allowed::Yes => {}
            Allowed::No => {
                refusals.push(Refusal::Namespace);
                continue;
            }
            Allowed::Unknown(gap) => doubt = doubt.or(Some(Doubt::Namespace(gap))),
        }
        let hosts = hosts(route, listener);
        if hosts.is_empty() {
            refusals.push(Refusal::Hostname);
            continue;
        }
        link.attachments.push(Attachment { listener: id, hosts, doubt, rival: None });
    }
    if link.attachments.is_empty() {
        // The reason that came closest to an attachment says most.
        let closest = [Refusal::Hostname, Refusal::Namespace, Refusal::Kind].into_iter().find(|r| refusals.contains(r));
        link.refusal = Some(closest.unwrap_or(Refusal::NoMatchingParent));
    }
}

fn hosts(route: &Route, listener: &ListenerState<'_>) -> Vec<Host> {
    if !has_hostnames(route.kind) || !matches!(listener.spec.protocol.as_str(), "HTTP" | "HTTPS" | "TLS") {
        return vec![Host { declared: None, effective: None }];
    }
    let listener = listener.spec.hostname.as_deref();
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
    let mut at_listener: HashMap<usize, (Vec<usize>, Vec<usize>)> = HashMap::new();
    for (id, attached) in routes.iter().enumerate() {
        for attachment in attached.parents.iter().flat_map(|p| &p.attachments).filter(|a| a.doubt.is_none()) {
            let (http, grpc) = at_listener.entry(attachment.listener).or_default();
            match attached.route.kind {
                RouteKind::Http => http.push(id),
                RouteKind::Grpc => grpc.push(id),
                RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp => {}
            }
        }
    }
    let mut losses: Vec<(usize, usize, Rival)> = Vec::new();
    for (listener, (http, grpc)) in &at_listener {
        if http.is_empty() || grpc.is_empty() {
            continue;
        }
        let mut names = Names::default();
        for &b in grpc {
            hosts_at(routes, b, *listener).for_each(|host| names.add(host, b));
        }
        for &a in http {
            let common: BTreeSet<usize> = hosts_at(routes, a, *listener).flat_map(|host| names.common(host)).collect();
            for b in common {
                let (Some(one), Some(two)) = (routes.get(a), routes.get(b)) else { continue };
                let time = |r: &Attached<'_>| r.route.metadata.creation_timestamp.0;
                let name = |r: &Attached<'_>| (r.route.metadata.namespace.clone(), r.route.metadata.name.clone());
                let certain = time(one).is_some() && time(two).is_some();
                let (winner, loser) = if (time(one), name(one)) <= (time(two), name(two)) { (a, b) } else { (b, a) };
                losses.push((loser, *listener, Rival { route: winner, certain }));
            }
        }
    }
    losses.sort_by_key(|(loser, listener, rival)| (*loser, *listener, rival.route));
    for (loser, listener, rival) in losses {
        let Some(attached) = routes.get_mut(loser) else { continue };
        for attachment in
            attached.parents.iter_mut().flat_map(|p| &mut p.attachments).filter(|a| a.listener == listener)
        {
            let better = attachment.rival.as_ref().is_none_or(|old| !old.certain && rival.certain);
            if better {
                attachment.rival = Some(rival.clone());
            }
        }
    }
}

/// The host names of a route that a listener serves; `None` for any.
fn hosts_at<'r>(routes: &'r [Attached<'_>], id: usize, listener: usize) -> impl Iterator<Item = Option<&'r str>> {
    let parents = routes.get(id).map(|r| r.parents.as_slice()).unwrap_or_default();
    let attachments = parents.iter().flat_map(|p| &p.attachments).filter(move |a| a.listener == listener);
    attachments.flat_map(|a| &a.hosts).map(|host| host.effective.as_deref())
}
