//! One row per vantage, to the letter of the report's contract (`docs/design.md#json-report`).

use kubereach_prober::words::{LayerName, Outcome as Measured};
use kubereach_reports::report::{Confidence, NotMeasured, Outcome, SegmentName, VantageRow};

use super::full::Full;
use super::{Doubt, EntryOnly, PathFacts, Seen, Sighting, Source};

/// Dials told in one row.
const TOLD: usize = 3;

/// The report's word for an outcome.
pub(super) const fn outcome(measured: Measured) -> Outcome {
    match measured {
        Measured::Unreachable => Outcome::Unreachable,
        Measured::ServerError => Outcome::ServerError,
        Measured::NotTested => Outcome::NotTested,
        Measured::Reached => Outcome::Reached,
        Measured::Verified => Outcome::Verified,
    }
}

/// What one dial comes to by itself.
fn own(sighting: &Sighting) -> Outcome {
    match outcome(sighting.outcome) {
        Outcome::Verified | Outcome::Reached if sighting.flaky() => Outcome::ServerError,
        Outcome::Verified if sighting.entry_only.is_some() || sighting.doubt == Some(Doubt::Guessed) => {
            Outcome::Reached
        }
        other => other,
    }
}

/// The row of one source; none where nothing was measured. `full` is what its dials of the
/// whole path came to, where it may vote.
pub(super) fn row(
    facts: &PathFacts,
    source: &Source,
    sightings: &[&Sighting],
    full: Option<&Full<'_>>,
    failed_segment: Option<SegmentName>,
) -> Option<VantageRow> {
    let tested: Vec<&Sighting> = sightings.iter().copied().filter(|s| s.outcome != Measured::NotTested).collect();
    let whole: Vec<&Sighting> = tested.iter().copied().filter(|s| facts.is_full(s.span)).collect();
    let of = if whole.is_empty() { &tested } else { &whole };
    // A success among failures is not a wall; which dials count is settled where the vote is.
    let (outcome, deciding) = match full {
        Some(full) if full.seen != Seen::Nothing => (
            match full.seen {
                Seen::Flows if full.verified => Outcome::Verified,
                Seen::Flows => Outcome::Reached,
                Seen::Suffers => Outcome::ServerError,
                Seen::Fails | Seen::Doubtful | Seen::Nothing => Outcome::Unreachable,
            },
            full.deciding.clone(),
        ),
        _ => {
            let worst = of.iter().map(|s| own(s)).min()?;
            // Of answers the best counts: an application outranks a mere connection.
            let outcome = if worst >= Outcome::Reached { of.iter().map(|s| own(s)).max()? } else { worst };
            (outcome, of.iter().copied().filter(|s| own(s) == outcome).collect())
        }
    };
    let failed = matches!(outcome, Outcome::Unreachable | Outcome::ServerError);
    let failed_layer: Option<LayerName> = deciding.iter().filter_map(|s| s.failed_layer).min().filter(|_| failed);
    let mut segments: Vec<SegmentName> = deciding
        .iter()
        .flat_map(|s| {
            let proves = s.passed() && s.entry_only.is_some() && facts.front_door;
            facts.crossed(s.span).into_iter().filter(move |segment| !proves || *segment <= SegmentName::Listener)
        })
        .collect();
    segments.sort();
    segments.dedup();
    Some(VantageRow {
        vantage: source.vantage().to_owned(),
        via: source.via().to_owned(),
        source: source.name.clone(),
        outcome,
        confidence: Some(if source.via() == "data" { Confidence::Real } else { Confidence::Indirect }),
        evidence: evidence(&deciding),
        failed_layer: failed_layer.map(|layer| layer.word().to_owned()),
        failed_segment: failed_segment.filter(|_| failed),
        at: deciding.iter().filter_map(|s| s.at).max().map(|at| at.to_string()),
        segments,
    })
}

/// Why a source that was to measure the path did not, if all it has is that.
pub(super) fn not_measured(source: &Source, sightings: &[&Sighting]) -> Option<NotMeasured> {
    if sightings.iter().any(|s| s.outcome != Measured::NotTested) {
        return None;
    }
    let mut reasons: Vec<&str> = sightings.iter().map(|s| s.reason.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let reason = match reasons.as_slice() {
        [] => return None,
        [one] => (*one).to_owned(),
        [first, ..] => format!("{} different reasons, among them: {first}", reasons.len()),
    };
    Some(NotMeasured { vantage: source.vantage().to_owned(), source: source.name.clone(), reason })
}

/// What dials saw, in words: each different thing once.
pub(super) fn evidence(deciding: &[&Sighting]) -> String {
    let mut told: Vec<String> = Vec::new();
    for sighting in deciding {
        let sentence = one(sighting);
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    let more = told.len().saturating_sub(TOLD);
    told.truncate(TOLD);
    let mut text = told.join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

fn one(sighting: &Sighting) -> String {
    let mut text = sighting.reason.clone();
    if !sighting.dial.is_empty() {
        text = format!("{}: {text}", sighting.dial);
    }
    if let Some(peer) = sighting.peer {
        let peer = peer.to_string();
        if !text.contains(&peer) {
            text.push_str(&format!(" ({peer})"));
        }
    }
    if sighting.flaky() {
        text.push_str(&format!("; {} of {} attempts answered", sighting.answered, sighting.tried));
    } else if sighting.late {
        text.push_str("; only the first attempts of a pod just started failed");
    } else if !sighting.passed() && sighting.tried > 1 {
        text.push_str(&format!(", {} attempts", sighting.tried));
    }
    let aside = match (&sighting.entry_only, &sighting.doubt, &sighting.other_identity) {
        (Some(EntryOnly::SameAsUnknownHost), ..) => "an unknown host gets the same answer, so it proves the entry only",
        (Some(EntryOnly::AmbiguousNotFound), ..) => "whether the entry or the backend says 404 is not shown",
        (Some(EntryOnly::TransportOnly), ..) => "only a connection was made",
        (None, Some(Doubt::Guessed), _) => "the request was a guess and proves no path",
        (None, Some(Doubt::Stale(_)), _) => "older than the snapshot, not counted",
        (None, Some(Doubt::NoTime), _) => "the file does not say when, not counted",
        (None, None, Some(_)) => "network policy may refuse this caller and not others, not counted",
        _ => "",
    };
    if !aside.is_empty() {
        text.push_str(&format!(" [{aside}]"));
    }
    text
}
