//! Puts together what has one culprit, and orders the causes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use kubereach_reports::report::{
    Assumption, Cause, CauseSubject, Effect, Finding, ObjectRef, Report, Subject, Verdict,
};
use sha2::{Digest as _, Sha256};

use super::culprit::{Culprit, Traced, Want, trace};
use super::pods::Known;
use super::seen::{Seen, Sighting};
use super::{missing, words};

/// A culprit of one cluster.
type Key = (Option<String>, Culprit);

/// Causes in the making.
pub(super) struct Building<'r> {
    /// The assumptions of the report by id.
    rows: HashMap<&'r str, &'r Assumption>,
    causes: BTreeMap<Key, Gathered<'r>>,
    /// Which causes a subject has, by its place.
    of_subject: HashMap<usize, BTreeSet<Key>>,
    /// Subjects that share the causes of another.
    like: Vec<(usize, Sighting<'r>, ObjectRef)>,
}

/// What has one culprit.
#[derive(Default)]
pub(super) struct Gathered<'r> {
    /// Findings by id, with the number of times that they were seen.
    pub(super) findings: BTreeMap<&'r str, (&'r Finding, usize)>,
    pub(super) assumptions: BTreeSet<&'r str>,
    /// Subjects by place, and the worst that it does to them.
    pub(super) subjects: BTreeMap<usize, Effect>,
    hosts: BTreeSet<&'r str>,
    /// Kinds that were not read.
    pub(super) kinds: BTreeSet<String>,
}

impl<'r> Gathered<'r> {
    /// Its findings, worst first; among equals those that most ways show.
    pub(super) fn ordered(&self) -> Vec<&'r Finding> {
        let mut all: Vec<(&'r Finding, usize)> = self.findings.values().copied().collect();
        all.sort_by_key(|(finding, seen)| (finding.effect, Reverse(*seen), &finding.code, &finding.id));
        all.into_iter().map(|(finding, _)| finding).collect()
    }
}

impl<'r> Building<'r> {
    /// None yet.
    pub(super) fn new(report: &'r Report) -> Self {
        let rows = report.assumptions.iter().map(|row| (row.id.as_str(), row)).collect();
        Self { rows, causes: BTreeMap::new(), of_subject: HashMap::new(), like: Vec::new() }
    }

    /// Adds what speaks against one subject.
    pub(super) fn add(&mut self, report: &'r Report, known: Option<&Known<'_, '_>>, seen: &Seen<'r>) {
        let Some(subject) = report.subjects.get(seen.index) else { return };
        for sighting in &seen.sightings {
            match trace(known, sighting) {
                Traced::To(culprits) => {
                    let kind =
                        known.and_then(|known| known.missing(&sighting.finding.id)).map(|kind| kind.kind.to_string());
                    for culprit in culprits {
                        let is_missing = matches!(culprit, Culprit::Missing(_));
                        self.note(
                            seen.index,
                            (subject.cluster.clone(), culprit),
                            sighting,
                            kind.clone().filter(|_| is_missing),
                        );
                    }
                }
                Traced::LikeSubject(other) => self.like.push((seen.index, *sighting, other)),
            }
        }
        let rests = subject.verdict == Verdict::ConfigOk;
        for id in &seen.assumptions {
            let Some(row) = self.rows.get(id).copied() else { continue };
            let want = Want::of(&row.kind, row.group.as_deref(), row.segment);
            let key = (subject.cluster.clone(), Culprit::Missing(want));
            // Where something that must be there was not read, what may be in the way is not why; unless it is both.
            let waits = self.of_subject.get(&seen.index).is_some_and(|causes| causes.contains(&key));
            if !rests && !waits {
                continue;
            }
            let cause = self.causes.entry(key.clone()).or_default();
            cause.kinds.insert(row.kind.clone());
            cause.assumptions.insert(&row.id);
            cause.subjects.entry(seen.index).or_insert(Effect::Notes);
            self.of_subject.entry(seen.index).or_default().insert(key);
        }
        if seen.sightings.is_empty() && !rests {
            let key = (subject.cluster.clone(), Culprit::Object(named(subject)));
            self.causes.entry(key.clone()).or_default().subjects.insert(seen.index, Effect::Inconclusive);
            self.of_subject.entry(seen.index).or_default().insert(key);
        }
    }

    fn note(&mut self, index: usize, key: Key, sighting: &Sighting<'r>, kind: Option<String>) {
        let finding = sighting.finding;
        let cause = self.causes.entry(key.clone()).or_default();
        cause.findings.entry(&finding.id).or_insert((finding, 0)).1 += 1;
        cause.kinds.extend(kind);
        let effect = cause.subjects.entry(index).or_insert(finding.effect);
        *effect = finding.effect.min(*effect);
        if let Some((path, _)) = sighting.on.filter(|_| sighting.blocks_a_way) {
            cause.hosts.extend(path.host.as_deref());
        }
        self.of_subject.entry(index).or_default().insert(key);
    }

    /// A door that repeats the fault of a route has its causes: they take the door along.
    fn share(&mut self, report: &'r Report) {
        let places: HashMap<(Option<&str>, ObjectRef), usize> = report
            .subjects
            .iter()
            .enumerate()
            .map(|(index, subject)| ((subject.cluster.as_deref(), named(subject)), index))
            .collect();
        for (index, sighting, other) in std::mem::take(&mut self.like) {
            let cluster = report.subjects.get(index).and_then(|subject| subject.cluster.as_deref());
            let place = places.get(&(cluster, other.clone()));
            let keys: Vec<Key> =
                place.and_then(|place| self.of_subject.get(place)).into_iter().flatten().cloned().collect();
            if keys.is_empty() {
                self.note(index, (cluster.map(str::to_owned), Culprit::Object(other)), &sighting, None);
            }
            for key in keys {
                self.note(index, key, &sighting, None);
            }
        }
    }

    /// The causes, worst first.
    pub(super) fn finish(mut self, report: &'r Report, known: &[Known<'_, '_>]) -> Vec<Cause> {
        self.share(report);
        let alone = |index: &usize| self.of_subject.get(index).is_some_and(|causes| causes.len() == 1);
        let mut causes: Vec<(Effect, Cause)> = Vec::with_capacity(self.causes.len());
        for ((cluster, culprit), gathered) in &self.causes {
            let known = known.iter().find(|known| known.name() == cluster.as_deref());
            let mut subjects: Vec<CauseSubject> = gathered
                .subjects
                .keys()
                .filter_map(|index| Some((report.subjects.get(*index)?, alone(index))))
                .map(|(subject, alone)| row(subject, alone))
                .collect();
            subjects.sort_by(|a, b| {
                (a.verdict, &a.kind, &a.namespace, &a.name, &a.group).cmp(&(
                    b.verdict,
                    &b.kind,
                    &b.namespace,
                    &b.name,
                    &b.group,
                ))
            });
            let told = match culprit {
                Culprit::Object(object) => words::of_object(object, gathered, known, report),
                Culprit::Missing(want) => missing::told(want, gathered, known, report),
            };
            let mut findings: Vec<String> = gathered.ordered().into_iter().map(|f| f.id.clone()).collect();
            findings.dedup();
            let effect = gathered.subjects.values().min().copied().unwrap_or(Effect::Notes);
            let cause = Cause {
                id: id(cluster.as_deref(), culprit),
                object: match culprit {
                    Culprit::Object(object) => Some(object.clone()),
                    Culprit::Missing(_) => None,
                },
                missing: match culprit {
                    Culprit::Object(_) => None,
                    Culprit::Missing(_) => Some(gathered.kinds.iter().cloned().collect::<Vec<_>>().join(",")),
                },
                cluster: cluster.clone(),
                verdict: subjects.first().map_or(Verdict::Unknown, |subject| subject.verdict),
                findings,
                assumptions: gathered.assumptions.iter().map(|id| (*id).to_owned()).collect(),
                headline: told.headline,
                evidence: told.evidence,
                subjects,
                hosts: gathered.hosts.iter().map(|host| (*host).to_owned()).collect(),
                next: told.next,
                otherwise: None,
            };
            causes.push((effect, cause));
        }
        causes.sort_by(|(a_effect, a), (b_effect, b)| {
            let key = |effect: &Effect, cause: &Cause| {
                let whole = cause.subjects.iter().filter(|s| s.verdict == cause.verdict).count();
                (
                    *effect,
                    cause.verdict,
                    Reverse((whole, cause.subjects.len(), cause.hosts.len())),
                    cause.object.is_none(),
                )
            };
            (key(a_effect, a), &a.cluster, &a.object, &a.headline, &a.id).cmp(&(
                key(b_effect, b),
                &b.cluster,
                &b.object,
                &b.headline,
                &b.id,
            ))
        });
        causes.into_iter().map(|(_, cause)| cause).collect()
    }
}

/// A subject as an object.
pub(super) fn named(subject: &Subject) -> ObjectRef {
    ObjectRef {
        kind: subject.kind.clone(),
        namespace: Some(subject.namespace.clone()).filter(|namespace| !namespace.is_empty()),
        name: subject.name.clone(),
        group: subject.group.clone(),
    }
}

fn row(subject: &Subject, alone: bool) -> CauseSubject {
    CauseSubject {
        kind: subject.kind.clone(),
        namespace: subject.namespace.clone(),
        name: subject.name.clone(),
        group: subject.group.clone(),
        verdict: subject.verdict,
        alone,
    }
}

/// The same for the same culprit in every report.
fn id(cluster: Option<&str>, culprit: &Culprit) -> String {
    let parts: [&str; 5] = match culprit {
        Culprit::Object(object) => [
            "object",
            &object.kind,
            object.group.as_deref().unwrap_or_default(),
            object.namespace.as_deref().unwrap_or_default(),
            &object.name,
        ],
        Culprit::Missing(Want::Kind(kind, group)) => ["missing", kind, group.as_deref().unwrap_or_default(), "", ""],
        Culprit::Missing(Want::PoliciesOf(group)) => ["missing", "", group, "", ""],
    };
    let mut hash = Sha256::new();
    for part in parts.into_iter().chain(cluster) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("cause-{digest}")
}
