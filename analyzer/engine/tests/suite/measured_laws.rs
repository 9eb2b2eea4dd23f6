//! Laws of the reducer (`docs/design.md#measurement`): a set of sightings has no order and no repetition, nothing
//! measured changes nothing, a relay has no vote, a guess proves nothing, and less knowledge is never more
//! certain.

use std::collections::BTreeSet;

use kubereach_engine::observation::{Doubt, EntryOnly, PathFacts, PathSeen, Seen, Sighting, Source, reduce};
use kubereach_prober::plan::Span;
use kubereach_prober::words::{Cap, LayerName, Outcome, Segment, VantageKind};
use kubereach_reports::report::{PathState, SegmentName};
use proptest::prelude::*;

fn states() -> impl Strategy<Value = PathState> {
    prop_oneof![Just(PathState::Blocked), Just(PathState::Unknown), Just(PathState::Narrowed), Just(PathState::Open)]
}

fn facts() -> impl Strategy<Value = PathFacts> {
    (proptest::collection::vec(states(), 4), any::<bool>(), proptest::option::of(1..4_usize)).prop_map(
        |(states, front_door, ready)| {
            let names = if front_door {
                [SegmentName::Address, SegmentName::Listener, SegmentName::Service, SegmentName::Port]
            } else {
                [SegmentName::Service, SegmentName::Endpoints, SegmentName::Port, SegmentName::Policy]
            };
            let segments: Vec<(SegmentName, PathState)> = names.into_iter().zip(states).collect();
            let faulty = |state: PathState| matches!(state, PathState::Blocked | PathState::Narrowed);
            PathFacts {
                config: segments.iter().map(|(_, state)| *state).min().unwrap(),
                faults: segments.iter().filter(|(_, state)| faulty(*state)).map(|(s, _)| *s).collect(),
                segments,
                front_door,
                speaks_http: front_door,
                tls_through: false,
                ready,
            }
        },
    )
}

fn sighting() -> impl Strategy<Value = Sighting> {
    let kind = prop_oneof![Just(VantageKind::InCluster), Just(VantageKind::Local), Just(VantageKind::Apiserver)];
    let span = prop_oneof![
        Just(Span::new(Segment::Address, Segment::Port)),
        Just(Span::new(Segment::Service, Segment::Port)),
        Just(Span::new(Segment::Port, Segment::Policy)),
        Just(Span::new(Segment::Address, Segment::Listener)),
        Just(Span::new(Segment::Policy, Segment::Policy)),
    ];
    let outcome = prop_oneof![
        Just((Outcome::Verified, Cap::Nothing)),
        Just((Outcome::Reached, Cap::Nothing)),
        Just((Outcome::ServerError, Cap::Degraded)),
        Just((Outcome::Unreachable, Cap::Broken)),
        Just((Outcome::Unreachable, Cap::Degraded)),
        Just((Outcome::Unreachable, Cap::Unknown)),
        Just((Outcome::NotTested, Cap::Nothing)),
    ];
    let entry = prop_oneof![3 => Just(None), 1 => Just(Some(EntryOnly::SameAsUnknownHost))];
    (kind, 0..2_u8, 0..3_u8, span, outcome, 1..4_u32, any::<bool>(), 0..4_u8, any::<bool>(), entry, 1..4_u8).prop_map(
        |(kind, name, run, span, (outcome, cap), tried, flaky, doubt, control, entry_only, peer)| {
            let passed = matches!(outcome, Outcome::Verified | Outcome::Reached);
            let answered = if passed { if flaky { 1 } else { tried } } else { 0 };
            Sighting {
                source: Source { kind, name: format!("caller {name}") },
                run: format!("run {run}"),
                at: Some("2026-02-01T00:00:00Z".parse().unwrap()),
                dial: String::new(),
                span,
                outcome,
                class: String::new(),
                cap,
                failed_layer: (!passed).then_some(LayerName::Tcp),
                reason: "measured".to_owned(),
                causes: Vec::new(),
                tried,
                answered,
                late: false,
                top: passed.then_some(LayerName::Http),
                tls: false,
                peer: Some(format!("10.0.0.{peer}:80").parse().unwrap()),
                dead: Vec::new(),
                doubt: match (outcome, doubt) {
                    (Outcome::NotTested, _) => Some(Doubt::NotTested),
                    (_, 0) => Some(Doubt::Guessed),
                    _ => None,
                },
                entry_only: entry_only.filter(|_| passed),
                control,
                other_identity: (!control && tried == 3).then(|| "labels".to_owned()),
            }
        },
    )
}

fn sightings() -> impl Strategy<Value = Vec<Sighting>> {
    proptest::collection::vec(sighting(), 0..8)
}

fn of(facts: &PathFacts, sightings: impl IntoIterator<Item = Sighting>) -> PathSeen {
    reduce(facts, &sightings.into_iter().collect(), &BTreeSet::new())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// The order of sightings changes nothing (`docs/semantics/measurement.md#the-reducer-is-a-pure-function`).
    #[test]
    fn order_and_repetition_change_nothing(facts in facts(), sightings in sightings(), turn in 0..8_usize) {
        let once = of(&facts, sightings.clone());
        let mut turned = sightings.clone();
        turned.reverse();
        let by = turn.min(turned.len());
        turned.rotate_left(by);
        turned.extend(sightings);
        prop_assert_eq!(once, of(&facts, turned));
    }

    /// No sightings change nothing, and the same ones twice neither
    /// (`docs/semantics/measurement.md#the-reducer-is-a-pure-function`).
    #[test]
    fn nothing_measured_changes_nothing(facts in facts(), sightings in sightings()) {
        let nothing = of(&facts, []);
        prop_assert_eq!(nothing.effective, facts.config);
        prop_assert!(!nothing.by_traffic);
        let skipped = sightings.into_iter().filter(|s| s.outcome == Outcome::NotTested);
        let skipped = of(&facts, skipped);
        prop_assert_eq!((skipped.effective, skipped.by_traffic), (facts.config, false));
        prop_assert!(skipped.rows.is_empty());
    }

    /// The state is the same with and without what was relayed:
    /// `docs/semantics/measurement.md#the-api-servers-relay-decides-no-verdict`.
    #[test]
    fn a_relay_has_no_vote(facts in facts(), sightings in sightings()) {
        let with = of(&facts, sightings.clone());
        let without = of(&facts, sightings.into_iter().filter(|s| s.source.kind != VantageKind::Apiserver));
        prop_assert_eq!((with.effective, with.seen, with.by_traffic), (without.effective, without.seen, without.by_traffic));
        prop_assert_eq!(with.failed_segment, without.failed_segment);
        prop_assert_eq!(with.segments, without.segments);
    }

    /// A dial of another segment than the path's says nothing about the path, whoever else saw what.
    #[test]
    fn what_crosses_nothing_of_a_path_does_not_touch_it(facts in facts(), sightings in sightings()) {
        let with = of(&facts, sightings.clone());
        let without = of(&facts, sightings.into_iter().filter(|s| !facts.crossed(s.span).is_empty()));
        prop_assert_eq!((with.effective, with.seen, with.by_traffic), (without.effective, without.seen, without.by_traffic));
        prop_assert_eq!((with.failed_segment, with.segments), (without.failed_segment, without.segments));
    }

    /// What was guessed proves no path and breaks none
    /// (`docs/semantics/measurement.md#a-guessed-request-never-proves-a-path`).
    #[test]
    fn a_guess_has_no_vote(facts in facts(), sightings in sightings()) {
        let with = of(&facts, sightings.clone());
        let without = of(&facts, sightings.into_iter().filter(|s| s.doubt != Some(Doubt::Guessed)));
        prop_assert_eq!((with.effective, with.seen), (without.effective, without.seen));
    }

    /// Without controls and without a second attempt nobody is condemned who was not before.
    #[test]
    fn less_knowledge_is_never_more_certain(facts in facts(), sightings in sightings()) {
        let full = of(&facts, sightings.clone());
        let less: Vec<Sighting> = sightings
            .iter()
            .cloned()
            .map(|mut s| {
                s.control = false;
                s.tried = s.tried.min(1);
                s.answered = s.answered.min(1);
                s.run = "one run".to_owned();
                s
            })
            .collect();
        let less = of(&facts, less);
        if less.effective == PathState::Blocked {
            prop_assert_eq!(full.effective.min(facts.config), PathState::Blocked);
        }
        // Without its answers a path does not flow.
        let silent = of(&facts, sightings.into_iter().filter(|s| !s.passed()));
        prop_assert_ne!(silent.seen, Seen::Flows);
    }

    /// Where a real answer came over the whole way, nothing is called blocked
    /// (`docs/semantics/measurement.md#traffic-outranks-prediction`).
    #[test]
    fn what_flows_is_never_blocked(facts in facts(), sightings in sightings()) {
        let flows = sightings.iter().any(|s| {
            s.source.kind != VantageKind::Apiserver && s.votes() && s.passed() && s.entry_only.is_none() && facts.is_full(s.span)
        });
        let seen = of(&facts, sightings);
        prop_assert!(!(flows && seen.effective == PathState::Blocked));
        prop_assert!(seen.seen != Seen::Flows || flows);
    }
}
