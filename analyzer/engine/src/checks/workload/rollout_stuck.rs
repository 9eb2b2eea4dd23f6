//! `workload/rollout-stuck`

use kubereach_reports::report::SegmentName;

use crate::evaluate::Cluster;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::current;
use kubereach_model::snapshot::model::{Workload, WorkloadKind};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "workload/rollout-stuck",
    segment: SegmentName::Endpoints,
    title: "A roll-out does not get on",
    explanation: "The new generation of a Deployment has not become ready in time. Pods of the old one may go \
         on serving.",
    example: "Progressing=False, reason ProgressDeadlineExceeded",
    sources: &["apps/v1 Deployment status.conditions Progressing"],
});

/// Past its deadline.
pub fn finding(_cluster: &Cluster<'_>, workload: Found<'_, Workload>) -> Option<Finding> {
    let rolls =
        matches!(workload.kind, WorkloadKind::Deployment | WorkloadKind::Rollout | WorkloadKind::DeploymentConfig);
    let condition = current(&workload.get().value.status.as_ref()?.conditions, "Progressing")?;
    if !rolls || condition.reason() != "ProgressDeadlineExceeded" {
        return None;
    }
    let words = said::quote(condition.message());
    Some(
        DOC.finding(workload.object(), format!("the roll-out of {} does not get on", workload.title()))
            .cause(if words.is_empty() { "its new pods did not become ready in time".to_owned() } else { words })
            .next("See why its new pods are not ready.", command::describe(&workload.object())),
    )
}
