//! What one source saw of parts of the path.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use kubereach_prober::plan::Span;
use kubereach_prober::words::{Outcome, Segment};
use kubereach_reports::report::{PathState, SegmentName};

use super::full::{Weight, weight};
use super::{EntryOnly, PathFacts, Real, Sighting};

/// What one source's dials of parts come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// Segments that answers prove.
    pub(super) proved: BTreeSet<SegmentName>,
    /// Parts that fail, with what the failure comes to.
    pub(super) failed: Vec<(PathState, &'a Sighting)>,
    /// Pod addresses that do not answer while others do, corroborated or the most of them.
    pub(super) dead_endpoints: Vec<SocketAddr>,
    /// Every pod address that was dialled answered.
    pub(super) endpoints_answer: bool,
}

/// Folds the dials of parts that one source made.
pub(super) fn parts<'a>(facts: &PathFacts, all: &Real<Vec<&'a Sighting>>) -> Real<Parts<'a>> {
    all.clone().map(|all| fold(facts, &all))
}

fn fold<'a>(facts: &PathFacts, all: &[&'a Sighting]) -> Parts<'a> {
    let mut parts = Parts::default();
    let mut by_span: BTreeMap<Span, Vec<&Sighting>> = BTreeMap::new();
    for sighting in all {
        if sighting.passed() && sighting.entry_only.is_some() {
            parts.proved.extend(entry(facts, sighting));
        } else if !facts.is_full(sighting.span) {
            by_span.entry(sighting.span).or_default().push(sighting);
        }
    }
    for (span, dials) in by_span {
        let passes = dials.iter().filter(|s| s.passed()).count();
        let failures: Vec<(Weight, &Sighting)> = dials
            .iter()
            .filter(|s| matches!(s.outcome, Outcome::Unreachable))
            .map(|s| (weight(facts, s, all), *s))
            .filter(|(weight, _)| *weight > Weight::None)
            // An entry's controller is another caller, and mostly dials the pods: that this one cannot get
            // through the Service does not show that the controller cannot.
            .map(|(weight, s)| {
                (if facts.front_door && span.from == Segment::Service { Weight::Doubt } else { weight }, s)
            })
            .collect();
        let errors = dials.iter().copied().filter(|s| s.outcome == Outcome::ServerError);
        parts.failed.extend(errors.map(|s| (PathState::Narrowed, s)));
        let at_pods = span.from >= Segment::Endpoints;
        if failures.is_empty() {
            if passes > 0 {
                // Policy lets this caller through, which says little of another.
                parts.proved.extend(facts.crossed(span).into_iter().filter(|s| *s != SegmentName::Policy));
                parts.endpoints_answer |= at_pods;
            }
        } else if passes > 0 {
            mixed(&mut parts, at_pods, passes, &failures);
        } else {
            let sampled: BTreeSet<Option<SocketAddr>> = failures.iter().map(|(_, s)| s.peer).collect();
            let every = !at_pods || facts.ready.is_some_and(|ready| sampled.len() >= ready);
            parts.failed.extend(failures.into_iter().map(|(weight, s)| (state(weight, every), s)));
        }
    }
    if !parts.dead_endpoints.is_empty() || parts.failed.iter().any(|(_, s)| s.span.from >= Segment::Endpoints) {
        parts.endpoints_answer = false;
    }
    parts
}

/// Some dials of one segment pass and some fail. Of pods, one that fails once is not yet a statement; the
/// most of them are (`docs/semantics/measurement.md#a-failing-part-blocks-only-if-every-alternative-was-tried`).
fn mixed<'a>(parts: &mut Parts<'a>, at_pods: bool, passes: usize, failures: &[(Weight, &'a Sighting)]) {
    let most = failures.len() > passes;
    for (weight, sighting) in failures {
        if *weight > Weight::Doubt || (at_pods && most) {
            parts.failed.push((PathState::Narrowed, sighting));
            if at_pods {
                parts.dead_endpoints.extend(sighting.peer);
            }
        }
    }
}

/// A failing part blocks only if all of its alternatives were tried
/// (`docs/semantics/measurement.md#a-failing-part-blocks-only-if-every-alternative-was-tried`).
const fn state(weight: Weight, every: bool) -> PathState {
    match weight {
        Weight::Fail if every => PathState::Blocked,
        Weight::Fail | Weight::Suffer => PathState::Narrowed,
        Weight::Doubt | Weight::None => PathState::Unknown,
    }
}

/// What an answer proves that may be the entry's own: that it is dialled and served. Where no entry stands in
/// front, a connection proves its way, and only the application stays open.
fn entry(facts: &PathFacts, sighting: &Sighting) -> impl Iterator<Item = SegmentName> {
    let last = match (facts.front_door, sighting.entry_only) {
        (true, _) => SegmentName::Listener,
        // Anything on the way to a published address may answer everybody the same.
        (false, Some(EntryOnly::SameAsUnknownHost)) => SegmentName::Address,
        (false, _) => SegmentName::Port,
    };
    facts.crossed(sighting.span).into_iter().filter(move |segment| *segment <= last)
}
