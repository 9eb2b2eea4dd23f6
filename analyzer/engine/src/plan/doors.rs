//! A published address, and the dial that asks there.

use std::net::IpAddr;

use kubereach_prober::plan::Target;
use kubereach_prober::words::{Protocol, Segment, VantageKind};

use super::PlannedPath;
use super::draft::Drafts;
use super::facts::Facts;
use crate::evaluate::door::{Place, Question, blank, segment, until};

/// Published addresses of one door that are dialled.
pub(super) const MOST_PLACES: usize = 2;

/// The places to dial of those that are published: one of each family first. The rest is counted.
pub(super) fn sample(mut all: Vec<Place>) -> (Vec<Place>, usize) {
    all.sort();
    all.dedup();
    let family = |p: &Place| match p {
        Place::Address(IpAddr::V4(_)) => 0,
        Place::Address(IpAddr::V6(_)) => 1,
        Place::Name(_) => 2,
    };
    let mut chosen: Vec<Place> = Vec::new();
    for wanted in 0..3 {
        chosen.extend(all.iter().find(|p| family(p) == wanted).cloned());
    }
    let rest: Vec<Place> = all.iter().filter(|p| !chosen.contains(p)).cloned().collect();
    chosen.extend(rest);
    let more = chosen.len().saturating_sub(MOST_PLACES);
    chosen.truncate(MOST_PLACES);
    (chosen, more)
}

/// The dials at the entry of one path.
pub(super) fn front(facts: &Facts<'_, '_>, planned: &PlannedPath<'_>, drafts: &mut Drafts) {
    const DIAL: &str = "front-door";
    let front = match facts.front(planned.path) {
        Ok(front) => front,
        Err(why) => return drafts.leave_out(planned, DIAL, why),
    };
    let (places, more) = sample(front.places);
    if more > 0 {
        drafts.leave_out(planned, DIAL, format!("{more} further published addresses: a sample is dialled"));
    }
    let Question { port, target } = match front.question {
        Ok(question) => question,
        Err(why) => return drafts.leave_out(planned, DIAL, why),
    };
    for place in &places {
        add(facts, drafts, planned, place, port, target.clone());
        if target.guessed {
            also_knock(facts, drafts, planned, place, port, &target.chosen);
        }
    }
}

/// Adds a dial at a published place. Where nodes take the address for themselves, the way from outside
/// and the way from inside differ by the address, and are two dials.
fn add(
    facts: &Facts<'_, '_>,
    drafts: &mut Drafts,
    planned: &PlannedPath<'_>,
    place: &Place,
    port: u16,
    target: Target,
) {
    let scheme = target.protocol;
    let mut outside = Target { port: Some(port), ..target };
    match place {
        Place::Address(address) => outside.address = Some(*address),
        // Published by the cloud: never completed by a search list.
        Place::Name(name) => {
            outside.name = Some(format!("{name}."));
            if outside.host.is_none() {
                outside.host = Some(name.clone());
            }
        }
    }
    let short = matches!(place, Place::Address(address) if facts.is_taken_by_nodes(*address));
    let at = place.with_port(port);
    if short {
        let mut inside = outside.clone();
        inside.vantages = vec![VantageKind::InCluster];
        inside.span.from = planned
            .path
            .segments
            .iter()
            .map(|s| segment(s.name))
            .filter(|s| *s > Segment::Address)
            .min()
            .unwrap_or(inside.span.to);
        inside.dial = format!("front-door-inside/{scheme}/{at}");
        "the published address, which nodes take for themselves".clone_into(&mut inside.chosen);
        if inside.span.from <= inside.span.to {
            drafts.add_request(planned, inside);
        }
        outside.vantages = vec![VantageKind::Local];
    }
    outside.dial = format!("front-door/{scheme}/{at}");
    drafts.add_request(planned, outside);
}

/// A guess proves nothing of its path; that the door is there can still be seen.
fn also_knock(
    facts: &Facts<'_, '_>,
    drafts: &mut Drafts,
    planned: &PlannedPath<'_>,
    place: &Place,
    port: u16,
    chosen: &str,
) {
    let mut knock = blank("", until(Segment::Address), Protocol::Tcp);
    chosen.clone_into(&mut knock.chosen);
    add(facts, drafts, planned, place, port, knock);
}
