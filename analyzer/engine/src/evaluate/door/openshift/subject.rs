//! A Route as a subject: a path for each router that admitted it and each backend.

use std::sync::Arc;

use kubereach_reports::report::{Backend, Port, SegmentName};

use super::{OneRoute, RouteContext, Routes, tls};
use crate::evaluate::door::lead::{Lead, LeadPort, Target, target};
use crate::evaluate::service::{Backends, Consumer};
use crate::resolve::certificate::judged_at;
use crate::resolve::openshift::port::{self, Ports};
use crate::resolve::openshift::refusal;
use kubereach_model::evidence::command::cut;
use kubereach_model::evidence::{Dormant, FieldPath, Path, PathKey, Segment, SubjectPaths};
use kubereach_model::field;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{OpenShiftRoute, RouteIngress, RouteTarget};

pub(super) fn subject<'s>(backends: &Backends<'_, 's>, all: &Routes<'s>, one: OneRoute<'_, 's>) -> SubjectPaths {
    let checks = &backends.checks.door.openshift;
    let value = &one.route.get().value;
    let refusals = refusal::all(value, one.route.is_manifest());
    let own = value.spec.tls.as_ref().and_then(|tls| tls.certificate.certificate.as_ref()?.as_ref().ok());
    let leads = leads(backends, one);
    let services: Vec<_> = leads.iter().filter_map(|(lead, _)| lead.service()).collect();
    let context = |router| RouteContext {
        route: one.route,
        state: one.state,
        routers: &all.routers,
        claim: all.claims.of_route(&one.route),
        refusals: &refusals,
        router,
        backends: &services,
        now: own.and_then(|certificate| judged_at(backends.cluster, certificate)),
    };
    let tls = tls::segment(backends, one.route).map(Arc::new);
    let mut paths = Vec::new();
    for router in routers(value) {
        let cx = context(router);
        let before = [address(&cx), controller(backends, &cx), listener(&cx), rule(backends, &cx)].map(Arc::new);
        for (lead, drained) in &leads {
            let mut segments: Vec<Arc<Segment>> = before.to_vec();
            let (behind, mut dormant) = match drained {
                Weight::AllZero => (vec![Arc::new(weightless(backends, &cx))], None),
                Weight::Zero | Weight::Counts => {
                    lead.behind(backends, Consumer::ReadyEndpoints, one.state.proxy.as_ref())
                }
            };
            segments.extend(behind);
            segments.extend(tls.clone());
            if matches!(drained, Weight::Zero) {
                dormant = Some(Dormant::NoTraffic("its weight is 0 beside others that carry traffic".to_owned()));
            }
            paths.push(Path { key: key(&cx, lead), segments, dormant });
        }
    }
    paths.sort_by(|a, b| a.key.cmp(&b.key));
    paths.dedup_by(|a, b| a.key == b.key);
    let cx = context(None);
    SubjectPaths {
        object: one.route.object(),
        origin: one.route.origin,
        paths,
        notes: checks.notes.iter().filter_map(|check| check(&cx)).map(Arc::new).collect(),
        entries: Vec::new(),
        not_checked: Vec::new(),
    }
}

/// The routers that admitted it; one `None` where none did.
fn routers(route: &OpenShiftRoute) -> Vec<Option<&RouteIngress>> {
    let admitted = route.routers().iter().filter(|router| router.admitted().is_some_and(|(yes, _)| yes));
    let mut routers: Vec<_> = admitted.map(Some).collect();
    if routers.is_empty() {
        routers.push(None);
    }
    routers
}

/// How the paths of a Route name their listener, host and match; of several routers the first.
pub(super) fn names(value: &OpenShiftRoute) -> (Option<String>, Option<String>, Option<String>) {
    named(value, routers(value).into_iter().next().flatten())
}

fn key(cx: &RouteContext<'_, '_>, lead: &Lead<'_>) -> PathKey {
    let (listener, host, matches) = named(cx.value(), cx.router);
    PathKey { entry: cx.route.object(), listener, host, matches, backend: Some(lead.backend.clone()) }
}

fn named(value: &OpenShiftRoute, router: Option<&RouteIngress>) -> (Option<String>, Option<String>, Option<String>) {
    let spec = &value.spec;
    let host = router.map(|router| router.host.as_str()).filter(|host| !host.is_empty());
    let host = host.unwrap_or_else(|| value.host());
    let wildcard = spec.wildcard_policy == "Subdomain";
    let host = match host.split_once('.') {
        Some((_, domain)) if wildcard => format!("*.{domain}"),
        _ => host.to_owned(),
    };
    let passes = value.termination() == Some("passthrough");
    let path = if spec.path.is_empty() { "/" } else { &spec.path };
    (
        router.map(|router| router.router_name.clone()).filter(|name| !name.is_empty()),
        Some(host).filter(|host| !host.is_empty()),
        (!passes).then(|| path.to_owned()),
    )
}

fn address(cx: &RouteContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Address, Some(cx.route.object()));
    let host = cx.value().host();
    let canonical = cx.router.map(|router| router.router_canonical_hostname.as_str()).filter(|name| !name.is_empty());
    segment.evaluated(match (host, canonical) {
        ("", _) => "a host is chosen when the API server stores it".to_owned(),
        (host, Some(name)) => format!("host {}, of the router at {}", cut(host), cut(name)),
        (host, None) => format!("host {}", cut(host)),
    });
    segment
}

fn controller(backends: &Backends<'_, '_>, cx: &RouteContext<'_, '_>) -> Segment {
    let checks = &backends.checks.door.openshift;
    let mut segment = Segment::new(SegmentName::Controller, Some(cx.route.object()));
    let seen = cx.state.seen.as_ref().filter(|seen| !seen.pods.is_empty());
    let pods = seen.map_or_else(
        || "the router is part of OpenShift".to_owned(),
        |seen| format!("{} of {} router pods ready", seen.ready, seen.pods.len()),
    );
    segment.evaluated(pods);
    for check in checks.controller {
        check(cx.state, &mut segment);
    }
    for check in checks.router {
        check(cx, &mut segment);
    }
    segment
}

fn listener(cx: &RouteContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Listener, Some(cx.route.object()));
    let insecure = cx.value().spec.tls.as_ref().map(|tls| tls.insecure_edge_termination_policy.as_str());
    let termination = cx.value().termination().map(cut);
    segment.evaluated(match (termination, insecure) {
        (None, _) => "HTTP, on the router's port 80".to_owned(),
        (Some(termination), Some("Allow")) => format!("HTTP on port 80 and TLS ({termination}) on port 443"),
        (Some(termination), Some("Redirect")) => format!("TLS ({termination}) on port 443; port 80 redirects there"),
        (Some(termination), _) => format!("TLS ({termination}) on port 443; nothing on port 80"),
    });
    segment
}

fn rule(backends: &Backends<'_, '_>, cx: &RouteContext<'_, '_>) -> Segment {
    let checks = &backends.checks.door.openshift;
    let mut segment = Segment::new(SegmentName::Rule, Some(cx.route.object()));
    let path = if cx.value().spec.path.is_empty() { "/" } else { &cx.value().spec.path };
    segment.evaluated(match cx.router {
        Some(router) => format!("admitted by the router {} (status)", cut(&router.router_name)),
        None => format!("takes {}{}", cut(cx.value().host()), cut(path)),
    });
    for check in checks.rule {
        check(cx, &mut segment);
    }
    if !cx.is_admitted() {
        for check in checks.status {
            check(cx, &mut segment);
        }
    }
    segment
}

fn weightless(backends: &Backends<'_, '_>, cx: &RouteContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Reference, Some(cx.route.object()));
    segment.evaluated("every weight is 0");
    for check in backends.checks.door.openshift.weightless {
        check(cx, &mut segment);
    }
    segment
}

/// What the weight of a backend makes of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    Counts,
    /// Nothing, beside others.
    Zero,
    /// Nothing, as that of every other.
    AllZero,
}

/// Every backend, for each port of it that the Route means.
fn leads<'s>(backends: &Backends<'_, 's>, one: OneRoute<'_, 's>) -> Vec<(Lead<'s>, Weight)> {
    let value = &one.route.get().value;
    let zero = |target: &RouteTarget| target.weight.known() == Some(&0);
    let all_zero = value.targets().all(|(_, target)| zero(target));
    let mut leads = Vec::new();
    for (index, target) in value.targets() {
        let field: FieldPath = match index {
            None => field!["spec", "to", "name"].into(),
            Some(i) => field!["spec", "alternateBackends", i, "name"].into(),
        };
        let weight = match (all_zero, zero(target)) {
            (true, _) => Weight::AllZero,
            (false, true) => Weight::Zero,
            (false, false) => Weight::Counts,
        };
        leads.extend(of_target(backends, one, target, &field).into_iter().map(|lead| (lead, weight)));
    }
    leads
}

fn of_target<'s>(
    backends: &Backends<'_, 's>,
    one: OneRoute<'_, 's>,
    reference: &RouteTarget,
    field: &FieldPath,
) -> Vec<Lead<'s>> {
    let value = &one.route.get().value;
    let namespace = value.metadata.namespace.as_str();
    let wanted = value.spec.port.as_ref().and_then(|port| port.target_port.as_ref());
    let lead = |port: Option<Port>, target| Lead {
        door: one.route.object(),
        origin: one.route.origin,
        field: field.clone(),
        backend: Backend {
            kind: "Service".to_owned(),
            namespace: namespace.to_owned(),
            name: reference.name.clone(),
            port,
        },
        asked: wanted.map_or_else(|| "any port".to_owned(), |port| format!("targetPort {}", cut(&port.to_string()))),
        target,
    };
    let written = wanted.map(|port| match port {
        PortRef::Number(number) => Port::Number(*number),
        PortRef::Name(_) | PortRef::Redacted => Port::Name(port.to_string()),
    });
    let mut ports = Ports::None;
    let found = target(backends.cluster, namespace, &reference.name, |service| {
        if service.is_external_name() {
            // The router reads EndpointSlices, and an alias has none.
            return LeadPort::Refused;
        }
        ports = port::of(backends.cluster, service, wanted);
        match &ports {
            Ports::Of(all) => all.first().map_or(LeadPort::Missing, |port| LeadPort::Declared(port)),
            Ports::None => LeadPort::Missing,
            Ports::Unknown(gap) => LeadPort::Unknown(gap.clone()),
        }
    });
    match (&ports, found) {
        (Ports::Of(all), Target::Service(service, _)) if all.len() > 1 => all
            .iter()
            .map(|port| {
                let own = if port.name.is_empty() {
                    port.port.known().map(|n| Port::Number(*n))
                } else {
                    Some(Port::Name(port.name.clone()))
                };
                let target = Target::Service(service, LeadPort::Declared(port));
                lead(written.clone().or(own), target)
            })
            .collect(),
        (Ports::Of(all), found) => {
            let own = all.first().and_then(|port| port.port.known()).map(|number| Port::Number(*number));
            vec![lead(written.or(own), found)]
        }
        (_, found) => vec![lead(written, found)],
    }
}
