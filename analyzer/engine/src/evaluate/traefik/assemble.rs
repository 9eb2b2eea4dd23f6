//! One IngressRoute becomes a subject: its paths with their evaluated segments.

use std::collections::BTreeSet;
use std::sync::Arc;

use kubereach_reports::report::{Effect, ObjectRef, PathState, Port, SegmentName};

use super::context::{EntryContext, LeafContext, RouteContext};
use super::{CheckTable, Leafless};
use crate::evaluate::ingress::SecretUser;
use crate::evaluate::reached;
use crate::evaluate::service::{BackendSegments, Backends, Consumer};
use crate::resolve::certificate::inspect;
use crate::resolve::traefik::leaves::{Follower, Leaf, PortOf, Share, Target};
use crate::resolve::traefik::objects::Takes;
use crate::resolve::traefik::shape::{Branch, branches};
use kubereach_model::evidence::command::cut;
use kubereach_model::evidence::{Dormant, FieldPath, Path, PathKey, Segment, SubjectPaths};
use kubereach_model::field;

/// The subject of one IngressRoute.
pub(super) fn subject<'s>(backends: &Backends<'_, 's>, cx: &EntryContext<'_, 's>) -> SubjectPaths {
    let checks = &backends.checks.traefik;
    let before = [address(cx), controller(checks, cx), listener(checks, cx)].map(Arc::new);
    let mut paths = Vec::new();
    let mut known = BTreeSet::new();
    for (index, route) in cx.spec().iter().flat_map(|spec| spec.routes.iter()).enumerate() {
        let field: FieldPath = field!["spec", "routes", index].into();
        let follower = Follower { cluster: cx.cluster, group: cx.entry.group, takes: cx.entry.takes };
        let leaves = follower.leaves(cx.entry.found, &route.services, &under(&field, "services"));
        let middlewares = follower.middlewares(cx.entry.found, &route.middlewares, &under(&field, "middlewares"));
        let rule = if cx.entry.takes == Takes::Udp { Err(String::new()) } else { cx.rule(route) };
        let of = RouteContext { of: cx, index, route, rule: &rule, leaves: &leaves, middlewares: &middlewares };
        for (key, segments, dormant) in paths_of(backends, &of, &before) {
            if known.insert(key.clone()) {
                paths.push(Path { key, segments, dormant });
            }
        }
    }
    if paths.is_empty() {
        let key = PathKey { entry: cx.object(), listener: None, host: None, matches: None, backend: None };
        paths.push(Path {
            key,
            segments: before.into_iter().chain([Arc::new(without_routes(cx))]).collect(),
            dormant: None,
        });
    }
    SubjectPaths {
        object: cx.object(),
        origin: cx.entry.found.get().origin,
        paths,
        notes: Vec::new(),
        entries: Vec::new(),
        not_checked: Vec::new(),
    }
}

fn under(field: &FieldPath, key: &str) -> FieldPath {
    let mut field = field.clone();
    field.push(key.into());
    field
}

fn address(cx: &EntryContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Address, Some(cx.object()));
    let services = reached::services(cx.cluster, &cx.tier.seen.pods);
    segment.evaluated(reached::evidence(&services, "Traefik"));
    segment
}

fn controller(checks: &CheckTable, cx: &EntryContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Controller, Some(cx.object()));
    let class = match cx.entry.class() {
        "" => "no class".to_owned(),
        class => format!("class {}", cut(class)),
    };
    let pods = match cx.tier.seen.pods.len() {
        0 => String::new(),
        all => format!(": {} of {all} pods of Traefik ready", cx.tier.seen.ready),
    };
    segment.evaluated(format!("{class}{pods}"));
    for check in checks.controller {
        check(cx, &mut segment);
    }
    segment
}

fn listener(checks: &CheckTable, cx: &EntryContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Listener, Some(cx.object()));
    let names: Vec<&str> = cx.spec().iter().flat_map(|spec| spec.entry_points.iter()).map(String::as_str).collect();
    segment.evaluated(match names.as_slice() {
        [] => "the default entry points of Traefik".to_owned(),
        [one] => format!("entry point {}", cut(one)),
        several => format!("entry points {}", cut(&several.join(", "))),
    });
    for check in checks.listener {
        check(cx, &mut segment);
    }
    segment
}

fn without_routes(cx: &EntryContext<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Rule, Some(cx.object()));
    match &cx.entry.spec {
        Ok(_) => segment.evaluated("it has no routes"),
        Err(why) => segment.evaluated(format!("its spec cannot be read: {}", cut(why))),
    }
    segment
}

type Made = (PathKey, Vec<Arc<Segment>>, Option<Dormant>);

/// Host and match of every alternative of a rule.
fn alternatives(cx: &RouteContext<'_, '_>) -> Vec<(Option<String>, Option<String>)> {
    let takes = cx.takes();
    let Ok(rule) = cx.rule else {
        let text = cut(&cx.route.rule);
        return vec![(None, (!text.is_empty()).then_some(text))];
    };
    let Some(all) = branches(rule) else { return vec![(None, Some(cut(&cx.route.rule)))] };
    let mut all: Vec<_> = all.iter().map(|branch: &Branch| (branch.host.clone(), branch.matches(takes))).collect();
    all.sort();
    all.dedup();
    all
}

fn paths_of<'s>(backends: &Backends<'_, 's>, cx: &RouteContext<'_, 's>, before: &[Arc<Segment>; 3]) -> Vec<Made> {
    let checks = &backends.checks.traefik;
    let rule = rule_segment(checks, cx);
    let mut states: Vec<_> = cx.leaves.iter().map(|leaf| leaf_state(backends, cx, leaf)).collect();
    siblings(checks, cx, &mut states);
    let mut made = Vec::new();
    for (host, matches) in alternatives(cx) {
        let tls = tls_segment(backends, cx.of, host.as_deref());
        let segments = |more: Vec<Arc<Segment>>| -> Vec<Arc<Segment>> {
            before.iter().cloned().chain([Arc::clone(&rule)]).chain(more).chain(tls.clone()).collect()
        };
        let key = |backend| PathKey {
            entry: cx.of.object(),
            listener: None,
            host: host.clone(),
            matches: matches.clone(),
            backend,
        };
        if cx.leaves.is_empty() {
            made.push((key(None), segments(Vec::new()), None));
        }
        for (leaf, (reference, behind)) in cx.leaves.iter().zip(&states) {
            if leaf.share == Share::Mirror {
                continue;
            }
            let mut more = vec![Arc::new(reference.clone())];
            more.extend(behind.segments.iter().cloned());
            let dormant = match leaf.share {
                Share::Drained => {
                    Some(Dormant::NoTraffic("its weight is 0 beside others that carry traffic".to_owned()))
                }
                Share::Fallback => {
                    Some(Dormant::NoTraffic("it answers only while the Service before it does not".to_owned()))
                }
                Share::Answers | Share::Mirror => behind.dormant.clone(),
            };
            made.push((key(Some(leaf.backend.clone())), segments(more), dormant));
        }
    }
    made
}

fn rule_segment(checks: &CheckTable, cx: &RouteContext<'_, '_>) -> Arc<Segment> {
    let mut rule = Segment::new(SegmentName::Rule, Some(cx.of.object()));
    rule.evaluated(match cx.takes() {
        Takes::Udp => "takes every datagram of its entry points".to_owned(),
        Takes::Http | Takes::Tcp => format!("takes {}", cut(&cx.route.rule)),
    });
    for check in checks.rule {
        check(cx, &mut rule);
    }
    Arc::new(rule)
}

/// The `reference` segment, and what lies behind it.
fn leaf_state<'s>(
    backends: &Backends<'_, 's>,
    route: &RouteContext<'_, 's>,
    leaf: &Leaf<'s>,
) -> (Segment, BackendSegments) {
    let checks = &backends.checks.traefik;
    let cx = LeafContext { route, leaf };
    let mut reference = Segment::new(SegmentName::Reference, Some(leaf.naming.object.object()));
    reference.evaluated(referred(leaf));
    for check in checks.reference {
        check(&cx, &mut reference);
    }
    let none = BackendSegments { segments: Vec::new(), dormant: None };
    let Target::Service(service, port) = &leaf.target else { return (reference, none) };
    if reference.state() == PathState::Blocked {
        return (reference, none);
    }
    let port = match port {
        PortOf::Declared(port) if port.name.is_empty() => port.port.known().map(|number| Port::Number(*number)),
        PortOf::Declared(port) => Some(Port::Name(port.name.clone())),
        _ => leaf.backend.port.clone(),
    };
    let consumer = if cx.is_native() { Consumer::ClusterIp } else { Consumer::ReadyEndpoints };
    let behind = backends.of(*service, port.as_ref(), consumer, route.of.tier.proxy.as_ref());
    for check in checks.followed {
        check(&cx, &behind, &mut reference);
    }
    (reference, behind)
}

fn referred(leaf: &Leaf<'_>) -> String {
    match &leaf.target {
        Target::Service(service, PortOf::Declared(port)) => {
            format!("Service {} declares {}", cut(&service.metadata.name), port.describe())
        }
        Target::Service(service, PortOf::External) => {
            format!("Service {} stands for a name elsewhere", cut(&service.metadata.name))
        }
        Target::Elsewhere if leaf.is_internal() => "Traefik answers itself".to_owned(),
        _ => "the reference was looked up".to_owned(),
    }
}

/// A route of several Services is made as a whole or not at all (HTTP).
fn siblings(checks: &CheckTable, route: &RouteContext<'_, '_>, states: &mut [(Segment, BackendSegments)]) {
    if route.takes() != Takes::Http || route.leaves.len() < 2 {
        return;
    }
    let blocking = |segment: &Segment| segment.findings().iter().find(|f| f.effect() == Effect::Blocks).cloned();
    let broken: Vec<_> = states
        .iter()
        .map(|(reference, behind)| {
            if let Some(finding) = blocking(reference) {
                return Some((finding, false));
            }
            let mut endpoints = behind.segments.iter().filter(|s| s.name == SegmentName::Endpoints);
            endpoints.find_map(|s| blocking(s)).filter(|_| behind.dormant.is_none()).map(|f| (f, true))
        })
        .collect();
    for (at, (leaf, (reference, _))) in route.leaves.iter().zip(states.iter_mut()).enumerate() {
        let others = broken.iter().enumerate().filter(|(other, _)| *other != at);
        for (finding, is_empty) in others.filter_map(|(_, found)| found.as_ref()) {
            let other = Leafless { finding, is_empty: *is_empty };
            for check in checks.sibling {
                check(&LeafContext { route, leaf }, &other, reference);
            }
        }
    }
}

/// The `tls` segment, where the route speaks TLS.
fn tls_segment(backends: &Backends<'_, '_>, cx: &EntryContext<'_, '_>, host: Option<&str>) -> Option<Arc<Segment>> {
    let tls = cx.spec()?.tls.as_ref()?;
    let mut segment = Segment::new(SegmentName::Tls, Some(cx.object()));
    if tls.passthrough.0 == Some(true) {
        segment.evaluated("TLS is passed through to the backend");
    } else if !tls.secret_name.is_empty() {
        let hosts: Vec<&str> = host.into_iter().collect();
        let namespace = cx.entry.namespace();
        let facts = inspect(cx.cluster, namespace, &tls.secret_name, &hosts);
        segment.object = Some(ObjectRef {
            kind: "Secret".to_owned(),
            namespace: Some(namespace.to_owned()),
            name: tls.secret_name.clone(),
            group: None,
        });
        segment.evaluated(match (&facts.certificate, &facts.secret) {
            (Some(certificate), _) => format!("a certificate until {}", certificate.not_after),
            (None, Some(_)) => "the Secret exists".to_owned(),
            (None, None) => "the Secret was looked up".to_owned(),
        });
        let user = SecretUser {
            object: cx.object(),
            field: Some((cx.entry.found.get().origin, field!["spec", "tls", "secretName"].into())),
        };
        for finding in backends.checks.ingress.certificate.iter().filter_map(|check| check(&facts, &user)) {
            segment.add(finding);
        }
        for assumption in backends.checks.ingress.certificate_unseen.iter().filter_map(|check| check(&facts, &user)) {
            segment.assume(assumption, cx.cluster.snapshot.strict);
        }
    } else if tls.cert_resolver.is_empty() {
        segment.evaluated("Traefik's default certificate");
    } else {
        segment.evaluated("Traefik gets the certificate itself");
    }
    for check in backends.checks.traefik.tls {
        check(cx, &mut segment);
    }
    Some(Arc::new(segment))
}
