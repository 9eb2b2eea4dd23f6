//! From a rule to its backends: everything that does not depend on where the route is attached.

use std::sync::Arc;

use kubereach_reports::report::{Backend, Effect, ObjectRef, PathState, Port, SegmentName};

use crate::checks::route::{
    all_weights_zero, backend_not_found, backend_port_missing, backend_port_unseen, backend_port_unspecified,
    backend_protocol_mismatch, backend_unseen, extension_filter, external_name_backend, filter_doubtful, invalid_kind,
    mirror_not_found, no_backends, redirect_only, ref_not_permitted, ref_permission_unseen, several_rules,
    unevaluated_backend_kind, weight_zero,
};
use crate::evaluate::gateway_api::Evaluation;
use crate::evaluate::gateway_api::route::backend_tls;
use crate::evaluate::service::Consumer;
use crate::resolve::gateway::grants::Permission;
use crate::resolve::route::backend::{self, Named, RefPort, Target};
use crate::resolve::route::{filters, matches};
use kubereach_model::evidence::{Dormant, Finding, Segment, fold};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{BackendRef, Filter, Route, RouteKind, RouteRule};

/// One match of one rule and one of its backends.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub(crate) matches: Option<String>,
    pub(crate) backend: Option<Backend>,
    /// Findings about the rule itself.
    pub(crate) rule: Vec<Arc<Finding>>,
    /// `reference` and what lies behind.
    pub(crate) segments: Vec<Arc<Segment>>,
    /// Encryption towards the backend.
    pub(crate) tls: Option<Segment>,
    pub(crate) dormant: Option<Dormant>,
}

impl Leg {
    /// Its own part of the way.
    pub(crate) fn state(&self) -> PathState {
        let rule = self.rule.iter().map(|f| match f.effect() {
            Effect::Blocks => PathState::Blocked,
            Effect::Inconclusive => PathState::Unknown,
            Effect::Narrows => PathState::Narrowed,
            Effect::Notes => PathState::Open,
        });
        let rest = self.segments.iter().map(AsRef::as_ref).chain(self.tls.as_ref());
        // A redirect needs no backend: nothing behind it counts.
        let behind = if self.segments.is_empty() && self.tls.is_none() { PathState::Open } else { fold(rest) };
        rule.chain([behind]).min().unwrap_or(PathState::Open)
    }
}

/// What depends on the parent: who dials, and whether a controller vouches for the references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) consumer: Consumer,
    pub(crate) resolved: bool,
    pub(crate) accepted: bool,
    /// The front whose pods dial, where they are known.
    pub(crate) proxy: Option<usize>,
}

/// Every leg of a route. Equal ones are merged: the first that carries traffic stays.
pub(crate) fn all(evaluation: &Evaluation<'_, '_>, route: Found<'_, Route>, terms: Terms) -> Vec<Leg> {
    let fallback = [RouteRule::default()];
    let rules: &[RouteRule] = if route.get().spec.rules.is_empty() { &fallback } else { &route.get().spec.rules };
    let mut legs: Vec<Leg> = Vec::new();
    let mut seen: std::collections::HashMap<(Option<String>, Option<Backend>), usize> =
        std::collections::HashMap::new();
    for (index, rule) in rules.iter().enumerate() {
        for leg in of_rule(evaluation, route, index, rule, terms) {
            for words in matches::of_rule(&route, rule, index) {
                let leg = Leg { matches: words.text, ..leg.clone() };
                match seen.entry((leg.matches.clone(), leg.backend.clone())) {
                    std::collections::hash_map::Entry::Vacant(slot) => {
                        slot.insert(legs.len());
                        legs.push(leg);
                    }
                    std::collections::hash_map::Entry::Occupied(slot) => {
                        if let Some(old) = legs.get_mut(*slot.get())
                            && old.dormant.is_some()
                            && leg.dormant.is_none()
                        {
                            *old = leg;
                        }
                    }
                }
            }
        }
    }
    legs
}

/// Does the configuration show a reference that no controller can resolve (mirrors and idle ones too)?
pub(crate) fn refs_at_fault(legs: &[Leg]) -> bool {
    let on_rule = |leg: &Leg| leg.rule.iter().any(|f| f.code() == mirror_not_found::DOC.code());
    let on_reference =
        |leg: &Leg| leg.segments.iter().any(|s| s.name == SegmentName::Reference && s.state() != PathState::Open);
    legs.iter().any(|leg| on_rule(leg) || on_reference(leg))
}

fn of_rule(
    evaluation: &Evaluation<'_, '_>,
    route: Found<'_, Route>,
    index: usize,
    rule: &RouteRule,
    terms: Terms,
) -> Vec<Leg> {
    let mut findings = filter_findings(evaluation, route, index, &rule.filters);
    let several = route.spec.rules.len() > 1 && matches!(route.kind, RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp);
    if several && !terms.accepted {
        findings.push(several_rules::finding(route));
    }
    if !terms.accepted {
        let of_backends = rule.backend_refs.iter().flat_map(|b| filters::doubts(&b.filters, &rule.matches, true));
        let doubts = filters::doubts(&rule.filters, &rule.matches, false).into_iter().chain(of_backends);
        findings.extend(doubts.map(|why| filter_doubtful::finding(route, index, &why)));
    }
    let blank = |rule: Vec<Finding>| Leg {
        matches: None,
        backend: None,
        rule: rule.into_iter().map(Arc::new).collect(),
        segments: Vec::new(),
        tls: None,
        dormant: None,
    };
    let redirects = rule.filters.iter().any(|f| f.kind == "RequestRedirect");
    if redirects {
        findings.push(redirect_only::finding(route, index));
        return vec![blank(findings)];
    }
    if rule.backend_refs.is_empty() {
        // A filter that is not evaluated may answer by itself.
        if !findings.iter().any(|f| f.code() == extension_filter::DOC.code()) {
            findings.push(no_backends::finding(route, index));
        }
        return vec![blank(findings)];
    }
    let total: i64 = rule.backend_refs.iter().map(weight).fold(0, i64::saturating_add);
    if total == 0 {
        findings.push(all_weights_zero::finding(route, index));
    }
    let refs = rule.backend_refs.iter().enumerate();
    refs.map(|(position, reference)| {
        let mut leg = blank(Vec::new());
        leg.rule = findings.iter().cloned().map(Arc::new).collect();
        leg.rule.extend(filter_findings(evaluation, route, index, &reference.filters).into_iter().map(Arc::new));
        let at = At { rule: index, index: position, share: share(route.kind, index, weight(reference), total) };
        behind(evaluation, route, reference, &at, terms, &mut leg);
        if weight(reference) == 0 && total > 0 {
            let target = backend::follow(evaluation.cluster, &route, reference);
            leg.rule.push(Arc::new(weight_zero::finding(route, &target)));
            leg.dormant =
                Some(Dormant::NoTraffic("its weight is 0 while others of the rule carry the traffic".to_owned()));
        }
        leg
    })
    .collect()
}

/// A masked weight may carry traffic; a negative one cannot.
fn weight(reference: &BackendRef) -> i64 {
    if reference.weight.is_redacted() { 1 } else { reference.weight.known().copied().unwrap_or(1).max(0) }
}

/// `30% of the requests of rule 2`, for prose.
fn share(kind: RouteKind, rule: usize, weight: i64, total: i64) -> String {
    let what = match kind {
        RouteKind::Http => "requests",
        RouteKind::Grpc => "calls",
        RouteKind::Tls | RouteKind::Tcp => "connections",
        RouteKind::Udp => "datagrams",
    };
    if weight == total || total <= 0 || weight == 0 {
        return format!("the {what} of rule {}", rule + 1);
    }
    let percent = (i128::from(weight) * 100 + i128::from(total) / 2) / i128::from(total);
    format!(
        "{} of the {what} of rule {}",
        if percent == 0 { "less than 1%".to_owned() } else { format!("{percent}%") },
        rule + 1
    )
}

/// Which backendRef is meant.
struct At {
    rule: usize,
    index: usize,
    share: String,
}

fn behind(
    evaluation: &Evaluation<'_, '_>,
    route: Found<'_, Route>,
    reference: &BackendRef,
    at: &At,
    terms: Terms,
    leg: &mut Leg,
) {
    let target = backend::follow(evaluation.cluster, &route, reference);
    leg.backend = Some(target.key());
    let object =
        ObjectRef { kind: target.kind.clone(), namespace: Some(target.namespace.clone()), name: target.name.clone() };
    let mut segment = Segment::new(SegmentName::Reference, Some(object));
    permission(&mut segment, route, &target, at, terms);
    let (rule, index, share) = (at.rule, at.index, at.share.as_str());
    let mut tail = Vec::new();
    match &target.named {
        Named::Missing(absence) => segment.add(backend_not_found::finding(route, rule, index, &target, share, absence)),
        Named::Unseen(gap) => segment.add(backend_unseen::finding(route, rule, index, &target, gap)),
        Named::NotABackend => segment.add(invalid_kind::finding(route, rule, index, &target, share)),
        Named::ThirdParty => segment.add(unevaluated_backend_kind::finding(route, rule, index, &target)),
        Named::Service(found, _) if found.is_external_name() => {
            segment.add(external_name_backend::finding(route, rule, index, &target, *found));
        }
        Named::Service(found, port) => match port {
            RefPort::Declared(port) => {
                segment.evaluated(format!("Service {}/{} has port {}", target.namespace, target.name, port.describe()));
                let number = port.port.known().copied().map(Port::Number);
                let proxy = terms.proxy.and_then(|front| evaluation.proxy_pods.get(front)?.as_ref());
                let behind = evaluation.backends.of(*found, number.as_ref(), terms.consumer, proxy);
                tail = behind.segments;
                leg.dormant = behind.dormant;
                leg.tls = backend_tls::segment(evaluation, route, &target, port);
            }
            RefPort::Unspecified => segment.add(backend_port_unspecified::finding(route, rule, index, &target, share)),
            RefPort::NotDeclared(number) => {
                segment.add(backend_port_missing::finding(route, rule, index, &target, share, *found, *number));
            }
            RefPort::OtherProtocol(port) => {
                segment.add(backend_protocol_mismatch::finding(route, rule, index, &target, port));
            }
            RefPort::Masked => segment.add(backend_port_unseen::finding(route, rule, index, &target)),
        },
    }
    leg.segments = [Arc::new(segment)].into_iter().chain(tail).collect();
}

fn permission(segment: &mut Segment, route: Found<'_, Route>, target: &Target<'_>, at: &At, terms: Terms) {
    match &target.permission {
        Permission::SameNamespace => {}
        Permission::Granted(grant) => segment.evaluated(format!("allowed by ReferenceGrant {}", grant.metadata.name)),
        Permission::Unknown(_) if terms.resolved => segment.evaluated("the controller resolved the reference (status)"),
        Permission::Unknown(gap) => segment.add(ref_permission_unseen::finding(route, at.rule, at.index, target, gap)),
        Permission::Refused { absence, elsewhere } => {
            segment.add(ref_not_permitted::finding(
                route,
                at.rule,
                at.index,
                target,
                &at.share,
                absence,
                elsewhere.as_ref(),
            ));
        }
    }
}

/// Filters that change whether traffic passes (API reference: `HTTPRouteFilterType`, `GRPCRouteFilterType`).
fn filter_findings(
    evaluation: &Evaluation<'_, '_>,
    route: Found<'_, Route>,
    rule: usize,
    list: &[Filter],
) -> Vec<Finding> {
    let mut found = Vec::new();
    for filter in list {
        match filter.kind.as_str() {
            "RequestHeaderModifier" | "ResponseHeaderModifier" | "RequestRedirect" | "URLRewrite" | "CORS" => {}
            "RequestMirror" => {
                let mirror =
                    filter.request_mirror.as_ref().and_then(|m| mirror(evaluation, route, rule, &m.backend_ref));
                found.extend(mirror);
            }
            other => {
                let what = filter
                    .extension_ref
                    .as_ref()
                    .map_or_else(|| other.to_owned(), |r| format!("{} {}", r.kind.as_deref().unwrap_or(other), r.name));
                found.push(extension_filter::finding(route, rule, &kubereach_model::evidence::command::cut(&what)));
            }
        }
    }
    found
}

fn mirror(
    evaluation: &Evaluation<'_, '_>,
    route: Found<'_, Route>,
    rule: usize,
    reference: &BackendRef,
) -> Option<Finding> {
    let target = backend::follow(evaluation.cluster, &route, reference);
    let say = |why: &str, proof: &kubereach_model::snapshot::Proof| {
        Some(mirror_not_found::finding(route, rule, &target, why, proof))
    };
    if let Permission::Refused { absence, .. } = &target.permission {
        return say("may not be used from this namespace", &absence.proof());
    }
    match &target.named {
        Named::Missing(absence) => say("does not exist", &absence.proof()),
        Named::NotABackend => {
            say("cannot be a backend", &route.shows("the mirror names a kind that cannot be a backend"))
        }
        Named::Service(service, RefPort::NotDeclared(port)) => {
            say(&format!("has no port {port}"), &service.shows(format!("it declares no port {port}")))
        }
        Named::Service(_, RefPort::Unspecified) => {
            say("is named without a port", &route.shows("the mirror names no port"))
        }
        Named::Service(..) | Named::Unseen(_) | Named::ThirdParty => None,
    }
}
