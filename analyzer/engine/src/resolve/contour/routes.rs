//! What makes Contour drop every route of an object.
//!
//! Source: `computeRoutes` of `internal/dag/httpproxy_processor.go`: each of these errors returns no route at all.

use kubereach_model::evidence::Step;
use kubereach_model::field;
use kubereach_model::snapshot::model::{MatchCondition, ProxyRoute, ProxyService, Service, ServicePort};
use kubereach_model::snapshot::{Lookup, Snapshot};
use serde_json::Value;

use super::conditions::{self, PathMatch};
use super::secret::{self, Use};
use super::text::text;
use super::{Basis, Problem, Proxy, policies};

/// Where in an object services stand.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// `spec.routes[i].services`.
    Route(usize),
    /// `spec.tcpproxy.services`.
    Tcp,
}

impl Place {
    fn service(self, index: usize) -> Vec<Step> {
        match self {
            Self::Route(route) => field!["spec", "routes", route, "services", index].into(),
            Self::Tcp => field!["spec", "tcpproxy", "services", index].into(),
        }
    }
}

/// Everything that drops the routes of an object, under the conditions of the includes that lead to it.
pub(super) fn problems(snapshot: &Snapshot, proxy: Proxy<'_>, before: &[&MatchCondition]) -> Vec<Problem> {
    let value = &proxy.get().value;
    let own = value.metadata.namespace.as_str();
    let mut found = Vec::new();
    for (index, route) in value.spec.routes.iter().enumerate() {
        of_route(index, route, before, &mut found);
        services(snapshot, own, &route.services, Place::Route(index), Some(route), &mut found);
    }
    found
}

fn of_route(index: usize, route: &ProxyRoute, before: &[&MatchCondition], found: &mut Vec<Problem>) {
    let mut say = |reason: &'static str, key: Option<&'static str>, what: Option<String>| {
        if let Some(what) = what {
            let what = format!("route {}: {what}", index + 1);
            let problem = Problem::shown(reason, field!["spec", "routes", index], what);
            let mut field = problem.field.clone();
            field.extend(key.map(Step::from));
            found.push(Problem { field, ..problem });
        }
    };
    let actions =
        [!route.services.is_empty(), route.request_redirect_policy.is_some(), route.direct_response_policy.is_some()];
    let wrong = actions.into_iter().filter(|action| *action).count() != 1;
    let what = "it has to have exactly one of services, requestRedirectPolicy and directResponsePolicy".to_owned();
    say("RouteError/RouteActionCountNotValid", None, wrong.then_some(what));
    say("RouteError/PathMatchConditionsNotValid", Some("conditions"), conditions::path_fault(&route.conditions));
    let all: Vec<&MatchCondition> = before.iter().copied().chain(route.conditions.iter()).collect();
    say("RouteError/HeaderMatchConditionsNotValid", Some("conditions"), conditions::header_fault(&all));
    say("RouteError/QueryParameterMatchConditionsNotValid", Some("conditions"), conditions::query_fault(&all));
    let request = route.request_headers_policy.as_ref().and_then(|policy| policies::headers(policy, true));
    say("RouteError/RequestHeadersPolicyInvalid", Some("requestHeadersPolicy"), request);
    let response = route.response_headers_policy.as_ref().and_then(|policy| policies::headers(policy, false));
    say("RouteError/ResponseHeaderPolicyInvalid", Some("responseHeadersPolicy"), response);
    let cookies = policies::cookies(&route.cookie_rewrite_policies);
    say("RouteError/CookieRewritePoliciesInvalid", Some("cookieRewritePolicies"), cookies);
    let timeouts = route.timeout_policy.as_ref().and_then(policies::timeouts);
    say("RouteError/TimeoutPolicyNotValid", Some("timeoutPolicy"), timeouts);
    let limit = route.rate_limit_policy.as_ref().and_then(policies::rate_limit);
    say("RouteError/RateLimitPolicyNotValid", Some("rateLimitPolicy"), limit);
    let redirect = route.request_redirect_policy.as_ref().and_then(policies::redirect);
    say("RouteError/RequestRedirectPolicy", Some("requestRedirectPolicy"), redirect);
    let prefix = matches!(conditions::path(&all), PathMatch::Prefix(_));
    let replaced = route.path_rewrite_policy.as_ref().and_then(|policy| policies::replacements(policy, prefix));
    say("PrefixReplaceError/NotValid", Some("pathRewritePolicy"), replaced);
    let health = route.health_check_policy.as_ref().and_then(policies::health_check);
    say("RouteError/HealthCheckPolicyInvalid", Some("healthCheckPolicy"), health);
    let jwt = route.jwt_verification_policy.as_ref();
    let both = jwt.is_some_and(|jwt| {
        !text(jwt, "require").is_empty() && jwt.get("disabled").and_then(Value::as_bool) == Some(true)
    });
    let what = "its JWT verification is both required and disabled".to_owned();
    say("JWTVerificationError/InvalidJWTVerificationPolicy", Some("jwtVerificationPolicy"), both.then_some(what));
    if let Some((reason, what)) = policies::addresses(&route.ip_allow_policy, &route.ip_deny_policy) {
        say(reason, None, Some(what));
    }
}

/// What is wrong with services so that everything beside them is dropped too.
pub(super) fn services(
    snapshot: &Snapshot,
    own: &str,
    services: &[ProxyService],
    place: Place,
    route: Option<&ProxyRoute>,
    found: &mut Vec<Problem>,
) {
    let mut mirrors = 0;
    for (index, service) in services.iter().enumerate() {
        let mut say = |reason: &'static str, what: String, basis: Basis| {
            let what = format!("service '{}': {what}", service.name);
            found.push(Problem { reason, what, field: place.service(index), basis });
        };
        let in_range = service.port.known().is_none_or(|port| (1..=65535).contains(port));
        if !in_range && route.is_some() {
            say("ServiceError/ServicePortInvalid", "its port is not between 1 and 65535".to_owned(), Basis::Shown);
            continue;
        }
        // Contour leaves out a Service that it does not find, before it looks at anything else of it.
        let Some(port) = resolved(snapshot, own, service) else { continue };
        if let Some(protocol) = service.protocol.as_deref().filter(|word| !matches!(*word, "h2c" | "h2" | "tls")) {
            say("ServiceError/UnsupportedProtocol", format!("the protocol '{protocol}' is not known"), Basis::Shown);
            continue;
        }
        if let (Some(validation), Some("tls" | "h2")) = (&service.validation, protocol(service, port).as_deref()) {
            let fault = secret::fault(snapshot, &validation.ca_secret, own, Use::Authority);
            let names = &validation.subject_names;
            let subject = if validation.subject_name.is_empty() {
                Some("its validation names no subject")
            } else {
                let first = names.first().is_none_or(|first| *first == validation.subject_name);
                (!first).then_some("the first of its subjectNames is not its subjectName")
            };
            if let Some(fault) = fault {
                let reason = if fault.delegation {
                    "TLSError/CACertificateNotDelegated"
                } else {
                    "ServiceError/TLSUpstreamValidation"
                };
                say(reason, fault.what, fault.basis);
            } else if let Some(subject) = subject {
                say("ServiceError/TLSUpstreamValidation", subject.to_owned(), Basis::Shown);
            }
        }
        let Some(route) = route else { continue };
        let headers = service.request_headers_policy.as_ref().and_then(|policy| policies::headers(policy, true));
        if let Some(what) = headers {
            say("ServiceError/RequestHeadersPolicyInvalid", what, Basis::Shown);
        }
        let headers = service.response_headers_policy.as_ref().and_then(|policy| policies::headers(policy, false));
        if let Some(what) = headers {
            say("ServiceError/ResponseHeadersPolicyInvalid", what, Basis::Shown);
        }
        if let Some(what) = policies::cookies(&service.cookie_rewrite_policies) {
            say("RouteError/CookieRewritePoliciesInvalid", what, Basis::Shown);
        }
        let start = service.slow_start_policy.as_ref();
        if let Some(what) = start.and_then(|policy| policies::slow_start(policy, route.load_balancer_policy.as_ref())) {
            say("ServiceError/SlowStartInvalid", what, Basis::Shown);
        }
        if service.mirror.0 == Some(true) {
            mirrors += 1;
            if mirrors == 2 {
                say("ServiceError/OnlyOneMirror", "a route may have one mirror".to_owned(), Basis::Shown);
            }
        }
    }
}

/// Services of a `tcpproxy` that Contour does not find: one of them is enough.
pub(super) fn unresolved(snapshot: &Snapshot, own: &str, services: &[ProxyService]) -> Vec<Problem> {
    let mut found = Vec::new();
    for (index, service) in services.iter().enumerate() {
        let (what, basis) = match snapshot.lookup::<Service>(own, &service.name) {
            Lookup::Found(_) if resolved(snapshot, own, service).is_some() || service.port.is_redacted() => continue,
            Lookup::Found(_) => ("has no such port", Basis::Shown),
            Lookup::Absent(absence) => ("does not exist", Basis::Missing(absence)),
            Lookup::Unknown(_) => continue,
        };
        let what = format!("the Service '{}' of its tcpproxy {what}", service.name);
        let reason = "TCPProxyError/ServiceUnresolvedReference";
        found.push(Problem { reason, what, field: Place::Tcp.service(index), basis });
    }
    found
}

/// The port of a Service that Contour finds.
pub fn resolved<'s>(
    snapshot: &'s Snapshot,
    own: &str,
    service: &ProxyService,
) -> Option<(&'s Service, &'s ServicePort)> {
    let Lookup::Found(found) = snapshot.lookup::<Service>(own, &service.name) else { return None };
    let found = &found.get().value;
    let number = service.port.known()?;
    let port =
        found.spec.ports.iter().find(|port| port.port.known().is_some_and(|port| i64::from(*port) == *number))?;
    Some((found, port))
}

/// The protocol towards the Service: what the service says, else what the Service itself does.
fn protocol(service: &ProxyService, (found, port): (&Service, &ServicePort)) -> Option<String> {
    if let Some(protocol) = &service.protocol {
        return Some(protocol.clone());
    }
    if let Some(word) = &port.app_protocol {
        let protocol = match word.as_str() {
            "https" => "tls",
            "kubernetes.io/h2c" => "h2c",
            _ => return None,
        };
        return Some(protocol.to_owned());
    }
    let number = port.port.known().map(ToString::to_string);
    ["tls", "h2", "h2c"].into_iter().map(str::to_owned).find(|protocol| {
        let key = format!("projectcontour.io/upstream-protocol.{protocol}");
        let names = found.metadata.annotation(&key).unwrap_or_default();
        names
            .split(',')
            .map(str::trim)
            .any(|name| !name.is_empty() && (name == port.name || number.as_deref() == Some(name)))
    })
}
