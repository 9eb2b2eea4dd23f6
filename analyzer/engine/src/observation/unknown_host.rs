//! Controls: what an entry answers to a host that nobody declared
//! (`docs/semantics/measurement.md#an-answer-that-any-host-gets-proves-the-entry-only`).

use std::net::SocketAddr;

use kubereach_prober::observations::ResultRow;
use kubereach_prober::words::Purpose;

use super::row::answer;
use super::{EntryOnly, PathFacts, Sighting};
use kubereach_prober::class::Class;
use kubereach_prober::words::LayerName;

/// The answer an entry gave to an unknown host.
#[derive(Debug, Clone)]
pub(super) struct UnknownHost<'d> {
    peer: Option<SocketAddr>,
    /// Paths the plan made it for.
    paths: Vec<&'d str>,
    status: u16,
    body: Option<&'d str>,
}

/// The controls of a run that are such answers.
pub(super) fn controls(rows: &[ResultRow]) -> Vec<UnknownHost<'_>> {
    rows.iter()
        .filter(|row| row.purpose == Purpose::Control)
        .filter_map(|row| {
            let (status, body, _) = answer(row)?;
            Some(UnknownHost {
                peer: row.layers.iter().rev().find_map(|layer| layer.peer),
                paths: row.also.iter().map(String::as_str).chain([row.target.as_str()]).collect(),
                status,
                body,
            })
        })
        .collect()
}

/// Why this answer proves nothing behind the entry, if so.
pub(super) fn entry_only(
    facts: &PathFacts,
    path: &str,
    sighting: &Sighting,
    row: &ResultRow,
    controls: &[UnknownHost<'_>],
) -> Option<EntryOnly> {
    if !sighting.passed() {
        return None;
    }
    let top = sighting.top?;
    if top <= LayerName::Tls {
        let through = facts.tls_through && top == LayerName::Tls;
        let a_proxy_accepts = facts.front_door
            && facts.segments.iter().any(|(s, _)| *s >= kubereach_reports::report::SegmentName::Service);
        return ((a_proxy_accepts || facts.speaks_http) && !through).then_some(EntryOnly::TransportOnly);
    }
    let (status, body, backend) = answer(row)?;
    let same_door = |control: &&UnknownHost<'_>| {
        control.paths.contains(&path) || (control.peer.is_some() && control.peer == sighting.peer)
    };
    let mut beside = controls.iter().filter(same_door).peekable();
    let told_apart = beside.peek().is_some();
    // What cannot be told apart is the same: a body that was not read to its end is like any other.
    let alike = |control: &UnknownHost<'_>| {
        control.status == status && (control.body == body || control.body.is_none() || body.is_none())
    };
    if beside.any(alike) && !backend {
        return Some(EntryOnly::SameAsUnknownHost);
    }
    if !facts.front_door {
        return None;
    }
    let ambiguous = sighting.class == Class::HttpNotFound.word() && !backend && !told_apart;
    ambiguous.then_some(EntryOnly::AmbiguousNotFound)
}
