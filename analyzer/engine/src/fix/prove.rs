//! A repair applied over the snapshot, and every subject judged again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use kubereach_intake::progress::Silent;
use kubereach_intake::{self as intake, InputSpec, IntakeOptions};
use kubereach_model::evidence::Finding;
use kubereach_model::snapshot::Snapshot;
use kubereach_reports::report::{ChangeAction, ConfigVerdict, ObjectRef, PathState};

use super::patch::Patch;
use super::repairs;
use crate::analysis::{Filter, judge_snapshot};
use crate::change::apply;
use crate::judgement::Judged;

/// A finding for which more repairs are conceivable is none for which a repair is mechanical.
pub(super) const CHOICES: usize = 8;

/// How every subject stands.
#[derive(Debug)]
pub(super) struct Standing {
    rows: BTreeMap<ObjectRef, Row>,
    /// Findings that may have a repair, each once.
    findings: Vec<(String, Arc<Finding>)>,
    /// Who shows them.
    shown_by: HashMap<String, BTreeSet<ObjectRef>>,
}

/// How one subject stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    config: ConfigVerdict,
    blocked: usize,
    unknown: usize,
    narrowed: usize,
    dormant: usize,
    assumed: usize,
}

impl Standing {
    pub(super) fn of(judged: &[Judged]) -> Self {
        let mut this = Self { rows: BTreeMap::new(), findings: Vec::new(), shown_by: HashMap::new() };
        for one in judged {
            let subject = &one.subject;
            let count = |state: PathState| {
                subject.paths.iter().filter(|path| path.dormant.is_none() && path.state() == state).count()
            };
            let row = Row {
                config: one.config,
                blocked: count(PathState::Blocked),
                unknown: count(PathState::Unknown),
                narrowed: count(PathState::Narrowed),
                dormant: subject.paths.iter().filter(|path| path.dormant.is_some()).count(),
                assumed: subject.assumptions().len(),
            };
            this.rows.insert(subject.object.clone(), row);
            let on_paths = subject.paths.iter().flat_map(|path| &path.segments).flat_map(|segment| segment.findings());
            for finding in subject.notes.iter().chain(on_paths) {
                if repairs::of(finding.code()).is_some() {
                    let id = finding.id();
                    let by = this.shown_by.entry(id.clone()).or_default();
                    if by.is_empty() {
                        this.findings.push((id, Arc::clone(finding)));
                    }
                    by.insert(subject.object.clone());
                }
            }
        }
        this
    }

    /// Findings that may have a repair with their ids, those first that most subjects show.
    pub(super) fn findings(&self) -> Vec<(&str, &Arc<Finding>)> {
        let count = |id: &str| std::cmp::Reverse(self.shown_by.get(id).map_or(0, BTreeSet::len));
        let mut all: Vec<(&str, &Arc<Finding>)> =
            self.findings.iter().map(|(id, finding)| (id.as_str(), finding)).collect();
        all.sort_by_key(|(id, finding)| (count(id), finding.effect(), *id));
        all
    }

    /// How many subjects there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// That a repair makes some subjects better and none worse.
#[derive(Debug, Clone)]
pub(super) struct Proof {
    /// Who gets better, from what to what.
    pub(super) better: Vec<(ObjectRef, ConfigVerdict, ConfigVerdict)>,
    /// Findings that subjects which get better showed, and nobody shows with it.
    mended: HashSet<String>,
}

impl Proof {
    #[cfg(test)]
    pub(super) fn of(better: Vec<(ObjectRef, ConfigVerdict, ConfigVerdict)>) -> Self {
        Self { better, mended: HashSet::new() }
    }

    /// Is this finding gone, and does a subject that showed it get better?
    pub(super) fn mends(&self, finding: &str) -> bool {
        self.mended.contains(finding)
    }
}

/// Applies the patch over the snapshot, as `kubectl` would, judges every subject, and compares. None where it is
/// refused, mends nothing, or makes anything worse or less certain.
pub(super) fn prove(
    snapshot: &Snapshot,
    before: &Standing,
    patch: &Patch,
    offset: u32,
    options: &IntakeOptions,
) -> Option<Proof> {
    let bytes = serde_json::to_vec(&patch.applied()?).ok()?;
    let input = InputSpec::Bytes { name: "patched.json".to_owned(), bytes: bytes.into() };
    // What was declared complete speaks of the input, and not of the one object that is patched.
    let options = IntakeOptions { assume_complete: Vec::new(), ..options.clone() };
    let read = intake::read(&[input], &options, &Silent).ok()?;
    let [patched] = read.snapshots.as_slice() else { return None };
    if !read.problems.is_empty() || !patched.refusals.is_empty() {
        return None;
    }
    let applied = apply(snapshot, patched.clone(), offset, None, &BTreeMap::new());
    let [edit] = applied.edits.as_slice() else { return None };
    let one = edit.object == *patch.object() && matches!(edit.action, ChangeAction::Changed | ChangeAction::Created);
    if !one || !applied.problems.is_empty() {
        return None;
    }
    let after = Standing::of(&judge_snapshot(&applied.after, &Filter::default()));
    compare(before, &after)
}

fn compare(before: &Standing, after: &Standing) -> Option<Proof> {
    if before.rows.len() != after.rows.len() {
        return None;
    }
    let mut better = Vec::new();
    for (subject, old) in &before.rows {
        let new = after.rows.get(subject)?;
        if !is_as_good(old, new) {
            return None;
        }
        if old.config != new.config {
            better.push((subject.clone(), old.config, new.config));
        }
    }
    let gets_better: HashSet<&ObjectRef> = better.iter().map(|(subject, ..)| subject).collect();
    let gone = before
        .shown_by
        .iter()
        .filter(|(id, by)| !after.shown_by.contains_key(*id) && by.iter().any(|subject| gets_better.contains(subject)));
    let mended: HashSet<String> = gone.map(|(id, _)| id.clone()).collect();
    (!mended.is_empty()).then_some(Proof { better, mended })
}

/// Is nothing worse and nothing less certain?
fn is_as_good(old: &Row, new: &Row) -> bool {
    use ConfigVerdict::{Broken, ConfigOk, Degraded, Unknown};
    let paths = new.blocked <= old.blocked
        && new.unknown <= old.unknown
        && new.dormant <= old.dormant
        && new.blocked + new.unknown + new.narrowed <= old.blocked + old.unknown + old.narrowed;
    let verdict = match (old.config, new.config) {
        // A verdict that stays rests on no more than before.
        (old_word, new_word) if old_word == new_word => new.assumed <= old.assumed,
        (Broken, Degraded | ConfigOk) | (Degraded | Unknown, ConfigOk) => true,
        _ => false,
    };
    paths && verdict
}
