//! What one source saw of the whole path.

use std::net::SocketAddr;

use kubereach_prober::words::{Cap, LayerName, Outcome};

use super::{PathFacts, Real, Seen, Sighting};

/// What one source's dials of the whole path come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Full<'a> {
    pub(super) seen: Seen,
    /// Of what flows: was any answer a success?
    pub(super) verified: bool,
    /// The dials that decided.
    pub(super) deciding: Vec<&'a Sighting>,
    /// Dials that failed beside answers and count for nothing, as nothing corroborates them.
    pub(super) lone: Vec<&'a Sighting>,
    /// Addresses of the door that do not answer while others do.
    pub(super) dead: Vec<SocketAddr>,
}

impl Full<'_> {
    const fn nothing() -> Self {
        Self { seen: Seen::Nothing, verified: false, deciding: Vec::new(), lone: Vec::new(), dead: Vec::new() }
    }
}

/// What a failure may conclude.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Nothing: another caller may fare otherwise.
    None,
    /// That it cannot be told.
    Doubt,
    /// That traffic suffers.
    Suffer,
    /// That traffic does not get through.
    Fail,
}

/// A failure counts as far as its class allows, once it is corroborated: a second attempt, and either a
/// control that passed or a fact of the snapshot
/// (`docs/semantics/measurement.md#a-failure-counts-only-when-it-is-corroborated`).
pub(super) fn weight(facts: &PathFacts, failure: &Sighting, all: &[&Sighting]) -> Weight {
    if failure.other_identity.is_some() {
        return Weight::None;
    }
    let again = failure.tried >= 2 && failure.answered == 0
        || all.iter().any(|other| {
            other.outcome == Outcome::Unreachable
                && other.run != failure.run
                && (&other.dial, other.span) == (&failure.dial, failure.span)
        });
    let corroborated = again && (failure.control || facts.explains(failure.span));
    match (failure.cap, corroborated) {
        (Cap::Nothing, _) => Weight::None,
        (Cap::Unknown, _) | (_, false) => Weight::Doubt,
        (Cap::Degraded, true) => Weight::Suffer,
        (Cap::Broken, true) => Weight::Fail,
    }
}

/// Folds the dials of the whole path that one source made; `all` are that source's dials with a vote.
pub(super) fn full<'a>(facts: &PathFacts, all: &Real<Vec<&'a Sighting>>) -> Real<Full<'a>> {
    all.clone().map(|all| {
        let whole: Vec<&Sighting> = all.iter().copied().filter(|s| facts.is_full(s.span)).collect();
        fold(facts, &whole, &all)
    })
}

fn fold<'a>(facts: &PathFacts, whole: &[&'a Sighting], all: &[&'a Sighting]) -> Full<'a> {
    let mut passes: Vec<&Sighting> = whole.iter().copied().filter(|s| s.passed() && s.entry_only.is_none()).collect();
    // An answer of the application outranks a mere connection:
    // docs/semantics/measurement.md#an-accepted-connection-proves-no-application.
    let application = |s: &&Sighting| s.top.is_some_and(|top| top > LayerName::Tls);
    if whole.iter().any(application) {
        passes.retain(application);
    }
    let mut failures: Vec<&Sighting> = whole.iter().copied().filter(|s| s.outcome == Outcome::Unreachable).collect();
    // A host that serves TLS only is not condemned for its plain port:
    // docs/semantics/measurement.md#a-host-that-serves-tls-is-not-condemned-for-its-plain-port.
    if passes.iter().any(|s| s.tls) {
        let doors: Vec<u16> = passes.iter().filter(|s| s.tls).filter_map(|s| s.peer).map(|peer| peer.port()).collect();
        failures.retain(|s| s.tls || s.peer.is_none_or(|peer| doors.contains(&peer.port())));
    }
    let errors: Vec<&Sighting> = whole.iter().copied().filter(|s| s.outcome == Outcome::ServerError).collect();
    let weighed: Vec<(Weight, &Sighting)> = failures.iter().map(|s| (weight(facts, s, all), *s)).collect();
    let of = |wanted: Weight| -> Vec<&Sighting> {
        weighed.iter().filter(|(weight, _)| *weight == wanted).map(|(_, s)| *s).collect()
    };
    let (fails, suffers, doubts) = (of(Weight::Fail), of(Weight::Suffer), of(Weight::Doubt));
    if !passes.is_empty() {
        let mut ill: Vec<&Sighting> = passes.iter().copied().filter(|s| s.flaky() || !s.dead.is_empty()).collect();
        let mut dead: Vec<SocketAddr> = passes.iter().flat_map(|s| s.dead.iter().copied()).collect();
        dead.extend(fails.iter().chain(&suffers).filter_map(|s| s.peer));
        dead.sort_unstable();
        dead.dedup();
        ill.extend(errors.iter().chain(&fails).chain(&suffers));
        let verified = passes.iter().any(|s| s.outcome == Outcome::Verified);
        return if ill.is_empty() {
            Full { seen: Seen::Flows, verified, deciding: passes, lone: doubts, dead }
        } else {
            Full { seen: Seen::Suffers, verified, deciding: ill, lone: doubts, dead }
        };
    }
    let seen = if !errors.is_empty() {
        Seen::Suffers
    } else if weighed.iter().all(|(weight, _)| *weight == Weight::None) {
        return Full::nothing();
    } else if !doubts.is_empty() {
        // Every door has to be proved shut.
        Seen::Doubtful
    } else if !suffers.is_empty() {
        Seen::Suffers
    } else {
        Seen::Fails
    };
    let deciding = match seen {
        Seen::Suffers if !errors.is_empty() => errors,
        Seen::Suffers => suffers,
        Seen::Doubtful => doubts,
        _ => fails,
    };
    Full { seen, verified: false, deciding, lone: Vec::new(), dead: Vec::new() }
}
