//! A Gateway as a subject: one path per listener.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubereach_reports::report::{PathState, SegmentName};
use rayon::prelude::*;

use crate::checks::gateway::{attached_route_broken, no_listeners_valid, no_routes, paths_not_listed};
use crate::evaluate::gateway_api::Evaluation;
use crate::evaluate::gateway_api::route::{Outcome, limit};
use crate::resolve::gateway::Front;
use crate::resolve::gateway::door::{Door, Owner};
use kubereach_model::evidence::{Path, PathKey, Segment, Subject};
use kubereach_model::snapshot::model::ListenerSet;

/// Attached and provably broken routes (indexes), per door.
type ByDoor = BTreeMap<usize, Vec<usize>>;

pub(crate) fn all(evaluation: &Evaluation<'_, '_>, outcomes: &[Outcome]) -> Vec<Subject> {
    let (mut attached, mut broken) = (ByDoor::new(), ByDoor::new());
    for (id, route) in evaluation.routes.iter().enumerate() {
        for join in route.ties.iter().flat_map(|t| &t.joins).filter(|j| j.doubt.is_none() && j.rival.is_none()) {
            let routes = attached.entry(join.door).or_default();
            if routes.last() != Some(&id) {
                routes.push(id);
            }
        }
    }
    for outcome in outcomes {
        for door in &outcome.broken_at {
            broken.entry(*door).or_default().push(outcome.id);
        }
    }
    let fronts = &evaluation.fronts.fronts;
    fronts.par_iter().enumerate().map(|(id, front)| subject(evaluation, id, front, &attached, &broken)).collect()
}

fn subject(
    evaluation: &Evaluation<'_, '_>,
    id: usize,
    front: &Front<'_>,
    attached: &ByDoor,
    broken: &ByDoor,
) -> Subject {
    let gateway = front.gateway;
    let mut paths: BTreeMap<PathKey, Path> = BTreeMap::new();
    for door_id in &front.doors {
        let Some(door) = evaluation.fronts.doors.get(*door_id) else { continue };
        let routes = attached.get(door_id).map(Vec::as_slice).unwrap_or_default();
        let dead = broken.get(door_id).map(Vec::as_slice).unwrap_or_default();
        let rule = rule(evaluation, door, routes, dead);
        let path = path(evaluation, id, *door_id, door, rule);
        // Listener names are unique; where a hostile input repeats one, the worse copy speaks.
        match paths.get(&path.key) {
            Some(old) if old.state() <= path.state() => {}
            _ => {
                paths.insert(path.key.clone(), path);
            }
        }
    }
    if front.doors.is_empty() {
        let path = without_listeners(evaluation, id, front);
        paths.insert(path.key.clone(), path);
    }
    let mut paths: Vec<Path> = paths.into_values().collect();
    let more = limit::keep_worst(&mut paths, limit::PATHS);
    let mut notes = Vec::new();
    if more > 0 {
        notes.push(Arc::new(paths_not_listed::finding(gateway.object(), more)));
    }
    Subject {
        object: gateway.object(),
        origin: gateway.origin,
        paths,
        notes,
        entries: Vec::new(),
        not_checked: Vec::new(),
    }
}

fn path(evaluation: &Evaluation<'_, '_>, front: usize, id: usize, door: &Door<'_>, rule: Segment) -> Path {
    let listener = match door.owner {
        Owner::Gateway(_) => door.listener.name.clone(),
        Owner::Set(_) => door.key(),
    };
    let mut segments = Vec::new();
    if let Some(front) = evaluation.front_evals.get(front) {
        segments.extend([Arc::clone(&front.address), Arc::clone(&front.controller)]);
    }
    let eval = evaluation.door_evals.get(id);
    segments.extend(eval.map(|e| Arc::clone(&e.listener)));
    segments.push(Arc::new(rule));
    segments.extend(eval.and_then(|e| e.tls.clone()));
    Path {
        key: PathKey {
            entry: front_object(evaluation, front, door),
            listener: Some(listener),
            host: door.listener.hostname.clone().filter(|h| !h.is_empty()),
            matches: None,
            backend: None,
        },
        segments,
        dormant: None,
    }
}

fn front_object(
    evaluation: &Evaluation<'_, '_>,
    front: usize,
    door: &Door<'_>,
) -> kubereach_reports::report::ObjectRef {
    evaluation.fronts.fronts.get(front).map_or_else(|| door.owner.object(), |f| f.gateway.object())
}

/// How many routes are attached. A broken one is said here; it never condemns the Gateway.
fn rule(evaluation: &Evaluation<'_, '_>, door: &Door<'_>, attached: &[usize], broken: &[usize]) -> Segment {
    let mut segment = Segment::new(SegmentName::Rule, Some(door.owner.object()));
    let seen = evaluation.cluster.snapshot.routes.is_empty() && attached.is_empty();
    segment.evaluated(match attached.len() {
        _ if seen => "no routes in the input".to_owned(),
        1 => "1 route attached".to_owned(),
        n => format!("{n} routes attached"),
    });
    if attached.is_empty() {
        segment.add(no_routes::finding(door));
    }
    // A few names say enough; the routes have verdicts of their own.
    for id in broken.iter().take(10) {
        if let Some(route) = evaluation.routes.get(*id) {
            segment.add(attached_route_broken::finding(door, route.route));
        }
    }
    debug_assert!(segment.state() != PathState::Blocked, "a route never condemns its Gateway");
    segment
}

fn without_listeners(evaluation: &Evaluation<'_, '_>, id: usize, front: &Front<'_>) -> Path {
    let gateway = front.gateway;
    let mut listener = Segment::new(SegmentName::Listener, Some(gateway.object()));
    let sets = evaluation.cluster.snapshot.list::<ListenerSet>(None);
    if gateway.spec.allowed_listeners.is_none() || sets.is_complete() {
        listener.evaluated("no listener declared");
        listener.add(no_listeners_valid::finding(gateway));
    }
    let mut segments = Vec::new();
    if let Some(front) = evaluation.front_evals.get(id) {
        segments.extend([Arc::clone(&front.address), Arc::clone(&front.controller)]);
    }
    segments.push(Arc::new(listener));
    let key = PathKey { entry: gateway.object(), listener: None, host: None, matches: None, backend: None };
    Path { key, segments, dormant: None }
}
