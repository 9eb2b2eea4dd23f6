//! A Gateway as a subject: one path per listener.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubereach_reports::report::{CoverageState, PathState, SegmentName};
use rayon::prelude::*;

use super::context::{AttachedRoutesContext, GatewayContext, ListingContext};
use super::evaluation::Evaluation;
use super::limit;
use super::listener::ListenerSegments;
use super::route::Outcome;
use super::table::ask;
use crate::resolve::gateway::GatewayState;
use crate::resolve::gateway::listener::{ListenerState, Owner};
use kubereach_model::evidence::{Path, PathKey, Segment, SubjectPaths};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::RouteKind;

/// Routes (indexes) by the listener (index) they are attached to.
type ByListener = BTreeMap<usize, Vec<usize>>;

/// Every Gateway, after its routes.
pub(super) fn gateways(evaluation: &Evaluation<'_, '_>, outcomes: &[Outcome]) -> Vec<SubjectPaths> {
    let mut attached = ByListener::new();
    for (id, route) in evaluation.routes.iter().enumerate() {
        let attachments = route.parents.iter().flat_map(|p| &p.attachments);
        for attachment in attachments.filter(|a| a.doubt.is_none() && a.rival.is_none()) {
            let routes = attached.entry(attachment.listener).or_default();
            if routes.last() != Some(&id) {
                routes.push(id);
            }
        }
    }
    let routes = Routes {
        attached,
        broken: by_listener(outcomes, |outcome| &outcome.broken_at),
        unsettled: by_listener(outcomes, |outcome| &outcome.unsettled_at),
    };
    let all = evaluation.gateways.all.par_iter().enumerate();
    all.map(|(id, gateway)| subject(evaluation, id, gateway, &routes)).collect()
}

/// Routes by the listener that they are attached to.
struct Routes {
    attached: ByListener,
    /// Those that provably lead nowhere from there.
    broken: ByListener,
    /// Those of which it cannot be told whether they lead anywhere from there.
    unsettled: ByListener,
}

fn by_listener(outcomes: &[Outcome], of: fn(&Outcome) -> &Vec<usize>) -> ByListener {
    let mut routes = ByListener::new();
    for outcome in outcomes {
        for listener in of(outcome) {
            routes.entry(*listener).or_default().push(outcome.id);
        }
    }
    routes
}

fn subject(evaluation: &Evaluation<'_, '_>, id: usize, state: &GatewayState<'_>, routes: &Routes) -> SubjectPaths {
    let gateway = state.gateway;
    let mut paths: BTreeMap<PathKey, Path> = BTreeMap::new();
    for listener_id in &state.listeners {
        let Some(listener) = evaluation.gateways.listeners.get(*listener_id) else { continue };
        let rule = rule(evaluation, *listener_id, listener, routes);
        let path = path(evaluation, (id, state), *listener_id, listener, rule);
        // Listener names are unique; where a hostile input repeats one, the worse copy speaks.
        match paths.get(&path.key) {
            Some(old) if old.state() <= path.state() => {}
            _ => {
                paths.insert(path.key.clone(), path);
            }
        }
    }
    if state.listeners.is_empty() {
        let path = without_listeners(evaluation, id, state);
        paths.insert(path.key.clone(), path);
    }
    let mut paths: Vec<Path> = paths.into_values().collect();
    let left_out = limit::keep_worst(&mut paths, limit::PATHS);
    let listing = ListingContext { object: gateway.object(), left_out };
    SubjectPaths {
        object: gateway.object(),
        origin: gateway.origin,
        paths,
        notes: evaluation.checks.gateway_notes.iter().filter_map(|check| check(&listing)).map(Arc::new).collect(),
        entries: Vec::new(),
        not_checked: Vec::new(),
    }
}

fn path(
    evaluation: &Evaluation<'_, '_>,
    (gateway_id, gateway): (usize, &GatewayState<'_>),
    listener_id: usize,
    listener: &ListenerState<'_>,
    rule: Segment,
) -> Path {
    let name = match listener.owner {
        Owner::Gateway(_) => listener.spec.name.clone(),
        Owner::Set(_) => listener.key(),
    };
    let mut segments = evaluation.of_gateway(Some(gateway_id));
    let own = evaluation.listener_segments.get(listener_id);
    segments.extend(own.map(|own| Arc::clone(&own.listener)));
    segments.push(Arc::new(rule));
    segments.extend(own.and_then(|own| own.tls.clone()));
    Path {
        key: PathKey {
            entry: gateway.gateway.object(),
            listener: Some(name),
            host: listener.spec.hostname.clone().filter(|h| !h.is_empty()),
            matches: None,
            backend: None,
        },
        segments,
        dormant: None,
    }
}

/// How many routes are attached. A broken one is said here; it never condemns the Gateway.
fn rule(evaluation: &Evaluation<'_, '_>, id: usize, listener: &ListenerState<'_>, routes: &Routes) -> Segment {
    let of = |routes: &ByListener| -> Vec<_> {
        let ids = routes.get(&id).into_iter().flatten();
        ids.filter_map(|id| evaluation.routes.get(*id)).map(|attached| attached.route).collect()
    };
    let attached = of(&routes.attached);
    let mut segment = Segment::new(SegmentName::Rule, Some(listener.owner.object()));
    let unread = refused(evaluation, listener);
    let none_read = evaluation.cluster.snapshot.routes.is_empty() && attached.is_empty();
    segment.evaluated(match attached.len() {
        0 if unread.is_some() => unread.as_ref().map(|(_, gap)| gap.what.clone()).unwrap_or_default(),
        _ if none_read => "no routes in the input".to_owned(),
        1 => "1 route attached".to_owned(),
        n => format!("{n} routes attached"),
    });
    let open = |own: &ListenerSegments| matches!(own.listener.state(), PathState::Open | PathState::Narrowed);
    let in_order = evaluation.listener_segments.get(id).is_some_and(open);
    // What is wrong with the listener says by itself why its routes are in doubt.
    let unsettled = if in_order { of(&routes.unsettled) } else { Vec::new() };
    let broken = of(&routes.broken);
    let cx = AttachedRoutesContext { listener, attached: attached.len(), broken, unsettled, unread };
    ask(evaluation.checks.attached_routes, &cx, &mut segment);
    debug_assert!(segment.state() != PathState::Blocked, "a route never condemns its Gateway");
    segment
}

/// A kind of route of which objects may be there that the API server refused to list, for the whole cluster or for the
/// Gateway's own namespace.
fn refused(evaluation: &Evaluation<'_, '_>, listener: &ListenerState<'_>) -> Option<(&'static str, Gap)> {
    let coverage = &evaluation.cluster.snapshot.coverage;
    let namespace = listener.owner.object().namespace;
    RouteKind::ALL.into_iter().find_map(|kind| {
        let records = [None, namespace.as_deref()].map(|namespace| coverage.of(&kind.group_kind(), namespace));
        let record = records.into_iter().find(|record| record.state == CoverageState::Forbidden)?;
        let what = format!("{} objects could not be read (permission refused)", kind.word());
        Some((kind.word(), Gap::investigate(what, record.reason)))
    })
}

fn without_listeners(evaluation: &Evaluation<'_, '_>, id: usize, state: &GatewayState<'_>) -> Path {
    let cx = GatewayContext::new(evaluation.cluster, state);
    let mut listener = Segment::new(SegmentName::Listener, Some(state.gateway.object()));
    if cx.has_no_listener() {
        listener.evaluated("no listener declared");
    }
    ask(evaluation.checks.no_listener, &cx, &mut listener);
    let mut segments = evaluation.of_gateway(Some(id));
    segments.push(Arc::new(listener));
    let key = PathKey { entry: state.gateway.object(), listener: None, host: None, matches: None, backend: None };
    Path { key, segments, dormant: None }
}
