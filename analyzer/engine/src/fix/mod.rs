//! Repairs that are proved: what a finding calls wrong is changed in memory, and every subject is judged again.
//!
//! - [`repairs`] is the table: which findings have a mechanical repair, one file each, and what it would change. A
//!   repair proposes; it decides nothing;
//! - [`patch`] is one such change, as a JSON Patch, a diff and a command;
//! - [`guard`] says whose objects are not to be changed by hand, and what must not be written into a patch;
//! - [`prove`] applies it over the snapshot and judges. What does not mend its finding, or makes any subject worse or
//!   less certain, is dropped; so are repairs of which two would do, since nobody can say which was meant.

mod guard;
mod patch;
mod prove;
mod repairs;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use kubereach_intake::{Intake, IntakeOptions};
use kubereach_model::evidence::{FieldPath, Finding, Locate as _, Place};
use kubereach_model::snapshot::Snapshot;
use kubereach_reports::report::{Fix, ObjectRef, Report, Verdict};
use serde_json::Value;

use crate::analysis::{Filter, judge_snapshot};
use patch::{Patch, Target};
use prove::{Proof, Standing};
use repairs::{Case, Repair};

/// How much is proved. Every proof judges the whole cluster once more, so the work is bounded by both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Patches per run.
    pub patches: usize,
    /// Objects times patches: a patch costs what judging so many objects costs.
    pub objects: usize,
}

impl Limits {
    /// What is worth waiting for when nobody asked: 16 patches, and together no more than judging 300,000 objects costs
    /// (a second or two on two cores).
    pub const USUAL: Self = Self { patches: 16, objects: 300_000 };
    /// What somebody asked for.
    pub const ASKED: Self = Self { patches: 1_000, objects: usize::MAX };
}

/// A finding and how it may be mended.
struct Wanted {
    finding: Arc<Finding>,
    repair: Repair,
}

/// Adds the repairs that are proved to the findings of a report on what was read.
pub fn offer(report: &mut Report, intake: &Intake, options: &IntakeOptions, limits: Limits) {
    let open = |finding: &&kubereach_reports::report::Finding| {
        finding.suppressed.is_none() && repairs::of(&finding.code).is_some()
    };
    let wanted: HashSet<String> = report.findings.iter().filter(open).map(|finding| finding.id.clone()).collect();
    if wanted.is_empty() {
        return;
    }
    let mut seen: HashSet<String> = HashSet::new();
    let mut shared: HashSet<String> = HashSet::new();
    let mut fixes: BTreeMap<String, Fix> = BTreeMap::new();
    let mut room = Room { limits, spent: 0, patches: 0 };
    for snapshot in &intake.snapshots {
        let found = of_snapshot(snapshot, intake, options, &wanted, &mut room, &flowing(report, snapshot));
        for (id, fix) in found {
            // Two clusters may show the same finding: what mends it in one need not in the other.
            if !seen.insert(id.clone()) {
                shared.insert(id.clone());
            }
            if guard::is_harmless(&fix) {
                fixes.insert(id, fix);
            }
        }
    }
    for finding in &mut report.findings {
        if !shared.contains(&finding.id) && finding.fix.is_none() {
            finding.fix = fixes.remove(&finding.id).map(Box::new);
        }
    }
}

/// Subjects through which traffic was seen to flow, whatever their configuration says: nothing of them is to be fixed.
fn flowing(report: &Report, snapshot: &Snapshot) -> HashSet<ObjectRef> {
    let here = report.subjects.iter().filter(|s| s.cluster == snapshot.cluster && s.verdict == Verdict::Healthy);
    here.map(|s| ObjectRef {
        kind: s.kind.clone(),
        namespace: (!s.namespace.is_empty()).then(|| s.namespace.clone()),
        name: s.name.clone(),
        group: s.group.clone(),
    })
    .collect()
}

/// What is left of the limits.
struct Room {
    limits: Limits,
    spent: usize,
    patches: usize,
}

impl Room {
    /// Is there room for one more proof over so many objects? Takes it.
    fn take(&mut self, objects: usize) -> bool {
        let spent = self.spent.saturating_add(objects);
        if self.patches >= self.limits.patches || spent > self.limits.objects {
            return false;
        }
        self.spent = spent;
        self.patches += 1;
        true
    }
}

fn of_snapshot(
    snapshot: &Snapshot,
    intake: &Intake,
    options: &IntakeOptions,
    wanted: &HashSet<String>,
    room: &mut Room,
    flowing: &HashSet<ObjectRef>,
) -> Vec<(String, Fix)> {
    let mut objects = 0_usize;
    snapshot.each(&mut |_, _| objects += 1);
    if room.limits.objects.saturating_sub(room.spent) < objects.saturating_mul(2) {
        return Vec::new();
    }
    let judged = judge_snapshot(snapshot, &Filter::default());
    let before = Standing::of(&judged);
    let mut found: Vec<(String, Wanted)> = Vec::new();
    for (id, finding) in before.findings() {
        if let (Some(repair), true) = (repairs::of(finding.code()), wanted.contains(id)) {
            found.push((id.to_owned(), Wanted { finding: Arc::clone(finding), repair }));
        }
    }
    let targets = targets(snapshot, intake, &found);
    let mut proved: BTreeMap<(ObjectRef, String), Option<Proof>> = BTreeMap::new();
    let mut fixes = Vec::new();
    let mut places: Vec<(u32, FieldPath)> = Vec::new();
    'found: for (id, Wanted { finding, repair }) in found {
        let case = Case { snapshot, finding: &finding, targets: &targets };
        let mut proposed = repair(&case);
        proposed.sort_by_key(Patch::key);
        proposed.dedup_by_key(|patch| patch.key());
        // One that leaves too much to choose from is none.
        if proposed.len() > prove::CHOICES {
            continue;
        }
        let mut fit: Vec<(Patch, Proof)> = Vec::new();
        for patch in proposed.into_iter().filter(guard::may_write) {
            let key = patch.key();
            if !proved.contains_key(&key) {
                if !room.take(objects) {
                    break 'found;
                }
                let proof = prove::prove(snapshot, &before, &patch, intake.origins(), options);
                proved.insert(key.clone(), proof);
            }
            if let Some(Some(proof)) = proved.get(&key)
                && proof.mends(&id)
                && proof.better.iter().any(|change| !flowing.contains(&change.0))
            {
                fit.push((patch, proof.clone()));
            }
        }
        if let [(patch, proof)] = fit.as_slice() {
            places.push(patch.place().unwrap_or_else(|| (u32::MAX, FieldPath::new())));
            fixes.push((id, patch.fix(proof, before.len())));
        }
    }
    for ((_, fix), place) in fixes.iter_mut().zip(intake.places(&places)) {
        locate(fix, place);
    }
    fixes
}

/// Says where the scalar stands that a repair replaces, and what is written there.
fn locate(fix: &mut Fix, place: Option<Place>) {
    let (Some(replaced), Some(Place { location, frame: Some(frame), .. })) = (&mut fix.replaces, place) else { return };
    let Some(line) = frame.lines.get(frame.marked) else { return };
    let shown: String = line.chars().take(frame.end).skip(frame.start).collect();
    if shown.trim_matches(['"', '\'']) == replaced.old {
        replaced.shown = shown;
        fix.location = Some(location);
    }
}

/// The objects in which the findings stand and those which they name, whole, as they were read.
fn targets(snapshot: &Snapshot, intake: &Intake, found: &[(String, Wanted)]) -> BTreeMap<u32, Target> {
    let mut origins: BTreeSet<u32> = BTreeSet::new();
    for (_, Wanted { finding, .. }) in found {
        origins.extend(finding.field.as_ref().map(|(origin, _)| *origin));
        origins.extend(snapshot.origin_of(&finding.object));
        origins.extend(finding.related.iter().filter_map(|related| snapshot.origin_of(&related.object)));
    }
    let origins: Vec<u32> = origins.into_iter().collect();
    let names: BTreeMap<u32, ObjectRef> = snapshot.objects_at(&origins.iter().copied().collect()).into_iter().collect();
    let whole: Vec<Option<Value>> = intake.whole(&origins);
    let both = origins.into_iter().zip(whole);
    both.filter_map(|(origin, whole)| {
        let object = names.get(&origin)?.clone();
        let meta = snapshot.named(&object)?.0.meta();
        let target = Target::new(object, whole?, &meta.namespace)?.read_at(origin);
        (!guard::is_made_by_another(meta)).then_some((origin, target))
    })
    .collect()
}
