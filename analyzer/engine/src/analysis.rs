//! The whole flow: inputs in, report out.

use std::borrow::Cow;
use std::collections::BTreeSet;

use kubereach_prober::Plan;
use kubereach_reports::report::{self, Report, Subject};
use kubereach_reports::secrets;
use rayon::prelude::*;

use crate::causes::{self, Known};
use crate::checks;
use crate::evaluate::Cluster;
use crate::evaluate::door;
use crate::gate;
use crate::judgement::{Judged, Measured, Measurements, attach_entries, judge};
use crate::observation::{self, Document};
use crate::plan;
use crate::report::{assemble, coverage, not_evaluated};
use crate::request::Requests;
use kubereach_intake::progress::Progress;
use kubereach_intake::{self as intake, InputSpec, Intake, IntakeError, IntakeOptions};
use kubereach_model::evidence;
use kubereach_model::evidence::Locate;
use kubereach_model::snapshot::{Assumption, Snapshot};

/// Which subjects to report. Empty lists mean all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Namespaces.
    pub namespaces: Vec<String>,
    /// Kinds, case-insensitive.
    pub kinds: Vec<String>,
    /// Names.
    pub names: Vec<String>,
}

impl Filter {
    /// Is this subject wanted?
    pub fn wants(&self, subject: &evidence::SubjectPaths) -> bool {
        let object = &subject.object;
        let namespace = object.namespace.as_deref().unwrap_or_default();
        self.takes(&object.kind, object.group.as_deref(), namespace, &object.name)
    }

    /// The same of a row of a report. `namespace` is empty for a kind that lives in none.
    pub fn takes(&self, kind: &str, group: Option<&str>, namespace: &str, name: &str) -> bool {
        (self.namespaces.is_empty() || self.names_no_namespace() || self.namespaces.iter().any(|n| n == namespace))
            && (self.kinds.is_empty() || self.kinds.iter().any(|k| door::names(k, kind, group)))
            && (self.names.is_empty() || self.names.iter().any(|n| n == name))
    }
}

impl Filter {
    /// Does it ask only for kinds whose objects live in no namespace? Then one that it names means nothing.
    pub(crate) fn names_no_namespace(&self) -> bool {
        let in_none = |word: &String| {
            let mut called = door::kinds().filter(|kind| kind.is_called(word)).peekable();
            called.peek().is_some() && called.all(|kind| !kind.is_namespaced())
        };
        !self.kinds.is_empty() && self.kinds.iter().all(in_none)
    }
}

/// How to analyze.
#[derive(Debug, Clone, Default)]
pub struct AnalysisOptions {
    /// How to read.
    pub intake: IntakeOptions,
    /// What to report.
    pub filter: Filter,
    /// What was measured.
    pub observations: Vec<Document>,
    /// Digests of further plans that belong to this snapshot, beside those it gives: measurements of any other are
    /// said to be.
    pub plans: BTreeSet<String>,
    /// The inputs as the command line names them, for commands that read them again; may be empty.
    pub words: Vec<String>,
    /// What is accepted, and when the gate trips; none for a report without a gate.
    pub gate: Option<gate::Rules>,
    /// Leave out what takes judging again ([`report::Cause::otherwise`]): for whoever judges often.
    pub once: bool,
    /// Answer plain requests too, for the HTML page.
    pub routing: bool,
}

/// Reads the inputs, judges every subject and assembles the report.
pub fn analyze(
    inputs: &[InputSpec],
    options: &AnalysisOptions,
    progress: &dyn Progress,
) -> Result<Report, IntakeError> {
    Ok(analyze_intake(&intake::read(inputs, &options.intake, progress)?, options))
}

/// Of more objects than this no copy is made to judge them again: memory for two snapshots of such a cluster is more than
/// many machines have.
const AGAIN: usize = 200_000;

/// Judges every subject of what was read, from files or from a live cluster, and assembles the report.
pub fn analyze_intake(intake: &Intake, options: &AnalysisOptions) -> Report {
    let documents = options.observations.as_slice();
    let clusters: Vec<(Cluster<'_>, Vec<evidence::SubjectPaths>)> = intake
        .snapshots
        .iter()
        .map(Cluster::new)
        .map(|cluster| (subjects(&cluster), cluster))
        .map(|(s, w)| (w, s))
        .collect();
    let ambiguous = if documents.is_empty() { BTreeSet::new() } else { shared_paths(&clusters) };
    let mut plans = options.plans.clone();
    if documents.iter().any(|document| !document.observations.plan.is_empty()) {
        plans.extend(clusters.iter().flat_map(|(cluster, subjects)| plan::digests(cluster, subjects)));
    }
    let routing = match clusters.as_slice() {
        [(cluster, subjects)] if options.routing => {
            Some(Requests::over(cluster, Cow::Borrowed(subjects.as_slice())).routing())
        }
        _ => None,
    };
    let mut merged = Vec::with_capacity(clusters.len());
    let mut judged: Vec<(Option<String>, Judged)> = Vec::new();
    let mut missing = Vec::with_capacity(clusters.len());
    let mut judged_of = Vec::with_capacity(clusters.len());
    for (cluster, subjects) in clusters {
        let first = judged.len();
        let rows = observation::merge(&cluster, &subjects, documents, &ambiguous);
        let measurements = measurements(&cluster, &subjects, &rows, options);
        merged.push(rows);
        let wanted = subjects.into_par_iter().filter(|s| options.filter.wants(s));
        judged.par_extend(wanted.map(|s| (cluster.snapshot.cluster.clone(), judge(s, &measurements))));
        missing.push(causes::missing_of(judged.iter().skip(first).map(|(_, judged)| judged)));
        judged_of.push(cluster);
    }
    let mut snapshot = inventory(intake);
    // Whoever asks for a namespace reads of no other.
    let asked = &options.filter.namespaces;
    snapshot.coverage.retain(|row| asked.is_empty() || row.namespace.as_ref().is_none_or(|own| asked.contains(own)));
    let ended = intake.snapshots.iter().filter_map(|s| s.taken_at).max();
    let began = intake.snapshots.iter().filter_map(|s| s.began).max().or(ended);
    let (files, problems) = observation::inventory(documents, &merged, began.zip(ended), &plans);
    snapshot.observations = files;
    if !problems.is_empty() {
        snapshot.problems.extend(problems);
        snapshot.problems.sort();
    }
    let mut report = assemble(judged, snapshot, intake as &dyn Locate);
    if let Some(rules) = &options.gate {
        gate::apply(&mut report, rules, &gate::annotations::collect(&intake.snapshots), &intake.unread);
    }
    let known: Vec<Known<'_, '_>> =
        judged_of.iter().zip(missing).map(|(cluster, missing)| Known::new(cluster, missing)).collect();
    report.causes = causes::find(&report, &known);
    drop(known);
    // What was measured is not measured again; and judging again takes a copy of the snapshot.
    let objects: usize = intake.inputs.iter().map(|input| input.objects).sum();
    if !options.once && documents.is_empty() && objects <= AGAIN {
        let again = |name: Option<&str>, kind: &str| {
            let snapshot = intake.snapshots.iter().find(|snapshot| snapshot.cluster.as_deref() == name)?;
            Some(without(snapshot, kind, &options.filter))
        };
        causes::weigh(&mut report.causes, &again);
    }
    report.subjects.par_iter_mut().for_each(secrets::clean_one);
    report.findings.par_iter_mut().for_each(secrets::clean_one);
    secrets::clean_rest(&mut report);
    report.routing = routing;
    report.routing.iter_mut().for_each(secrets::clean_one);
    report
}

fn subjects(cluster: &Cluster<'_>) -> Vec<evidence::SubjectPaths> {
    let mut subjects = checks::evaluate(cluster);
    attach_entries(&mut subjects);
    subjects
}

/// As if what was not read of these kinds (with commas between them) were not there.
fn without(snapshot: &Snapshot, kinds: &str, filter: &Filter) -> Vec<Judged> {
    let mut other = snapshot.clone();
    for kind in kinds.split(',') {
        other.coverage.assume(Assumption { kind: Some(kind.to_owned()), namespace: None });
    }
    judge_snapshot(&other, filter)
}

/// Judges every wanted subject of one cluster, by its configuration alone.
pub fn judge_snapshot(snapshot: &Snapshot, filter: &Filter) -> Vec<Judged> {
    judge_cluster(&Cluster::new(snapshot), filter)
}

/// The same of a cluster that is indexed already.
pub(crate) fn judge_cluster(cluster: &Cluster<'_>, filter: &Filter) -> Vec<Judged> {
    let nothing = Measurements::default();
    subjects(cluster).into_par_iter().filter(|s| filter.wants(s)).map(|s| judge(s, &nothing)).collect()
}

/// Ids of paths that more than one cluster has.
fn shared_paths(clusters: &[(Cluster<'_>, Vec<evidence::SubjectPaths>)]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut shared = BTreeSet::new();
    if clusters.len() > 1 {
        for (_, subjects) in clusters {
            let own: BTreeSet<String> = subjects.iter().flat_map(|s| &s.paths).map(|path| path.key.id()).collect();
            shared.extend(own.intersection(&seen).cloned());
            seen.extend(own);
        }
    }
    shared
}

/// The reduced rows with the findings they give.
fn measurements(
    cluster: &Cluster<'_>,
    subjects: &[evidence::SubjectPaths],
    rows: &observation::Merged,
    options: &AnalysisOptions,
) -> Measurements {
    let given = options.observations.iter().any(|document| !document.observations.results.is_empty());
    if rows.paths.is_empty() {
        return Measurements { given, ..Measurements::default() };
    }
    let mut paths = std::collections::HashMap::new();
    for path in subjects.iter().flat_map(|subject| &subject.paths) {
        let id = path.key.id();
        if let Some(seen) = rows.paths.get(&id) {
            let findings = checks::measurement::findings(path, seen, cluster.snapshot.taken_at);
            paths.insert(id, Measured { seen: seen.clone(), findings });
        }
    }
    Measurements { paths, given, inputs: options.words.clone() }
}

/// What to measure of every wanted subject of one cluster, at most so many targets.
pub fn plan_snapshot(snapshot: &Snapshot, filter: &Filter, most: Option<usize>) -> Plan {
    let cluster = Cluster::new(snapshot);
    let subjects = checks::evaluate(&cluster);
    plan::derive(&cluster, &subjects, &|subject| filter.wants(subject), most)
}

pub(crate) fn inventory(intake: &Intake) -> report::SnapshotSummary {
    let mut rows: Vec<_> = intake.snapshots.iter().flat_map(coverage).collect();
    rows.sort();
    rows.dedup();
    let mut problems = intake.problems.clone();
    problems.sort();
    problems.dedup();
    report::SnapshotSummary {
        inputs: intake.inputs.clone(),
        coverage: rows,
        problems,
        taken_at: intake.snapshots.iter().filter_map(|s| s.taken_at).max().map(|t| t.to_string()),
        not_evaluated: not_evaluated(&intake.snapshots),
        observations: Vec::new(),
    }
}

/// The subject of this kind and name, case-insensitive in the kind.
pub fn find_subject(report: &Report, kind: &str, namespace: &str, name: &str) -> Option<usize> {
    let in_none = Filter { kinds: vec![kind.to_owned()], ..Filter::default() }.names_no_namespace();
    let namespace = if in_none { "" } else { namespace };
    let is = |s: &Subject| door::names(kind, &s.kind, s.group.as_deref()) && s.namespace == namespace && s.name == name;
    // A bare name means Kubernetes' own kind, where both are there.
    let own = report.subjects.iter().position(|s| is(s) && s.group.is_none());
    own.or_else(|| report.subjects.iter().position(is))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::evaluate;
    use crate::evaluate::service::Backends;
    use kubereach_intake::progress::Silent;
    use kubereach_model::snapshot::model::Pod;
    use kubereach_model::snapshot::{Found, separate};

    fn snapshots(inputs: &[InputSpec]) -> Vec<Snapshot> {
        intake::read(inputs, &IntakeOptions::default(), &Silent).unwrap().snapshots
    }

    /// Every folder of the fixtures, those that hold others included, read as one input.
    fn each_fixture(see: &mut dyn FnMut(Snapshot)) {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
        for entry in walkdir::WalkDir::new(fixtures).sort_by_file_name() {
            let entry = entry.unwrap();
            if entry.file_type().is_dir()
                && let Ok(intake) =
                    intake::read(&[InputSpec::Path(entry.into_path())], &IntakeOptions::default(), &Silent)
            {
                intake.snapshots.into_iter().for_each(&mut *see);
            }
        }
    }

    #[test]
    fn siblings_are_found_in_order_and_none_is_lost() {
        let pod = |namespace: &str, name: &str, app: &str| {
            serde_json::json!({"apiVersion": "v1", "kind": "Pod",
                "metadata": {"namespace": namespace, "name": name, "labels": {"app": app}},
                "spec": {"containers": [{"name": "app", "image": app}]}})
        };
        let items = [("b", "w-1", "w"), ("a", "w-2", "w"), ("a", "w-1", "w"), ("a", "x-1", "x"), ("a", "w-3", "w")];
        let items: Vec<_> = items.into_iter().map(|(namespace, name, app)| pod(namespace, name, app)).collect();
        let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
        let input = InputSpec::Bytes { name: "pods.json".to_owned(), bytes: list.into_bytes().into() };
        let mut snapshots = snapshots(&[input]);
        let names = |snapshot: &Snapshot| -> Vec<Vec<String>> {
            let name = |pod: Found<'_, Pod>| format!("{}/{}", pod.metadata.namespace, pod.metadata.name);
            snapshot.pods.siblings().map(|siblings| siblings.pods().map(name).collect()).collect()
        };
        assert_eq!(names(&snapshots[0]), [vec!["a/w-1", "a/w-2", "a/w-3"], vec!["a/x-1"], vec!["b/w-1"]]);
        separate(&mut snapshots[0]);
        assert_eq!(names(&snapshots[0]), [["a/w-1"], ["a/w-2"], ["a/w-3"], ["a/x-1"], ["b/w-1"]]);
    }

    /// Pods that share memory are asked about once: whether they do must not show in any judgement.
    #[test]
    fn what_pods_have_in_common_in_memory_changes_no_judgement() {
        let (mut compared, mut shared) = (0, 0);
        each_fixture(&mut |mut snapshot| {
            let filter = Filter::default();
            let before = format!("{:?}", judge_snapshot(&snapshot, &filter));
            shared += snapshot.pods.len() - snapshot.pods.siblings().count();
            separate(&mut snapshot);
            assert_eq!(snapshot.pods.siblings().count(), snapshot.pods.len());
            assert_eq!(format!("{:?}", judge_snapshot(&snapshot, &filter)), before);
            compared += 1;
        });
        assert!(compared > 100 && shared > 100, "{compared} snapshots, {shared} pods with siblings");
    }

    /// Ports that lead to the same addresses share two segments: whether they do must not show in any subject.
    #[test]
    fn what_ports_have_in_common_changes_no_subject() {
        let mut compared = 0;
        each_fixture(&mut |snapshot| {
            let cluster = Cluster::new(&snapshot);
            let shared = evaluate::subjects(&Backends::new(&cluster, &checks::TABLE));
            let each = evaluate::subjects(&Backends::unshared(&cluster, &checks::TABLE));
            assert_eq!(format!("{shared:?}"), format!("{each:?}"));
            compared += shared.len();
        });
        assert!(compared > 1000, "{compared} subjects");
    }
}
