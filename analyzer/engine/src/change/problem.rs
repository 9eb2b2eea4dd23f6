//! What is compared: the problems of a subject, without what moves between two snapshots.

use std::collections::{BTreeMap, HashMap};

use kubereach_reports::report::{Effect, Finding, ObjectRef, Report, SegmentName, Subject};

/// A problem on one path. Names that controllers make up do not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Problem {
    pub(super) effect: Effect,
    pub(super) segment: SegmentName,
    pub(super) code: String,
    object: ObjectRef,
    pub(super) path: String,
}

/// Kinds whose names are made up anew whenever they are replaced.
const NAMED_BY_CHANCE: [&str; 3] = ["Pod", "EndpointSlice", "ReplicaSet"];

fn lasting(object: &ObjectRef) -> ObjectRef {
    let mut object = object.clone();
    if NAMED_BY_CHANCE.contains(&object.kind.as_str()) {
        object.name.clear();
    }
    object
}

/// A report whose findings can be asked for by id.
pub(super) struct Indexed<'r> {
    pub(super) report: &'r Report,
    findings: HashMap<&'r str, &'r Finding>,
}

impl<'r> Indexed<'r> {
    pub(super) fn new(report: &'r Report) -> Self {
        Self { report, findings: report.findings.iter().map(|f| (f.id.as_str(), f)).collect() }
    }

    /// The problems on the paths that carry traffic; on all of them where none does.
    pub(super) fn problems(&self, subject: &Subject) -> BTreeMap<Problem, &'r Finding> {
        let resting = subject.paths.iter().all(|path| path.dormant);
        let mut all = BTreeMap::new();
        for path in subject.paths.iter().filter(|path| resting || !path.dormant) {
            for segment in &path.segments {
                for finding in segment.findings.iter().filter_map(|id| self.findings.get(id.as_str())) {
                    if finding.effect == Effect::Notes {
                        continue;
                    }
                    let problem = Problem {
                        effect: finding.effect,
                        segment: segment.segment,
                        code: finding.code.clone(),
                        object: lasting(&finding.object),
                        path: path.id.clone(),
                    };
                    all.insert(problem, *finding);
                }
            }
        }
        all
    }
}
