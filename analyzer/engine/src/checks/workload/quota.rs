//! `workload/quota`

use kubereach_reports::report::SegmentName;

use crate::evaluate::Cluster;
use crate::resolve::plumbing::webhook_named;
use crate::resolve::service::refusal;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Workload;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "workload/quota",
    segment: SegmentName::Endpoints,
    title: "Pods of the workload are refused",
    explanation: "The API server refuses new pods of the workload, because of a quota, a limit range, a \
         security policy or an admission webhook; the workload's condition carries its words.",
    example: "A ReplicaSet with ReplicaFailure=True, reason FailedCreate: exceeded quota",
    sources: &["apps/v1 ReplicaSet status.conditions ReplicaFailure"],
});

/// Its pods cannot be created.
pub fn finding(cluster: &Cluster<'_>, workload: Found<'_, Workload>) -> Option<Finding> {
    // Said by another check, which names the webhook.
    let words = refusal(cluster, workload).filter(|words| webhook_named(cluster.snapshot, words).is_none())?;
    let title = workload.title();
    Some(
        DOC.finding(workload.object(), format!("pods of {title} are refused by the API server"))
            .cause(words)
            .next("Raise the quota, or correct what is refused.", command::describe(&workload.object())),
    )
}
