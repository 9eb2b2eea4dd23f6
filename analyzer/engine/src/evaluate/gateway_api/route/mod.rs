//! The evaluation of routes: groups (listener and host name) times legs (match and backend) are its paths.

mod backend_tls;
mod group;
mod leg;
pub(crate) mod limit;
mod status;
mod twins;

use std::sync::Arc;

use kubereach_reports::report::PathState;

use crate::checks::route::{paths_not_listed, shadowed_match};
use crate::evaluate::gateway_api::Evaluation;
use crate::resolve::route::attach::Attached;
use crate::resolve::route::parent::Parent;
use group::Group;
use kubereach_model::evidence::{Path, PathKey, Segment, Subject};
use leg::{Leg, Terms};
use status::Word;
pub(crate) use twins::Twins;

/// A judged route.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Index of the route.
    pub(crate) id: usize,
    pub(crate) subject: Subject,
    /// Doors at which the route itself, and not the listener, provably leads nowhere.
    pub(crate) broken_at: Vec<usize>,
}

/// Legs by the terms they were evaluated under.
type Legs = Vec<(Terms, Vec<Leg>)>;

/// Evaluates one route.
pub(crate) fn evaluate(evaluation: &Evaluation<'_, '_>, id: usize) -> Option<Outcome> {
    let attached = evaluation.routes.get(id)?;
    let mut groups = group::all(evaluation, attached);
    let mut legs: Legs = Vec::new();
    for group in &groups {
        if !legs.iter().any(|(terms, _)| *terms == group.terms) {
            legs.push((group.terms, leg::all(evaluation, attached.route, group.terms)));
        }
    }
    statuses(evaluation, attached, &mut groups, &legs);
    let broken_at = broken_at(&groups, &legs);
    let route = attached.route;
    let mut counts = [0; limit::CLASSES];
    let states: Vec<Vec<usize>> = groups.iter().map(|g| classes(g, of(&legs, g), &mut counts)).collect();
    let total: usize = counts.iter().sum();
    let mut left = limit::quotas(counts, limit::PATHS);
    let mut paths = Vec::with_capacity(total.min(limit::PATHS));
    for (group, classes) in groups.iter().zip(&states) {
        for (leg, class) in of(&legs, group).iter().zip(classes) {
            if let Some(room) = left.get_mut(*class).filter(|n| **n > 0) {
                *room -= 1;
                paths.push(path(evaluation, id, attached, group, leg));
            }
        }
    }
    let mut notes = Vec::new();
    if total > paths.len() {
        notes.push(Arc::new(paths_not_listed::finding(route.object(), total - paths.len())));
    }
    paths.sort_by(|a, b| a.key.cmp(&b.key));
    let subject = Subject {
        object: route.object(),
        origin: route.origin,
        paths,
        notes,
        entries: Vec::new(),
        not_checked: Vec::new(),
    };
    Some(Outcome { id, subject, broken_at })
}

fn of<'l>(legs: &'l Legs, group: &Group) -> &'l [Leg] {
    legs.iter().find(|(terms, _)| *terms == group.terms).map(|(_, legs)| legs.as_slice()).unwrap_or_default()
}

/// The class of every path of a group, counted.
fn classes(group: &Group, legs: &[Leg], counts: &mut [usize; limit::CLASSES]) -> Vec<usize> {
    let state = group.state();
    legs.iter()
        .map(|leg| {
            let class = limit::class(state.min(leg.state()), leg.dormant.as_ref());
            if let Some(count) = counts.get_mut(class) {
                *count += 1;
            }
            class
        })
        .collect()
}

/// What the controllers say, on the rule of every group of the parent they speak of.
fn statuses(evaluation: &Evaluation<'_, '_>, attached: &Attached<'_>, groups: &mut [Group], legs: &Legs) {
    for tie in &attached.ties {
        let word = Word::new(attached.route, tie);
        let mesh = matches!(tie.parent, Parent::Mesh(_));
        let own = |g: &Group| g.tie == Some(tie.index) && (g.door.is_some() || mesh);
        let mine: Vec<&Group> = groups.iter().filter(|g| own(g)).collect();
        if mine.is_empty() {
            continue;
        }
        // A shut listener or an unsettled attachment explains a refusal by itself.
        let at_fault = mine.iter().all(|g| g.state() == PathState::Blocked)
            || mine.iter().all(|g| matches!(g.rule.state(), PathState::Blocked | PathState::Unknown));
        let refs_at_fault = mine.iter().any(|g| leg::refs_at_fault(of(legs, g)));
        let reconciled = mine.iter().filter_map(|g| g.door).any(|d| {
            let front = evaluation.fronts.doors.get(d).and_then(|d| d.front);
            front.and_then(|f| evaluation.front_evals.get(f)).is_some_and(|f| f.reconciled)
        });
        let found: Vec<_> = word.findings(tie, at_fault, refs_at_fault, reconciled).into_iter().map(Arc::new).collect();
        for group in groups.iter_mut().filter(|g| own(g)) {
            for finding in &found {
                group.rule.share(Arc::clone(finding));
            }
        }
    }
}

/// Doors at which every carrying path of the route is blocked behind the listener.
fn broken_at(groups: &[Group], legs: &Legs) -> Vec<usize> {
    let mut doors: Vec<usize> = groups.iter().filter_map(|g| g.door).collect();
    doors.sort_unstable();
    doors.dedup();
    let dead = |g: &Group| {
        let mut carrying = of(legs, g).iter().filter(|l| l.dormant.is_none()).peekable();
        carrying.peek().is_some()
            && (g.rule.state() == PathState::Blocked || carrying.all(|l| l.state() == PathState::Blocked))
    };
    doors.retain(|d| groups.iter().filter(|g| g.door == Some(*d)).all(dead));
    doors
}

fn path(evaluation: &Evaluation<'_, '_>, id: usize, attached: &Attached<'_>, group: &Group, leg: &Leg) -> Path {
    let mut rule = group.rule.clone();
    for finding in &leg.rule {
        rule.share(Arc::clone(finding));
    }
    if let (Some(door), Some(text)) = (group.door, &leg.matches)
        && let Some(winner) = evaluation.twins.winner(&evaluation.routes, id, (door, group.host.as_deref(), text))
        && let Some(winner) = evaluation.routes.get(winner)
    {
        rule.add(shadowed_match::finding(attached.route, winner.route, text));
    }
    let mut segments = group.before.clone();
    segments.push(Arc::new(rule));
    segments.extend(leg.segments.iter().map(Arc::clone));
    segments.extend(tls(group.tls.as_ref(), leg.tls.as_ref()).map(Arc::new));
    Path {
        key: PathKey {
            entry: attached.route.object(),
            listener: group.listener.clone(),
            host: group.host.clone(),
            matches: leg.matches.clone(),
            backend: leg.backend.clone(),
        },
        segments,
        dormant: leg.dormant.clone(),
    }
}

/// One segment for both ends of the gateway: towards the client and towards the backend.
fn tls(front: Option<&Segment>, back: Option<&Segment>) -> Option<Segment> {
    let (Some(front), Some(back)) = (front, back) else { return front.or(back).cloned() };
    let mut both = front.clone();
    if back.state() != PathState::Unknown || !back.findings().is_empty() {
        both.evaluated(back.evidence());
    }
    for finding in back.findings() {
        both.share(Arc::clone(finding));
    }
    Some(both)
}
