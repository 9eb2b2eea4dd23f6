//! The whole flow: inputs in, report out.

use kubereach_reports::report::{self, Report, Subject};

use crate::intake::progress::Progress;
use crate::intake::{self, InputSpec, Intake, IntakeError, IntakeOptions};
use crate::judgement::{Judged, attach_entries, judge};
use crate::paths::World;
use crate::report::{Locate, assemble, coverage, not_evaluated};
use crate::snapshot::Snapshot;
use crate::{checks, evidence};

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
    pub fn wants(&self, subject: &evidence::Subject) -> bool {
        let object = &subject.object;
        let namespace = object.namespace.as_deref().unwrap_or_default();
        (self.namespaces.is_empty() || self.namespaces.iter().any(|n| n == namespace))
            && (self.kinds.is_empty() || self.kinds.iter().any(|k| k.eq_ignore_ascii_case(&object.kind)))
            && (self.names.is_empty() || self.names.contains(&object.name))
    }
}

/// How to analyze.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How to read.
    pub intake: IntakeOptions,
    /// What to report.
    pub filter: Filter,
}

/// Reads the inputs, judges every subject and assembles the report.
pub fn analyze(inputs: &[InputSpec], options: &Options, progress: &dyn Progress) -> Result<Report, IntakeError> {
    Ok(analyze_intake(&intake::read(inputs, &options.intake, progress)?, options))
}

/// Judges every subject of what was read, from files or from a live cluster, and assembles the report.
pub fn analyze_intake(intake: &Intake, options: &Options) -> Report {
    let judged: Vec<(Option<String>, Judged)> = intake
        .snapshots
        .iter()
        .flat_map(|snapshot| {
            judge_snapshot(snapshot, &options.filter).into_iter().map(|j| (snapshot.cluster.clone(), j))
        })
        .collect();
    let snapshot = inventory(intake);
    assemble(judged, snapshot, intake as &dyn Locate)
}

/// Judges every wanted subject of one cluster.
pub fn judge_snapshot(snapshot: &Snapshot, filter: &Filter) -> Vec<Judged> {
    let world = World::new(snapshot);
    let mut subjects = checks::evaluate(&world);
    attach_entries(&mut subjects);
    subjects.into_iter().filter(|s| filter.wants(s)).map(judge).collect()
}

fn inventory(intake: &Intake) -> report::Snapshot {
    let mut rows: Vec<_> = intake.snapshots.iter().flat_map(coverage).collect();
    rows.sort();
    rows.dedup();
    let mut problems = intake.problems.clone();
    problems.sort();
    problems.dedup();
    report::Snapshot {
        inputs: intake.inputs.clone(),
        coverage: rows,
        problems,
        taken_at: intake.snapshots.iter().filter_map(|s| s.taken_at).max().map(|t| t.to_string()),
        not_evaluated: not_evaluated(&intake.snapshots),
    }
}

/// The subject of this kind and name, case-insensitive in the kind.
pub fn find_subject(report: &Report, kind: &str, namespace: &str, name: &str) -> Option<usize> {
    let is = |s: &Subject| s.kind.eq_ignore_ascii_case(kind) && s.namespace == namespace && s.name == name;
    report.subjects.iter().position(is)
}
