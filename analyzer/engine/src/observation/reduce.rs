//! The reducer: a pure function of a path's facts and the set of sightings of it. Being a set, it knows
//! neither order nor repetition; without a sighting that votes it changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::{Confidence, NotMeasured, Outcome, PathState, SegmentMeasure, SegmentName, VantageRow};

use super::facts::name;
use super::full::{Full, full};
use super::parts::{Parts, parts};
use super::remark::Measurement;
use super::rows::{evidence, not_measured, outcome, row};
use super::{Doubt, EntryOnly, PathFacts, Real, Remark, Seen, Sighting, Source, localize, state};

/// What the measurements of one path come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathSeen {
    /// Configuration and measurement together.
    pub effective: PathState,
    /// What real traffic over the whole path came to.
    pub seen: Seen,
    /// The effective state is the measurement's, not the configuration's own.
    pub by_traffic: bool,
    /// The report's word for the whole path.
    pub outcome: Outcome,
    /// How far that speaks for real traffic.
    pub confidence: Option<Confidence>,
    /// One row per vantage.
    pub rows: Vec<VantageRow>,
    /// Vantages that could not measure it.
    pub not_measured: Vec<NotMeasured>,
    /// What real traffic showed of each segment.
    pub segments: BTreeMap<SegmentName, SegmentMeasure>,
    /// Where it breaks, if that was localized.
    pub failed_segment: Option<SegmentName>,
    /// What is worth saying.
    pub remarks: BTreeSet<Remark>,
    /// What is not proved, and why.
    pub not_proved: BTreeSet<(String, String)>,
}

/// One source and what it saw.
struct One<'a> {
    source: &'a Source,
    votes: Real<Vec<&'a Sighting>>,
    full: Real<Full<'a>>,
    parts: Real<Parts<'a>>,
    breaks_at: Option<SegmentName>,
}

/// Reduces the sightings of one path. `around` are sightings of paths with the same backend and port.
pub fn reduce(facts: &PathFacts, sightings: &BTreeSet<Sighting>, around: &BTreeSet<Sighting>) -> PathSeen {
    let mut by_source: BTreeMap<&Source, Vec<&Sighting>> = BTreeMap::new();
    for sighting in sightings {
        by_source.entry(&sighting.source).or_default().push(sighting);
    }
    let ones: Vec<One<'_>> = by_source.iter().map(|(source, seen)| one(facts, source, seen, around)).collect();
    // Behind a Service's own door a failing part is part of its clients' way: a name that does not resolve, a
    // pod that does not answer.
    let dead = ones.iter().any(|one| {
        let parts = one.parts.get();
        let suffers = |state: PathState| matches!(state, PathState::Blocked | PathState::Narrowed);
        !parts.dead_endpoints.is_empty() || (!facts.front_door && parts.failed.iter().any(|(state, _)| suffers(*state)))
    });
    let seen = Real::gather(ones.iter().map(|one| one.full.as_ref())).map(|fulls| whole(&fulls, dead));
    let own = own_state(facts, &ones);
    let effective = state(own, seen);
    let seen = seen.into_inner();
    let by_traffic = seen != Seen::Nothing || own != facts.config;
    let rows: Vec<VantageRow> = by_source
        .iter()
        .filter_map(|(source, all)| {
            let one = ones.iter().find(|one| one.source == *source);
            row(facts, source, all, one.map(|one| one.full.get()), one.and_then(|one| one.breaks_at))
        })
        .collect();
    let (outcome, confidence) = path_outcome(facts, seen, &ones, sightings);
    let failed_segment = common(
        ones.iter()
            .filter(|one| one.full.get().seen != Seen::Nothing || !one.parts.get().failed.is_empty())
            .map(|one| one.breaks_at),
    );
    let mut result = PathSeen {
        effective,
        seen,
        by_traffic,
        outcome,
        confidence,
        rows,
        not_measured: by_source.iter().filter_map(|(source, all)| not_measured(source, all)).collect(),
        segments: segments(facts, seen, &ones, failed_segment),
        failed_segment: failed_segment.filter(|_| effective != PathState::Open),
        remarks: BTreeSet::new(),
        not_proved: BTreeSet::new(),
    };
    result.remarks = remarks(facts, &result, &ones, sightings);
    result.not_proved = not_proved(facts, &result, &ones, sightings);
    result
}

fn one<'a>(facts: &PathFacts, source: &'a Source, sightings: &[&'a Sighting], around: &BTreeSet<Sighting>) -> One<'a> {
    // A dial that crosses nothing of this path says nothing about it, whatever became of it.
    let about = |s: &&Sighting| s.votes() && !facts.crossed(s.span).is_empty();
    let votes = Real::among(sightings.iter().copied().filter(about));
    let full = full(facts, &votes);
    let parts = parts(facts, &votes);
    let breaks_at = {
        let (full, parts) = (full.get(), parts.get());
        let mut failures: Vec<&Sighting> = if full.seen == Seen::Fails { full.deciding.clone() } else { Vec::new() };
        failures.extend(parts.failed.iter().filter(|(state, _)| *state == PathState::Blocked).map(|(_, s)| *s));
        let near = Real::among(around.iter().filter(|s| &s.source == source && s.votes())).into_inner();
        localize::segment(facts, &failures, parts, &near)
    };
    One { source, votes, full, parts, breaks_at }
}

/// Sources that agree name one place.
fn common(places: impl Iterator<Item = Option<SegmentName>>) -> Option<SegmentName> {
    let places: BTreeSet<Option<SegmentName>> = places.collect();
    match (places.len(), places.first()) {
        (1, Some(one)) => *one,
        _ => None,
    }
}

/// Over all sources: what flows for one caller is no wall, and what fails for one is less than declared.
/// `dead`: a part behind it does not answer.
fn whole(fulls: &[&Full<'_>], dead: bool) -> Seen {
    let has = |wanted: Seen| fulls.iter().any(|full| full.seen == wanted);
    match (has(Seen::Flows), has(Seen::Suffers), has(Seen::Fails), has(Seen::Doubtful)) {
        (_, true, ..) | (true, _, true, _) => Seen::Suffers,
        (true, false, false, _) if dead => Seen::Suffers,
        (true, false, false, _) => Seen::Flows,
        (false, false, true, _) => Seen::Fails,
        (false, false, false, true) => Seen::Doubtful,
        (false, false, false, false) => Seen::Nothing,
    }
}

/// The configuration's state with the parts that were measured: proved counts as open, failed as failed.
fn own_state(facts: &PathFacts, ones: &[One<'_>]) -> PathState {
    let proved: BTreeSet<SegmentName> = ones.iter().flat_map(|one| one.parts.get().proved.iter().copied()).collect();
    let own = facts
        .segments
        .iter()
        .map(|(segment, state)| match state {
            PathState::Unknown | PathState::Blocked if proved.contains(segment) => PathState::Open,
            state => *state,
        })
        .min()
        .unwrap_or(facts.config);
    let failed = ones.iter().flat_map(|one| one.parts.get().failed.iter().map(move |f| (one.source, f)));
    let failed = failed.map(|(source, (state, sighting))| {
        let elsewhere = ones.iter().filter(|other| other.source != source);
        // Policy is each caller's own: what stands for others is only the way.
        let way: Vec<SegmentName> =
            facts.crossed(sighting.span).into_iter().filter(|s| *s != SegmentName::Policy).collect();
        let passes = !way.is_empty()
            && elsewhere.clone().any(|other| way.iter().all(|segment| other.parts.get().proved.contains(segment)));
        if passes && *state < PathState::Narrowed { PathState::Narrowed } else { *state }
    });
    failed.min().map_or(own, |failed| own.min(failed))
}

fn path_outcome(
    facts: &PathFacts,
    seen: Seen,
    ones: &[One<'_>],
    sightings: &BTreeSet<Sighting>,
) -> (Outcome, Option<Confidence>) {
    let real = Some(Confidence::Real);
    match seen {
        Seen::Flows if ones.iter().any(|one| one.full.get().verified) => (Outcome::Verified, real),
        Seen::Flows => (Outcome::Reached, real),
        Seen::Suffers => (Outcome::ServerError, real),
        Seen::Fails | Seen::Doubtful => (Outcome::Unreachable, real),
        Seen::Nothing => {
            let whole = |s: &&Sighting| facts.is_full(s.span) && s.votes();
            if ones.iter().any(|one| one.votes.get().iter().any(|s| whole(s) && s.passed() && s.entry_only.is_some())) {
                return (Outcome::Reached, real);
            }
            let relayed = sightings.iter().filter(whole).filter(|s| s.source.via() != "data");
            let worst = relayed.clone().map(|s| outcome(s.outcome)).min();
            worst.map_or((Outcome::NotTested, None), |worst| (worst, Some(Confidence::Indirect)))
        }
    }
}

fn segments(
    facts: &PathFacts,
    seen: Seen,
    ones: &[One<'_>],
    failed: Option<SegmentName>,
) -> BTreeMap<SegmentName, SegmentMeasure> {
    let mut shown: BTreeMap<SegmentName, SegmentMeasure> = BTreeMap::new();
    let mut show = |segment: SegmentName, what: SegmentMeasure| {
        let slot = shown.entry(segment).or_insert(what);
        if *slot != what {
            *slot = SegmentMeasure::Mixed;
        }
    };
    for one in ones {
        let full = one.full.get();
        if full.seen == Seen::Flows {
            full.deciding.iter().flat_map(|s| facts.crossed(s.span)).for_each(|s| show(s, SegmentMeasure::Passed));
        }
        for segment in &one.parts.get().proved {
            show(*segment, SegmentMeasure::Passed);
        }
        if !one.parts.get().dead_endpoints.is_empty() && facts.has(SegmentName::Endpoints) {
            show(SegmentName::Endpoints, SegmentMeasure::Mixed);
        }
    }
    if let Some(segment) = failed
        && matches!(seen, Seen::Fails | Seen::Nothing)
    {
        show(segment, SegmentMeasure::Failed);
    }
    shown
}

fn told(source: &Source, deciding: &[&Sighting], segment: Option<SegmentName>, facts: &PathFacts) -> Measurement {
    let mut causes: Vec<String> = deciding.iter().flat_map(|s| s.causes.iter().cloned()).collect();
    causes.sort();
    causes.dedup();
    let part = deciding.first().filter(|s| !facts.is_full(s.span)).map(|s| (name(s.span.from), name(s.span.to)));
    Measurement {
        source: source.name.clone(),
        evidence: evidence(deciding),
        at: deciding.iter().filter_map(|s| s.at).max(),
        causes,
        segment,
        part,
    }
}

fn remarks(facts: &PathFacts, path: &PathSeen, ones: &[One<'_>], sightings: &BTreeSet<Sighting>) -> BTreeSet<Remark> {
    let mut remarks = BTreeSet::new();
    for one in ones {
        let (full, parts) = (one.full.get(), one.parts.get());
        let tell = |deciding: &[&Sighting]| told(one.source, deciding, one.breaks_at, facts);
        match full.seen {
            Seen::Flows if facts.config == PathState::Blocked => {
                remarks.insert(Remark::FlowsThoughBlocked(tell(&full.deciding)));
            }
            // What is not blocked after all is never said to be.
            Seen::Fails if path.effective != PathState::Blocked => {
                remarks.insert(Remark::FailsForSome(tell(&full.deciding)));
            }
            Seen::Fails | Seen::Doubtful if facts.config == PathState::Blocked => {
                remarks.insert(Remark::FailsAsConfigured(tell(&full.deciding)));
            }
            Seen::Fails => {
                remarks.insert(Remark::FailsThoughOpen(tell(&full.deciding)));
            }
            Seen::Doubtful => {
                remarks.insert(Remark::Unconfirmed(tell(&full.deciding)));
            }
            Seen::Suffers => suffering(&mut remarks, full, &tell),
            Seen::Flows | Seen::Nothing => {}
        }
        if full.seen == Seen::Nothing || (full.seen == Seen::Flows && !facts.front_door) {
            for (state, sighting) in &parts.failed {
                remarks.insert(match state {
                    _ if full.seen == Seen::Flows => match state {
                        PathState::Unknown => continue,
                        _ if parts.dead_endpoints.is_empty() => Remark::Suffers(tell(&[sighting])),
                        _ => continue,
                    },
                    _ if facts.config == PathState::Blocked => Remark::FailsAsConfigured(tell(&[sighting])),
                    PathState::Blocked if path.effective == PathState::Blocked => {
                        Remark::FailsThoughOpen(tell(&[sighting]))
                    }
                    PathState::Blocked => Remark::FailsForSome(tell(&[sighting])),
                    PathState::Unknown => Remark::Unconfirmed(tell(&[sighting])),
                    PathState::Narrowed | PathState::Open if parts.dead_endpoints.is_empty() => {
                        Remark::Suffers(tell(&[sighting]))
                    }
                    PathState::Narrowed | PathState::Open => continue,
                });
            }
            let refuted = full.seen == Seen::Nothing
                && facts.segments.iter().any(|(s, state)| *state == PathState::Blocked && parts.proved.contains(s));
            if refuted {
                let passes: Vec<&Sighting> = one.votes.get().iter().copied().filter(|s| s.passed()).collect();
                remarks.insert(Remark::FlowsThoughBlocked(tell(&passes)));
            }
        }
        if !parts.dead_endpoints.is_empty() {
            let dead: Vec<&Sighting> = parts.failed.iter().map(|(_, s)| *s).collect();
            remarks.insert(Remark::DeadEndpoints(tell(&dead), parts.dead_endpoints.clone()));
        }
        for sighting in one.votes.get().iter().filter(|s| !s.passed()) {
            if let Some(why) = &sighting.other_identity {
                remarks.insert(Remark::OtherIdentity(tell(&[sighting]), why.clone()));
            }
        }
        for sighting in one.votes.get().iter().filter(|s| s.entry_only == Some(EntryOnly::SameAsUnknownHost)) {
            remarks.insert(Remark::SameAsUnknownHost(tell(&[sighting])));
        }
    }
    for sighting in sightings {
        if let Some(Doubt::Stale(why)) = &sighting.doubt {
            remarks.insert(Remark::Stale(told(&sighting.source, &[sighting], None, facts), why.clone()));
        }
    }
    remarks.extend(divergence(facts, path, sightings));
    remarks
}

fn suffering(remarks: &mut BTreeSet<Remark>, full: &Full<'_>, tell: &dyn Fn(&[&Sighting]) -> Measurement) {
    for sighting in &full.deciding {
        let error = sighting.outcome == kubereach_prober::words::Outcome::ServerError;
        if sighting.passed() && sighting.flaky() {
            remarks.insert(Remark::Flaky(tell(&[sighting]), sighting.answered, sighting.tried));
        } else if !sighting.passed() && (error || full.dead.is_empty()) {
            remarks.insert(Remark::Suffers(tell(&[sighting])));
        }
    }
    if !full.dead.is_empty() {
        let dead: Vec<&Sighting> =
            full.deciding.iter().copied().filter(|s| !s.passed() || !s.dead.is_empty()).collect();
        remarks.insert(Remark::DeadAddresses(tell(&dead), full.dead.clone()));
    }
}

/// Real traffic and the relay disagree, each side of one mind:
/// `docs/semantics/measurement.md#the-api-servers-relay-decides-no-verdict`.
fn divergence(facts: &PathFacts, path: &PathSeen, sightings: &BTreeSet<Sighting>) -> Option<Remark> {
    use kubereach_prober::words::Outcome as Measured;
    let relayed: Vec<&Sighting> = sightings
        .iter()
        .filter(|s| s.source.via() != "data" && s.votes() && s.outcome != Measured::NotTested)
        .collect();
    let passes = relayed.iter().filter(|s| s.passed()).count();
    let source = &relayed.first()?.source;
    let told = || told(source, &relayed, None, facts);
    match path.seen {
        Seen::Fails | Seen::Doubtful if passes == relayed.len() => Some(Remark::RelayDiffers(told(), false)),
        Seen::Flows if passes == 0 => Some(Remark::RelayDiffers(told(), true)),
        _ => None,
    }
}

/// What a reader might take for shown and is not.
fn not_proved(
    facts: &PathFacts,
    path: &PathSeen,
    ones: &[One<'_>],
    sightings: &BTreeSet<Sighting>,
) -> BTreeSet<(String, String)> {
    let mut open = BTreeSet::new();
    let mut say = |what: &str, why: String| {
        open.insert((what.to_owned(), why));
    };
    if path.rows.is_empty() && path.not_measured.is_empty() {
        return open;
    }
    let real = ones.iter().any(|one| !one.votes.get().is_empty());
    if !real && path.rows.iter().any(|row| row.via == "apiserver") {
        say(
            "that clients get through",
            "only the API server's relay was used; it bypasses kube-proxy and network policy".to_owned(),
        );
    }
    for one in ones {
        let (full, parts) = (one.full.get(), one.parts.get());
        if full.seen == Seen::Nothing && (!parts.proved.is_empty() || !parts.failed.is_empty()) {
            let first = facts.segments.first().map(|(segment, _)| *segment);
            let entry = facts.front_door && first.is_some_and(|first| !parts.proved.contains(&first));
            if entry {
                say("that the entry works", "this test did not go through it".to_owned());
            } else {
                say("the whole path", "only a part of it was measured".to_owned());
            }
        }
        for lone in &full.lone {
            say("that every attempt gets through", format!("{} failed once, uncorroborated", lone.reason));
        }
        for sighting in one.votes.get() {
            match sighting.entry_only {
                Some(EntryOnly::SameAsUnknownHost) => {
                    say("that the rule for this host is in use", "an unknown host gets the same answer".to_owned());
                }
                Some(EntryOnly::AmbiguousNotFound) => {
                    say("that the backend answers", "404 may be the entry's own word; no control tells".to_owned());
                }
                Some(EntryOnly::TransportOnly) => {
                    say("that the application answers", "only a connection was made".to_owned());
                }
                None => {}
            }
        }
        if full.seen == Seen::Flows {
            let in_cluster = one.source.vantage() == "in-cluster";
            if in_cluster && facts.has(SegmentName::Policy) && !facts.front_door {
                say("that other callers are let through", format!("measured as {}", one.source.name));
            }
            if facts.has(SegmentName::Endpoints) && !parts.endpoints_answer {
                say("that every pod answers", "a request reaches one of them".to_owned());
            }
        }
    }
    for sighting in ones.iter().flat_map(|one| one.votes.get()).filter(|s| !s.passed()) {
        if let Some(why) = &sighting.other_identity {
            say("how real callers fare", why.clone());
        }
    }
    for sighting in sightings {
        if let Some(Doubt::Stale(why)) = &sighting.doubt {
            say("how it is now", why.clone());
        }
    }
    for sighting in sightings.iter().filter(|s| s.doubt == Some(Doubt::Guessed)) {
        say("the declared match", format!("the request was a guess ({})", sighting.reason));
    }
    open
}
