//! The whole flow of a change: a snapshot and manifests in, one report with its comparison out.

use std::borrow::Cow;

use kubereach_reports::report::{self, ChangeKind, ObjectChange, ObjectRef, Problem, Report, SCHEMA};
use kubereach_reports::secrets;

use super::{Applied, Prune, apply, behind, compare, requests, templates};
use crate::analysis::{AnalysisOptions, analyze_intake, inventory, judge_cluster};
use crate::asked;
use crate::causes::{self, Known};
use crate::evaluate::Cluster;
use crate::gate::{self, annotations::Annotation};
use crate::judgement::Judged;
use crate::report::{assemble, coverage, not_evaluated};
use kubereach_intake::progress::Progress;
use kubereach_intake::{self as intake, InputSpec, Intake, IntakeError, Unread};
use kubereach_model::evidence::FieldPath;
use kubereach_model::evidence::{Locate, Place};
use kubereach_model::snapshot::Snapshot;

/// Why a change could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// An input could not be read.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// One side holds several clusters.
    #[error("{what} holds {count} clusters: a change is applied to one; name the files of one cluster")]
    SeveralClusters {
        /// Which side.
        what: &'static str,
        /// How many.
        count: usize,
    },
    /// What was asked for is on neither side.
    #[error("{0}")]
    Asked(String),
    /// A JSON report that cannot be read.
    #[error(
        "{path}: it says it is a report ({SCHEMA}) and cannot be read as one: {detail}; write it again with --format json"
    )]
    Report {
        /// The file.
        path: String,
        /// What is wrong.
        detail: String,
    },
}

/// Judges `change` (manifests) applied over `base` (a snapshot), before and after. The report is the one
/// after, with [`report::Change`] in it.
pub fn analyze_on_top_of(
    base: &Intake,
    change: &Intake,
    options: &AnalysisOptions,
    prune: Option<&Prune>,
) -> Result<Report, ChangeError> {
    let before = the_one("the snapshot", base)?;
    let manifests = the_one("the change", change)?;
    let templates = templates::compare(base, before, change, manifests);
    let applied = apply(before, manifests.clone(), base.origins(), prune, &templates);
    let after_inventory = merged_inventory(base, change, &applied);
    let judged = |cluster: &Cluster<'_>| {
        let all = judge_cluster(cluster, &options.filter).into_iter();
        all.map(|j| (cluster.snapshot.cluster.clone(), j)).collect::<Vec<_>>()
    };
    let places = Places { base, change, offset: base.origins(), after: &applied.after };
    let missing = |judged: &[(Option<String>, Judged)]| causes::missing_of(judged.iter().map(|(_, judged)| judged));
    let cluster_before = Cluster::new(before);
    let judged_before = judged(&cluster_before);
    let known = [Known::new(&cluster_before, missing(&judged_before))];
    let mut before_report = assemble(judged_before, inventory(base), &Nowhere);
    before_report.causes = causes::find(&before_report, &known);
    let cluster = Cluster::new(&applied.after);
    let judged_after = judged(&cluster);
    let known = [Known::new(&cluster, missing(&judged_after))];
    let mut after_report = assemble(judged_after, after_inventory, &places);
    // What is accepted is shown, and is a cause of the change all the same.
    after_report.causes = causes::find(&after_report, &known);
    let mut told = compare(&before_report, &after_report, ChangeKind::OnTopOf);
    told.before = base.inputs.iter().map(|i| i.path.clone()).collect();
    told.after = change.inputs.iter().map(|i| i.path.clone()).collect();
    told.objects = applied
        .edits
        .iter()
        .map(|e| ObjectChange { object: e.object.clone(), action: e.action, note: e.note.clone() })
        .collect();
    behind::name(before, &applied, &mut told, &mut after_report, &places);
    requests::name(&cluster_before, &cluster, &mut told);
    after_report.change = Some(told);
    crate::report::fingerprint::assign(&mut after_report.findings);
    if let Some(rules) = &options.gate {
        gate::apply(&mut after_report, rules, &gate::annotations::collect([&applied.after]), &change.unread);
    }
    after_report.causes = causes::find(&after_report, &known);
    secrets::clean(&mut after_report);
    Ok(after_report)
}

/// Judges two inputs and compares them. A JSON report (`kubereach/report/v1`) is taken as it is.
pub fn analyze_diff(
    before: &InputSpec,
    after: &InputSpec,
    options: &AnalysisOptions,
    progress: &dyn Progress,
) -> Result<Report, ChangeError> {
    let (old, new) = (side(before, options, progress)?, side(after, options, progress)?);
    told(old, new, name_of(before), name_of(after), options)
}

/// Judges an input and what was read already, a live cluster, and compares the verdicts.
pub fn analyze_diff_with(
    before: &InputSpec,
    after: &Intake,
    options: &AnalysisOptions,
    progress: &dyn Progress,
) -> Result<Report, ChangeError> {
    let old = side(before, options, progress)?;
    let names: Vec<&str> = after.inputs.iter().map(|input| input.path.as_str()).collect();
    let new = Side { read: Cow::Borrowed(&after.snapshots), ..Side::of(after, options) };
    told(old, new, name_of(before), names.join(", "), options)
}

/// One side of a comparison.
struct Side<'i> {
    report: Report,
    /// What it was made from; nothing of a written report.
    read: Cow<'i, [Snapshot]>,
    /// Those that accept findings; a written report holds none.
    annotations: Vec<Annotation>,
    unread: Unread,
    /// What was asked for and it does not contain.
    missing: Option<String>,
}

impl Side<'_> {
    fn of(read: &Intake, options: &AnalysisOptions) -> Self {
        let snapshots: Vec<&Snapshot> = read.snapshots.iter().collect();
        Self {
            report: analyze_intake(read, &AnalysisOptions { gate: None, ..options.clone() }),
            annotations: gate::annotations::collect(&read.snapshots),
            unread: read.unread.clone(),
            read: Cow::Borrowed(&[]),
            missing: asked::missing(&snapshots, &options.filter, "the two inputs", false),
        }
    }
}

fn side(input: &InputSpec, options: &AnalysisOptions, progress: &dyn Progress) -> Result<Side<'static>, ChangeError> {
    if let Some(report) = written_report(input)? {
        let missing = asked::missing_in_report(&report, &options.filter);
        let report = filtered(report, options);
        let (annotations, unread, read) = (Vec::new(), Unread::default(), Cow::Borrowed(&[][..]));
        return Ok(Side { report, read, annotations, unread, missing });
    }
    let read = intake::read(std::slice::from_ref(input), &options.intake, progress)?;
    let Side { report, annotations, unread, missing, .. } = Side::of(&read, options);
    Ok(Side { report, read: Cow::Owned(read.snapshots), annotations, unread, missing })
}

fn told(
    old: Side<'_>,
    new: Side<'_>,
    before: String,
    after: String,
    options: &AnalysisOptions,
) -> Result<Report, ChangeError> {
    if let (Some(_), Some(missing)) = (&old.missing, new.missing) {
        return Err(ChangeError::Asked(missing));
    }
    let mut report = new.report;
    let mut told = compare(&old.report, &report, ChangeKind::Diff);
    (told.before, told.after) = (vec![before], vec![after]);
    if let ([before], [after]) = (&*old.read, &*new.read) {
        requests::name(&Cluster::new(before), &Cluster::new(after), &mut told);
    }
    report.change = Some(told);
    if let Some(rules) = &options.gate {
        gate::apply(&mut report, rules, &new.annotations, &new.unread);
        causes::accept(&mut report);
    }
    Ok(report)
}

fn name_of(input: &InputSpec) -> String {
    match input {
        InputSpec::Path(path) => path.display().to_string(),
        InputSpec::Stdin { name } | InputSpec::Bytes { name, .. } => name.clone(),
    }
}

/// Larger files are no reports: one of 10,000 subjects has a tenth of it.
const LARGEST_REPORT: u64 = 512 * 1024 * 1024;

/// The report that a file holds, if its beginning says that it is one.
fn written_report(input: &InputSpec) -> Result<Option<Report>, ChangeError> {
    let InputSpec::Path(path) = input else { return Ok(None) };
    let small = std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() <= LARGEST_REPORT);
    if !small || !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json")) {
        return Ok(None);
    }
    // What cannot be opened is reported by the intake, with its reasons.
    let Ok(bytes) = std::fs::read(path) else { return Ok(None) };
    #[derive(serde::Deserialize)]
    struct Head {
        schema: Option<String>,
    }
    let is_report = serde_json::from_slice::<Head>(&bytes).is_ok_and(|h| h.schema.as_deref() == Some(SCHEMA));
    if !is_report {
        return Ok(None);
    }
    let mut report = serde_json::from_slice(&bytes)
        .map_err(|error| ChangeError::Report { path: path.display().to_string(), detail: error.to_string() })?;
    // Whoever wrote it may have known less of what is a secret.
    secrets::clean(&mut report);
    Ok(Some(report))
}

fn filtered(mut report: Report, options: &AnalysisOptions) -> Report {
    let filter = &options.filter;
    // What an earlier run accepted is not accepted here.
    report.gate = None;
    for finding in &mut report.findings {
        finding.suppressed = None;
    }
    report.subjects.retain(|s| filter.takes(&s.kind, s.group.as_deref(), &s.namespace, &s.name));
    for cause in &mut report.causes {
        cause.subjects.retain(|s| filter.takes(&s.kind, s.group.as_deref(), &s.namespace, &s.name));
    }
    report.causes.retain(|cause| !cause.subjects.is_empty());
    report
}

fn the_one<'i>(what: &'static str, intake: &'i Intake) -> Result<&'i Snapshot, ChangeError> {
    match intake.snapshots.as_slice() {
        [one] => Ok(one),
        several => Err(ChangeError::SeveralClusters { what, count: several.len() }),
    }
}

fn merged_inventory(base: &Intake, change: &Intake, applied: &Applied) -> report::SnapshotSummary {
    let mut inventory = inventory(base);
    inventory.coverage = coverage(&applied.after);
    inventory.not_evaluated = not_evaluated([&applied.after]);
    inventory.inputs.extend(change.inputs.iter().cloned());
    inventory.problems.extend(change.problems.iter().cloned());
    let path = change.inputs.first().map(|i| i.path.clone()).unwrap_or_default();
    inventory.problems.extend(applied.problems.iter().map(|message| Problem {
        path: path.clone(),
        line: None,
        column: None,
        message: message.clone(),
    }));
    inventory.problems.sort();
    inventory.problems.dedup();
    inventory
}

/// The judgement before is only compared: nobody is sent to its places.
struct Nowhere;

impl Locate for Nowhere {
    fn places(&self, requests: &[(u32, FieldPath)]) -> Vec<Option<Place>> {
        vec![None; requests.len()]
    }

    fn origin_of(&self, _: &ObjectRef) -> Option<u32> {
        None
    }
}

/// Places in both inputs: origins below `offset` are the snapshot's, the others the change's.
struct Places<'i> {
    base: &'i Intake,
    change: &'i Intake,
    offset: u32,
    after: &'i Snapshot,
}

impl Locate for Places<'_> {
    fn places(&self, requests: &[(u32, FieldPath)]) -> Vec<Option<Place>> {
        let mut places = vec![None; requests.len()];
        for (intake, of_change) in [(self.base, false), (self.change, true)] {
            let mine: Vec<(usize, (u32, FieldPath))> = requests
                .iter()
                .enumerate()
                .filter(|(_, (origin, _))| (*origin >= self.offset) == of_change)
                .map(|(n, (origin, path))| (n, (if of_change { origin - self.offset } else { *origin }, path.clone())))
                .collect();
            let (at, asked): (Vec<usize>, Vec<(u32, FieldPath)>) = mine.into_iter().unzip();
            for (n, found) in at.into_iter().zip(intake.places(&asked)) {
                if let Some(slot) = places.get_mut(n) {
                    *slot = found;
                }
            }
        }
        places
    }

    fn origin_of(&self, object: &ObjectRef) -> Option<u32> {
        self.after.origin_of(object)
    }
}
