//! A route as a subject: what lies before its rules times what lies behind them are its paths.

use std::sync::Arc;

use kubereach_reports::report::{PathState, SegmentName};

use super::attachment::{self, Inbound, ParentFacts};
use super::context::{ListingContext, MatchContext, PolicyContext, RouteStatusContext};
use super::evaluation::Evaluation;
use super::limit;
use super::precedence;
use super::rule::{self, Outbound};
use super::status::RouteStatus;
use super::table::ask;
use crate::resolve::gateway::GROUP;
use crate::resolve::route::attach::Attached;
use crate::resolve::route::parent::{self, Parent};
use kubereach_model::evidence::{Dormant, Path, PathKey, Segment, SubjectPaths};

/// An evaluated route.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Index of the route.
    pub(crate) id: usize,
    pub(crate) subject: SubjectPaths,
    /// Listeners at which the route itself, and not the listener, provably leads nowhere.
    pub(crate) broken_at: Vec<usize>,
    /// Those at which it may: nothing of it is open, and not all of it could be told.
    pub(crate) unsettled_at: Vec<usize>,
}

/// What lies behind the rules, by the facts of the parent under which it was evaluated.
type ByFacts = Vec<(ParentFacts, Vec<Outbound>)>;

/// Evaluates one route.
pub(super) fn evaluate(evaluation: &Evaluation<'_, '_>, id: usize) -> Option<Outcome> {
    let attached = evaluation.routes.get(id)?;
    let route = attached.route;
    let mut inbound = attachment::all(evaluation, attached);
    let mut outbound: ByFacts = Vec::new();
    for entry in &inbound {
        if !outbound.iter().any(|(facts, _)| *facts == entry.facts) {
            outbound.push((entry.facts, rule::all(evaluation, route, entry.facts)));
        }
    }
    statuses(evaluation, attached, &mut inbound, &outbound);
    // What a policy of its own does to a route is no matter of the Gateway's.
    let broken_at = nowhere_at(&inbound, &outbound, |state| state == PathState::Blocked);
    let mut unsettled_at =
        nowhere_at(&inbound, &outbound, |state| matches!(state, PathState::Blocked | PathState::Unknown));
    unsettled_at.retain(|listener| !broken_at.contains(listener));
    policies(evaluation, attached, &mut inbound);
    let mut counts = [0; limit::CLASSES];
    let classes: Vec<Vec<usize>> = inbound.iter().map(|i| classes(i, of(&outbound, i), &mut counts)).collect();
    let total: usize = counts.iter().sum();
    let mut left = limit::quotas(counts, limit::PATHS);
    let mut paths = Vec::with_capacity(total.min(limit::PATHS));
    for (entry, classes) in inbound.iter().zip(&classes) {
        for (exit, class) in of(&outbound, entry).iter().zip(classes) {
            if let Some(room) = left.get_mut(*class).filter(|n| **n > 0) {
                *room -= 1;
                paths.push(path(evaluation, id, attached, entry, exit));
            }
        }
    }
    let mut paths = awake(paths);
    let listing = ListingContext { object: route.object(), left_out: total - paths.len() };
    paths.sort_by(|a, b| a.key.cmp(&b.key));
    let subject = SubjectPaths {
        object: route.object(),
        origin: route.origin,
        paths,
        notes: evaluation.checks.route_notes.iter().filter_map(|check| check(&listing)).map(Arc::new).collect(),
        entries: Vec::new(),
        not_checked: Vec::new(),
    };
    Some(Outcome { id, subject, broken_at, unsettled_at })
}

fn of<'o>(outbound: &'o ByFacts, entry: &Inbound) -> &'o [Outbound] {
    outbound.iter().find(|(facts, _)| *facts == entry.facts).map(|(_, all)| all.as_slice()).unwrap_or_default()
}

/// The class of every path that begins with `entry`, counted.
fn classes(entry: &Inbound, outbound: &[Outbound], counts: &mut [usize; limit::CLASSES]) -> Vec<usize> {
    let state = entry.state();
    outbound
        .iter()
        .map(|exit| {
            let class = limit::class(state.min(exit.state()), exit.dormant.as_ref());
            if let Some(count) = counts.get_mut(class) {
                *count += 1;
            }
            class
        })
        .collect()
}

/// What controllers report, on the rule of every listener and host name of the parent they speak of.
fn statuses(evaluation: &Evaluation<'_, '_>, attached: &Attached<'_>, inbound: &mut [Inbound], outbound: &ByFacts) {
    for link in &attached.parents {
        let mesh = matches!(link.parent, Parent::Mesh(_));
        let own = |i: &Inbound| i.parent_ref == Some(link.index) && (i.listener.is_some() || mesh);
        let mine: Vec<&Inbound> = inbound.iter().filter(|i| own(i)).collect();
        if mine.is_empty() {
            continue;
        }
        let blocked_or_unknown = |s: &Segment| matches!(s.state(), PathState::Blocked | PathState::Unknown);
        let gateway_of = |id: usize| {
            let gateway = evaluation.gateways.listeners.get(id).and_then(|l| l.gateway);
            gateway.and_then(|gateway| evaluation.gateway_segments.get(gateway))
        };
        let cx = RouteStatusContext {
            route: attached.route,
            parent: parent::object(&attached.route, link.reference),
            status: &RouteStatus::new(attached.route, link),
            // A listener that is not served or an unsettled attachment explains a refusal by itself.
            unattached: mine.iter().all(|i| i.state() == PathState::Blocked)
                || mine.iter().all(|i| blocked_or_unknown(&i.rule)),
            unresolved: mine.iter().any(|i| of(outbound, i).iter().any(Outbound::has_unresolved_reference)),
            reconciled: mine.iter().filter_map(|i| i.listener).filter_map(gateway_of).any(|g| g.reconciled),
        };
        let mut found = Segment::new(SegmentName::Rule, None);
        ask(evaluation.checks.route_status, &cx, &mut found);
        for entry in inbound.iter_mut().filter(|i| own(i)) {
            share(&found, &mut entry.rule);
        }
    }
}

/// Refused policies that are attached to the route, on every rule.
fn policies(evaluation: &Evaluation<'_, '_>, attached: &Attached<'_>, inbound: &mut [Inbound]) {
    let route = attached.route;
    let meta = &route.get().value.metadata;
    let kind = (GROUP, route.kind.word());
    let mut found = Segment::new(SegmentName::Rule, None);
    for refused in evaluation.refused.targeting(kind, (&meta.namespace, &meta.name), &meta.labels) {
        let cx = PolicyContext { refused, target: route.object() };
        ask(evaluation.checks.route_policy, &cx, &mut found);
    }
    for entry in inbound {
        share(&found, &mut entry.rule);
    }
}

fn share(from: &Segment, to: &mut Segment) {
    for finding in from.findings() {
        to.share(Arc::clone(finding));
    }
}

/// Listeners behind which every path of the route that carries traffic is in such a state.
fn nowhere_at(inbound: &[Inbound], outbound: &ByFacts, is: impl Fn(PathState) -> bool) -> Vec<usize> {
    let mut listeners: Vec<usize> = inbound.iter().filter_map(|i| i.listener).collect();
    listeners.sort_unstable();
    listeners.dedup();
    let leads_nowhere = |entry: &Inbound| {
        let mut carrying = of(outbound, entry).iter().filter(|exit| exit.dormant.is_none()).peekable();
        carrying.peek().is_some() && (is(entry.rule.state()) || carrying.all(|exit| is(exit.state())))
    };
    listeners.retain(|id| inbound.iter().filter(|i| i.listener == Some(*id)).all(leads_nowhere));
    listeners
}

/// A path, and why another match takes its requests, if one does.
fn path(
    evaluation: &Evaluation<'_, '_>,
    id: usize,
    attached: &Attached<'_>,
    entry: &Inbound,
    exit: &Outbound,
) -> (Path, Option<String>) {
    let mut rule = entry.rule.clone();
    share(&exit.rule, &mut rule);
    let mut taken = None;
    if let (Some(listener), Some(text)) = (entry.listener, &exit.matches) {
        let fate = precedence::fate(evaluation, id, listener, entry.host.as_deref(), exit);
        taken = fate.carries_nothing();
        let cx = MatchContext { route: attached.route, rule: exit.rule_index, text, fate };
        ask(evaluation.checks.matching, &cx, &mut rule);
    }
    let mut segments = entry.before.clone();
    segments.push(Arc::new(rule));
    segments.extend(exit.segments.iter().map(Arc::clone));
    segments.extend(tls(entry.tls.as_ref(), exit.tls.as_ref()).map(Arc::new));
    let path = Path {
        key: PathKey {
            entry: attached.route.object(),
            listener: entry.name.clone(),
            host: entry.host.clone(),
            matches: exit.matches.clone(),
            backend: exit.backend.clone(),
        },
        segments,
        dormant: exit.dormant.clone(),
    };
    (path, taken)
}

/// Paths that carry nothing beside others that do are not counted. Where nothing of the route is left, because other
/// matches take all of its requests, that is what is wrong with it.
fn awake(paths: Vec<(Path, Option<String>)>) -> Vec<Path> {
    let left = paths.iter().any(|(path, taken)| path.dormant.is_none() && taken.is_none());
    paths
        .into_iter()
        .map(|(mut path, taken)| {
            if let Some(reason) = taken.filter(|_| left) {
                path.dormant = Some(Dormant::NoTraffic(reason));
            }
            path
        })
        .collect()
}

/// One segment for both ends of the gateway: towards the client and towards the backend.
fn tls(client: Option<&Segment>, backend: Option<&Segment>) -> Option<Segment> {
    let (Some(client), Some(backend)) = (client, backend) else { return client.or(backend).cloned() };
    let mut both = client.clone();
    if backend.state() != PathState::Unknown || !backend.findings().is_empty() {
        both.evaluated(backend.evidence());
    }
    share(backend, &mut both);
    Some(both)
}
