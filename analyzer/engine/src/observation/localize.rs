//! Where it breaks, by subtraction. Nothing is named by guess.
//!
//! Source: `docs/semantics/measurement.md#a-failure-is-localized-by-subtraction`.

use std::collections::BTreeSet;

use kubereach_prober::words::{Outcome, Segment};
use kubereach_reports::report::{PathState, SegmentName};

use super::parts::Parts;
use super::{PathFacts, Sighting};

/// The one segment at which a failure of this source breaks, if subtraction leaves one.
///
/// `failures` are the source's corroborated failures of this path; `around` are its answers on paths with the
/// same backend and port. The source is known to be let through by network policy: a failure of another kind
/// of caller has no weight and never comes here.
pub(super) fn segment(
    facts: &PathFacts,
    failures: &[&Sighting],
    parts: &Parts<'_>,
    around: &[&Sighting],
) -> Option<SegmentName> {
    // Of nested failures the narrowest says most.
    let narrowest = failures.iter().min_by_key(|s| facts.crossed(s.span).len())?;
    let mut left: BTreeSet<SegmentName> =
        facts.crossed(narrowest.span).into_iter().filter(|s| *s != SegmentName::Policy).collect();
    for failure in failures {
        let crossed = facts.crossed(failure.span);
        let common: BTreeSet<SegmentName> = left.iter().copied().filter(|s| crossed.contains(s)).collect();
        if common.is_empty() {
            // Two places that have nothing in common fail: no one place is to blame.
            return None;
        }
        left = common;
    }
    for proved in &parts.proved {
        left.remove(proved);
    }
    for answer in around.iter().filter(|s| s.outcome != Outcome::NotTested && s.passed() && s.entry_only.is_none()) {
        // Behind the Service the way is shared; before it every path has its own.
        for segment in facts.crossed(answer.span) {
            let shared = segment >= SegmentName::Service && segment <= SegmentName::Port;
            let pods = answer.span.from >= Segment::Endpoints && !parts.endpoints_answer;
            if shared && !pods {
                left.remove(&segment);
            }
        }
    }
    // Addresses that the snapshot shows ready, all of those that were dialled answering: nothing is left of
    // `endpoints` to break.
    let pods_fine = parts.endpoints_answer && facts.config_of(SegmentName::Endpoints) == Some(PathState::Open);
    if pods_fine && left.len() == 2 && left.contains(&SegmentName::Service) {
        left.remove(&SegmentName::Endpoints);
    }
    match (left.len(), left.first()) {
        (1, Some(segment)) => Some(*segment),
        _ => None,
    }
}
