//! `workload/quota`

use kubereach_reports::report::SegmentName;

use crate::evaluate::Cluster;
use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{ConditionStatus, current};
use kubereach_model::snapshot::model::{Workload, WorkloadKind};

/// The page.
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
    let words = words(cluster, workload)?;
    let title = workload.title();
    Some(
        DOC.finding(workload.object(), format!("pods of {title} are refused by the API server"))
            .cause(words)
            .next("Raise the quota, or correct what is refused.", command::describe(&workload.object())),
    )
}

/// Is this why pods are missing behind the Service?
pub fn stands_in_the_way(cx: &Context<'_, '_>) -> bool {
    crate::checks::workload::all(&cx.view.backing).any(|w| words(cx.cluster, w).is_some())
}

fn words(cluster: &Cluster<'_>, workload: Found<'_, Workload>) -> Option<String> {
    if workload.kind == WorkloadKind::Deployment && workload.desired() == Some(0) {
        return None;
    }
    let status = workload.get().value.status.as_ref()?;
    let condition = current(&status.conditions, "ReplicaFailure").filter(|c| c.status == ConditionStatus::True);
    if let Some(condition) = condition {
        return Some(command::cut(if condition.message().is_empty() {
            condition.reason()
        } else {
            condition.message()
        }));
    }
    // Stateful and daemon sets have no such condition; their controllers say it in an event. An event is
    // history: it counts only while pods are missing.
    let missing = workload.desired() > status.replicas.known().or(status.number_ready.known()).copied();
    let events = cluster.events_about(workload.kind.word(), &workload.metadata.namespace, &workload.metadata.name);
    let refused =
        events.iter().filter(|e| e.reason.as_deref() == Some("FailedCreate")).max_by_key(|e| e.last_timestamp.0);
    refused.filter(|_| missing).and_then(|e| e.message.as_deref()).map(command::cut)
}
