//! `workload/paused`

use kubereach_reports::report::SegmentName;

use crate::evaluate::Cluster;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Workload, WorkloadKind};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "workload/paused",
    segment: SegmentName::Endpoints,
    title: "The workload's roll-out is paused",
    explanation: "A paused Deployment, DeploymentConfig or Rollout starts no new generation; its pods go on running. It is worth \
         a word only where something behind the Service is not ready.",
    example: r"kind: Deployment
spec: {paused: true}",
    sources: &["apps/v1 Deployment spec.paused"],
});

/// Paused.
pub fn finding(_cluster: &Cluster<'_>, workload: Found<'_, Workload>) -> Option<Finding> {
    let rolls =
        matches!(workload.kind, WorkloadKind::Deployment | WorkloadKind::Rollout | WorkloadKind::DeploymentConfig);
    (rolls && workload.spec.paused.0 == Some(true))
        .then(|| DOC.finding(workload.object(), format!("the roll-out of {} is paused", workload.title())))
}
