//! From documents to sightings of paths, with what each may count for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kubereach_prober::observations::ResultRow;
use kubereach_prober::words::{Outcome, Purpose, VantageKind};
use kubereach_reports::report::Backend;

use super::row::{sighting, speaks_http};
use super::unknown_host::{controls, entry_only};
use super::{Document, Doubt, PathFacts, PathSeen, Sighting, Source, admission, age, reduce};
use crate::evaluate::Cluster;
use crate::evaluate::policy::{ready_behind, service_port};
use kubereach_model::evidence::{Path, SubjectPaths};

/// What the documents say about one cluster's paths.
#[derive(Debug, Clone, Default)]
pub struct Merged {
    /// By path id.
    pub paths: HashMap<String, PathSeen>,
    /// Rows that speak of a path of this cluster: index of the document and of the row.
    pub matched: BTreeSet<(usize, usize)>,
}

/// Merges. `elsewhere` are ids of paths that another cluster of the same input has too: which of them was
/// measured is not known, so their rows touch nothing.
pub fn merge(
    cluster: &Cluster<'_>,
    subjects: &[SubjectPaths],
    documents: &[Document],
    elsewhere: &BTreeSet<String>,
) -> Merged {
    let mut merged = Merged::default();
    if documents.is_empty() {
        return merged;
    }
    let paths: HashMap<String, &Path> =
        subjects.iter().flat_map(|subject| &subject.paths).map(|path| (path.key.id(), path)).collect();
    let mut facts: HashMap<&str, PathFacts> = HashMap::new();
    let mut seen: BTreeMap<&str, BTreeSet<Sighting>> = BTreeMap::new();
    for (index, document) in documents.iter().enumerate() {
        let run = &document.observations;
        let source = Source::of(&run.vantage);
        let unknown_hosts = controls(&run.results);
        let passing = passing(document);
        for (number, row) in run.results.iter().enumerate().filter(|(_, row)| row.purpose == Purpose::Path) {
            let mut ids: Vec<&str> = row.also.iter().map(String::as_str).chain([row.target.as_str()]).collect();
            ids.sort_unstable();
            ids.dedup();
            for id in ids {
                let Some((id, path)) = paths.get_key_value(id) else { continue };
                merged.matched.insert((index, number));
                if elsewhere.contains(id) {
                    continue;
                }
                let facts = facts.entry(id).or_insert_with(|| facts_of(cluster, path));
                let mut sighting = sighting(row, run, &source);
                sighting.control = passing.beside(row);
                sighting.entry_only = entry_only(facts, id, &sighting, row, &unknown_hosts);
                if sighting.doubt.is_none()
                    && let Some(why) = sighting.at.and_then(|at| age::stale(cluster.snapshot, path, at))
                {
                    sighting.doubt = Some(Doubt::Stale(why));
                }
                if sighting.outcome == Outcome::Unreachable {
                    sighting.other_identity = admission::other_identity(cluster, path, &run.vantage, &sighting);
                }
                seen.entry(id).or_default().insert(sighting);
            }
        }
    }
    let mut by_backend: BTreeMap<&Backend, Vec<&str>> = BTreeMap::new();
    for id in seen.keys() {
        if let Some(backend) = paths.get(*id).and_then(|path| path.key.backend.as_ref()) {
            by_backend.entry(backend).or_default().push(id);
        }
    }
    for (id, sightings) in &seen {
        let (Some(path), Some(facts)) = (paths.get(*id), facts.get(id)) else { continue };
        let alike = path.key.backend.as_ref().and_then(|backend| by_backend.get(backend));
        let around: BTreeSet<Sighting> = alike
            .into_iter()
            .flatten()
            .filter(|other| *other != id)
            .filter_map(|other| seen.get(other))
            .flatten()
            .cloned()
            .collect();
        admitted(&mut merged, id, facts, sightings, &around);
    }
    merged
}

/// A caller that got through to the backend another way is let in, whatever could not be decided.
fn admitted(
    merged: &mut Merged,
    id: &str,
    facts: &PathFacts,
    sightings: &BTreeSet<Sighting>,
    around: &BTreeSet<Sighting>,
) {
    let let_in: BTreeSet<&Source> = sightings
        .iter()
        .chain(around)
        .filter(|s| {
            s.passed() && s.votes() && facts.crossed(s.span).contains(&kubereach_reports::report::SegmentName::Policy)
        })
        .filter(|s| s.span.from >= kubereach_prober::words::Segment::Service)
        .map(|s| &s.source)
        .collect();
    let sightings: BTreeSet<Sighting> = sightings
        .iter()
        .cloned()
        .map(|mut sighting| {
            if let_in.contains(&sighting.source) {
                sighting.other_identity = None;
            }
            sighting
        })
        .collect();
    merged.paths.insert(id.to_owned(), reduce(facts, &sightings, around));
}

/// What was answered in a run: a control, or any other target.
struct Passing<'d> {
    controls: bool,
    targets: BTreeSet<(&'d str, &'d str)>,
}

impl Passing<'_> {
    /// Was something else answered than this row?
    fn beside(&self, row: &ResultRow) -> bool {
        let own = usize::from(self.targets.contains(&(row.target.as_str(), row.dial.as_str())));
        self.controls || self.targets.len() > own
    }
}

fn passing(document: &Document) -> Passing<'_> {
    let run = &document.observations;
    let source = Source::of(&run.vantage);
    let answered = |row: &&ResultRow| {
        let seen = sighting(row, run, &source);
        // A control may be the name of something: that it resolves is what is asked.
        seen.passed()
            || (row.purpose == Purpose::Control && row.outcome == Outcome::Reached && row.class.starts_with("dns."))
    };
    let real = run.vantage.kind != VantageKind::Apiserver;
    let rows = || run.results.iter().filter(|_| real).filter(answered);
    Passing {
        controls: rows().any(|row| row.purpose == Purpose::Control),
        targets: rows()
            .filter(|row| row.purpose == Purpose::Path && !row.guessed)
            .map(|row| (row.target.as_str(), row.dial.as_str()))
            .collect(),
    }
}

/// The facts of a path, with what only the snapshot knows of its port.
fn facts_of(cluster: &Cluster<'_>, path: &Path) -> PathFacts {
    let mut facts = PathFacts::of(path);
    let Some(backend) = path.key.backend.as_ref() else { return facts };
    facts.ready = ready_behind(cluster, backend);
    if let Some(port) = service_port(cluster, backend)
        && !facts.front_door
    {
        facts.speaks_http =
            port.protocol == "TCP" && speaks_http(&port.name, port.app_protocol.as_deref(), port.port.known().copied());
    }
    facts
}
