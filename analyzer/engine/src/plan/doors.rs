//! A published address, and the dial that asks there.

use std::net::IpAddr;

use kubereach_prober::plan::{Span, Target};
use kubereach_prober::words::{Protocol, Segment, VantageKind};
use kubereach_reports::report::SegmentName;

use super::draft::Drafts;
use super::facts::Facts;
use super::request::Request;
use super::{PlannedPath, request};
use kubereach_model::evidence::Path;

/// Published addresses of one door that are dialled.
pub(super) const MOST_PLACES: usize = 2;

/// Where a client dials.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Address(IpAddr),
    Name(String),
}

impl Place {
    /// An address or a host name; `None` for what is neither (masked, garbage).
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('.');
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self::Address(address));
        }
        let label = |l: &str| {
            !l.is_empty() && l.len() <= 63 && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        let is_name = text.len() <= 253 && text.split('.').all(label) && !kubereach_model::snapshot::is_masked(text);
        is_name.then(|| Self::Name(text.to_ascii_lowercase()))
    }

    /// `203.0.113.5:443`, `[2001:db8::1]:443`, `lb.example.com:443`.
    pub(super) fn with_port(&self, port: u16) -> String {
        match self {
            Self::Address(IpAddr::V6(v6)) => format!("[{v6}]:{port}"),
            Self::Address(v4) => format!("{v4}:{port}"),
            Self::Name(name) => format!("{name}:{port}"),
        }
    }
}

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

/// The prober's word for a segment: the two vocabularies are the same.
pub(super) fn segment(name: SegmentName) -> Segment {
    match name {
        SegmentName::Address => Segment::Address,
        SegmentName::Controller => Segment::Controller,
        SegmentName::Listener => Segment::Listener,
        SegmentName::Rule => Segment::Rule,
        SegmentName::Reference => Segment::Reference,
        SegmentName::Service => Segment::Service,
        SegmentName::Endpoints => Segment::Endpoints,
        SegmentName::Port => Segment::Port,
        SegmentName::Policy => Segment::Policy,
        SegmentName::Tls => Segment::Tls,
    }
}

/// The span of a request that crosses the whole path: from its first segment to its port, or as far as
/// the path goes; the certificate too where the request is made over TLS.
pub(super) fn whole(path: &Path, tls: bool) -> Span {
    let has = || path.segments.iter().map(|s| segment(s.name));
    let from = has().min().unwrap_or(Segment::Address);
    // A request ends at a port, also where the configuration does not show the way that far.
    let last = has().filter(|s| *s <= Segment::Port).max().filter(|_| path.key.backend.is_none());
    let to = last.unwrap_or(Segment::Port);
    let certified = tls && has().any(|s| s == Segment::Tls);
    Span::new(from, if certified { Segment::Tls } else { to })
}

/// The span of a dial that says nothing of what lies behind `to`.
pub(super) const fn until(to: Segment) -> Span {
    Span::new(Segment::Address, to)
}

/// Adds a dial at a published place. Where nodes take the address for themselves, the way from outside
/// and the way from inside differ by the address, and are two dials.
pub(super) fn add(
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

/// The target of a request at an entry, still without its place.
pub(super) fn ask(planned: &PlannedPath<'_>, tls: bool, request: &Request, chosen: &str) -> Target {
    let protocol = if tls { Protocol::Https } else { Protocol::Http };
    let host = planned.path.key.host.as_deref().map(request::host);
    let guessed = request.guessed || host.as_ref().is_some_and(|(_, guessed)| *guessed);
    let mut target = super::draft::blank("", whole(planned.path, tls), protocol);
    // Without a name there is no name that a certificate could be for.
    target.verify = host.is_some();
    target.host = host.map(|(host, _)| host);
    target.method = request.method.unwrap_or(target.method);
    target.path.clone_from(&request.path);
    target.headers.clone_from(&request.headers);
    target.guessed = guessed;
    chosen.clone_into(&mut target.chosen);
    target
}

/// A guess proves nothing of its path; that the door is there can still be seen.
pub(super) fn also_knock(
    facts: &Facts<'_, '_>,
    drafts: &mut Drafts,
    planned: &PlannedPath<'_>,
    place: &Place,
    port: u16,
    chosen: &str,
) {
    let mut knock = super::draft::blank("", until(Segment::Address), Protocol::Tcp);
    chosen.clone_into(&mut knock.chosen);
    add(facts, drafts, planned, place, port, knock);
}
