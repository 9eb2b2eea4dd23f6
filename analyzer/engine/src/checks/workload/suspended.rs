//! `workload/suspended`

use kubereach_reports::report::SegmentName;

use crate::evaluate::Cluster;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Workload, WorkloadKind};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "workload/suspended",
    segment: SegmentName::Endpoints,
    title: "The workload is suspended",
    explanation: "Nothing runs for this workload, because somebody has suspended it. A suspended Job or CronJob starts no pods until it is resumed.",
    example: r"kind: CronJob
spec: {suspend: true}",
    sources: &["batch/v1 Job spec.suspend", "batch/v1 CronJob spec.suspend"],
});

/// Suspended.
pub fn finding(_cluster: &Cluster<'_>, workload: Found<'_, Workload>) -> Option<Finding> {
    let jobs = matches!(workload.kind, WorkloadKind::Job | WorkloadKind::CronJob);
    (jobs && workload.spec.suspend.0 == Some(true))
        .then(|| DOC.finding(workload.object(), format!("{} is suspended", workload.title())))
}
