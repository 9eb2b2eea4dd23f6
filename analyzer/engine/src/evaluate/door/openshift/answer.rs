//! What the routers do with a request.
//!
//! Source: openshift/router `images/router/haproxy/conf/haproxy-config.template` and `pkg/router/template`: maps of
//! hosts and paths, exact hosts before wildcards and longer paths first, a path taken element by element; one map for
//! plain requests, one for those that go to https, one for TLS that is opened, one of server names for TLS that is
//! passed through; what stands in none of them gets 503.

use std::net::IpAddr;

use kubereach_reports::report::{Backend, ObjectRef};

use super::{OneRoute, Routes, subject};
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Candidate, Fit, Handled, Outcome, Share, Taken};
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

/// Every answer: there is one set of routers.
pub(super) fn all<'s>(
    cluster: &Cluster<'s>,
    routes: &Routes<'s>,
    request: &Request,
    only: Option<&ObjectRef>,
) -> Vec<Handled> {
    if !request.speech.is_http() && request.speech != Speech::Tls {
        return Vec::new();
    }
    let name = if request.speech == Speech::Tls { request.asked_name() } else { Some(request.host.clone()) };
    let standing: Vec<Standing<'_, 's>> = name.iter().flat_map(|name| at_host(routes, name, request)).collect();
    let Some(fit) = fit(routes, &standing, request, only) else { return Vec::new() };
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

fn fit(routes: &Routes<'_>, standing: &[Standing<'_, '_>], request: &Request, only: Option<&ObjectRef>) -> Option<Fit> {
    if let Some(only) = only {
        return standing.iter().any(|route| route.one.route.object() == *only).then_some(Fit::Named);
    }
    let mut names = routes.doors().flat_map(|one| one.route.get().value.routers());
    if names.any(|router| router.router_canonical_hostname.eq_ignore_ascii_case(&request.dialled)) {
        return Some(Fit::Address);
    }
    let usual = request.dialled.parse::<IpAddr>().is_err() && matches!(request.port, 80 | 443);
    (usual && !standing.is_empty()).then_some(Fit::Host)
}

/// The Routes for a host, with what keeps each from taking the request.
fn at_host<'a, 's>(routes: &'a Routes<'s>, name: &str, request: &Request) -> Vec<Standing<'a, 's>> {
    let mut all = Vec::new();
    for one in routes.doors() {
        let value = &one.route.get().value;
        let host = value.host().trim_end_matches('.').to_ascii_lowercase();
        let wildcard = value.spec.wildcard_policy == "Subdomain";
        let domain = |host: &str| host.split_once('.').map(|(_, domain)| domain.to_owned());
        let stands = if wildcard { domain(&host).is_some() && domain(&host) == domain(name) } else { host == name };
        if host.is_empty() || !stands {
            continue;
        }
        let claim = routes.claims.of_route(&one.route);
        let admitted = value.is_admitted();
        let out = if matches!(claim, Claim::Lost(_)) && !admitted {
            Some("another Route has its host".to_owned())
        } else if !value.routers().is_empty() && !admitted {
            Some("no router has admitted it".to_owned())
        } else {
            misses(value, request)
        };
        all.push(Standing { one, wildcard, out, open: matches!(claim, Claim::Open(_)) && !admitted });
    }
    all
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
        entry: route.one.route.object(),
        listener,
        host,
        matches,
        rule: None,
        redirect,
        changes,
        shares: shares.collect(),
        doubts: doubts.map(|(key, what)| format!("{what} ({key})")).collect(),
    }))
}
