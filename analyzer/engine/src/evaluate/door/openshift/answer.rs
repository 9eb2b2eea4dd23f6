//! What the routers do with a request.
//!
//! Source: openshift/router `images/router/haproxy/conf/haproxy-config.template` and `pkg/router/template`: maps of
//! hosts and paths, exact hosts before wildcards and longer paths first, a path taken element by element; one map for
//! plain requests, one for those that go to https, one for TLS that is opened, one of server names for TLS that is
//! passed through; what stands in none of them gets 503.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use kubereach_reports::report::{Backend, ObjectRef};

use super::{OneRoute, Routes, subject};
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Candidate, Fit, Handled, Listing, Outcome, Share, Taken};
use crate::resolve::by_path::ByPath;
use crate::resolve::openshift::claims::Claim;
use crate::resolve::request::{Request, Speech, is_below};
use crate::resolve::route::redirect::Location;
use kubereach_model::snapshot::model::{OpenShiftRoute, Resource as _};

/// A Route that stands at the host that is asked for.
struct Standing<'a, 's> {
    one: OneRoute<'a, 's>,
    wildcard: bool,
    /// Why it takes nothing, or `None`.
    out: Option<String>,
    /// It is not certain that it has the host.
    open: bool,
}

const DOUBTS: &[(&str, &str)] = &[
    ("haproxy.router.openshift.io/ip_whitelist", "only some addresses get in"),
    ("haproxy.router.openshift.io/ip_allowlist", "only some addresses get in"),
];
const REWRITE: &str = "haproxy.router.openshift.io/rewrite-target";

/// The Routes by what they are asked for.
#[derive(Default)]
pub(super) struct Answers {
    hosts: HashMap<String, ByPath>,
    /// By what follows the first label, of those for a whole domain.
    domains: HashMap<String, ByPath>,
    /// The routers' own names, in lower case.
    routers: HashSet<String>,
}

impl Answers {
    pub(super) fn new(routes: &Routes<'_>) -> Self {
        let mut answers = Self::default();
        for (at, one) in routes.doors_at() {
            let value = &one.route.get().value;
            let names = value.routers().iter().map(|router| router.router_canonical_hostname.to_ascii_lowercase());
            answers.routers.extend(names);
            let Some((wildcard, host)) = host_of(value) else { continue };
            let map = if wildcard { &mut answers.domains } else { &mut answers.hosts };
            let paths = map.entry(host).or_default();
            // Behind a path the router does not look where TLS is passed through.
            match value.termination() {
                Some("passthrough") => paths.other(at),
                _ => paths.below(&value.spec.path, at),
            }
        }
        answers
    }

    /// Does any Route stand at the host?
    fn knows(&self, name: &str) -> bool {
        self.hosts.contains_key(name)
            || name.split_once('.').is_some_and(|(_, domain)| self.domains.contains_key(domain))
    }

    fn of(&self, name: &str, path: &str) -> Vec<usize> {
        let domain = name.split_once('.').and_then(|(_, domain)| self.domains.get(domain));
        let paths = self.hosts.get(name).into_iter().chain(domain);
        let mut found: Vec<usize> = paths.flat_map(|paths| paths.of(path)).collect();
        found.sort_unstable();
        found
    }
}

/// The host of a Route, or the domain whose names it is for.
fn host_of(value: &OpenShiftRoute) -> Option<(bool, String)> {
    let host = value.host().trim_end_matches('.').to_ascii_lowercase();
    if value.spec.wildcard_policy == "Subdomain" {
        return host.split_once('.').map(|(_, domain)| (true, domain.to_owned()));
    }
    (!host.is_empty()).then_some((false, host))
}

/// Every answer: there is one set of routers.
pub(super) fn all<'s>(
    cluster: &Cluster<'s>,
    routes: &Routes<'s>,
    answers: &Answers,
    request: &Request,
    only: Option<&ObjectRef>,
) -> Vec<Handled> {
    if !request.speech.is_http() && request.speech != Speech::Tls {
        return Vec::new();
    }
    let name = if request.speech == Speech::Tls { request.asked_name() } else { Some(request.host.clone()) };
    let standing: Vec<Standing<'_, 's>> =
        name.iter().flat_map(|name| at_host(routes, answers, name, request)).collect();
    let known = name.as_deref().is_some_and(|name| answers.knows(name));
    let Some(fit) = fit(routes, answers, known, request, only) else { return Vec::new() };
    let candidates = standing.iter().map(|route| {
        let value = route.value();
        Candidate {
            entry: route.one.route.object(),
            rule: None,
            matches: format!("{}{}", value.host(), value.spec.path),
            why: route.out.clone().unwrap_or_else(|| "takes it, unless one before it does".to_owned()),
        }
    });
    let candidates: Vec<Candidate> = candidates.collect();
    let mut taking: Vec<&Standing<'_, 's>> = standing.iter().filter(|route| route.out.is_none()).collect();
    let passes = |route: &Standing<'_, 's>| route.value().termination() == Some("passthrough");
    taking.sort_by_key(|route| {
        let through = request.speech.is_tls() && passes(route);
        (!through, route.wildcard, std::cmp::Reverse(route.value().spec.path.trim_end_matches('/').len()))
    });
    let outcome = match taking.first() {
        Some(first) if first.open => {
            Outcome::Unknown(format!("whether {} has the host depends on the routers", first.one.route.object()))
        }
        Some(first) => taken(first, request),
        None => match cluster.snapshot.is_complete(OpenShiftRoute::KIND, None) {
            Ok(()) => Outcome::Reply { status: vec![503], because: "no Route takes it at the routers".to_owned() },
            Err(gap) => Outcome::Unknown(format!("no Route that was read takes it: {}", gap.sentence())),
        },
    };
    let door =
        taking.first().map_or_else(|| "the OpenShift router".to_owned(), |first| first.one.route.object().to_string());
    vec![Handled { door, fit, outcome, candidates }]
}

/// What each Route looks at.
pub(super) fn listed(routes: &Routes<'_>) -> Vec<Listing> {
    let of = |(_, one): (usize, OneRoute<'_, '_>)| {
        let value = &one.route.get().value;
        let (wildcard, host) = host_of(value)?;
        let host = if wildcard { format!("*.{host}") } else { host };
        let path = if value.spec.path.is_empty() { "/".to_owned() } else { value.spec.path.clone() };
        Some(Listing { host: Some(host), path: Some(path), ..Listing::default() })
    };
    routes.doors_at().filter_map(of).collect()
}

fn fit(
    routes: &Routes<'_>,
    answers: &Answers,
    known: bool,
    request: &Request,
    only: Option<&ObjectRef>,
) -> Option<Fit> {
    if let Some(only) = only {
        return routes.doors().any(|one| one.route.object() == *only).then_some(Fit::Named);
    }
    if answers.routers.contains(&request.dialled) {
        return Some(Fit::Address);
    }
    let usual = request.dialled.parse::<IpAddr>().is_err() && matches!(request.port, 80 | 443);
    (usual && known).then_some(Fit::Host)
}

/// The Routes for a host, with what keeps each from taking the request.
fn at_host<'a, 's>(routes: &'a Routes<'s>, answers: &Answers, name: &str, request: &Request) -> Vec<Standing<'a, 's>> {
    let found = answers.of(name, &request.path).into_iter().filter_map(|at| routes.door(at));
    found
        .map(|one| {
            let value = &one.route.get().value;
            let claim = routes.claims.of_route(&one.route);
            let admitted = value.is_admitted();
            let out = if matches!(claim, Claim::Lost(_)) && !admitted {
                Some("another Route has its host".to_owned())
            } else if !value.routers().is_empty() && !admitted {
                Some("no router has admitted it".to_owned())
            } else {
                misses(value, request)
            };
            let wildcard = value.spec.wildcard_policy == "Subdomain";
            Standing { one, wildcard, out, open: matches!(claim, Claim::Open(_)) && !admitted }
        })
        .collect()
}

/// Why a Route does not take a request for its host.
fn misses(value: &OpenShiftRoute, request: &Request) -> Option<String> {
    let termination = value.termination();
    let insecure = value.spec.tls.as_ref().map(|tls| tls.insecure_edge_termination_policy.as_str());
    match (request.speech.is_tls(), termination) {
        (true, None) => return Some("it has no TLS".to_owned()),
        (true, Some("passthrough")) => return None,
        (true, Some(_)) if request.speech == Speech::Tls => return Some("TLS is opened at the router".to_owned()),
        (false, Some(_)) if !matches!(insecure, Some("Allow" | "Redirect")) => {
            return Some("it takes no plain requests (insecureEdgeTerminationPolicy)".to_owned());
        }
        _ => {}
    }
    let below = value.spec.path.is_empty() || is_below(&value.spec.path, &request.path);
    (!below).then(|| format!("its path is {}", value.spec.path))
}

impl<'s> Standing<'_, 's> {
    fn value(&self) -> &'s OpenShiftRoute {
        &self.one.route.get().value
    }
}

fn taken(route: &Standing<'_, '_>, request: &Request) -> Outcome {
    let value = route.value();
    let insecure = value.spec.tls.as_ref().map(|tls| tls.insecure_edge_termination_policy.as_str());
    let redirect = (!request.speech.is_tls() && insecure == Some("Redirect")).then(|| Location {
        scheme: "https".to_owned(),
        host: request.host.clone(),
        port: 443,
        path: request.path.clone(),
        status: 302,
    });
    let (listener, host, matches) = subject::names(value);
    let mut changes = Vec::new();
    if value.spec.http_headers.is_some() {
        changes.push("headers are changed (httpHeaders)".to_owned());
    }
    if let Some(target) = value.metadata.annotation(REWRITE) {
        let rest = request.path.strip_prefix(value.spec.path.trim_end_matches('/')).unwrap_or(&request.path);
        changes.push(format!("the path becomes {}{rest}", target.trim_end_matches('/')));
    }
    let doubts = DOUBTS.iter().filter(|(key, _)| value.metadata.annotation(key).is_some());
    let shares = value.targets().map(|(_, target)| Share {
        backend: Backend {
            kind: "Service".to_owned(),
            namespace: value.metadata.namespace.clone(),
            name: target.name.clone(),
            port: None,
        },
        weight: target.weight.known().copied().unwrap_or(100),
    });
    Outcome::Taken(Box::new(Taken {
        listener,
        host,
        matches,
        redirect,
        changes,
        shares: shares.collect(),
        doubts: doubts.map(|(key, what)| format!("{what} ({key})")).collect(),
        lost: &[503],
        connection: value.termination() == Some("passthrough"),
        ..Taken::by(route.one.route.object())
    }))
}
