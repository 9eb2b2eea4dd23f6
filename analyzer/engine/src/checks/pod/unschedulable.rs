//! `pod/unschedulable`

use kubereach_reports::report::SegmentName;

use crate::checks::pod::scheduled;
use crate::evaluate::Cluster;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/unschedulable",
    segment: SegmentName::Endpoints,
    title: "No node takes the pod",
    explanation: "The pod waits for a place and runs nowhere. The scheduler found no node for the pod and says why: capacity, taints, affinity or volumes.",
    example: "PodScheduled=False, reason Unschedulable",
    sources: &["core/v1 Pod status.conditions PodScheduled"],
});

/// The scheduler's words.
pub fn finding(_cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let condition = scheduled(pod.get()).filter(|c| c.reason() == "Unschedulable")?;
    let words = said::quote(condition.message());
    Some(
        DOC.finding(pod.object(), format!("no node takes pod {}", pod.metadata.name))
            .cause(if words.is_empty() {
                "the scheduler gives no reason".to_owned()
            } else {
                format!("the scheduler says: {words}")
            })
            .next("Make room, or relax what the pod asks for.", command::describe(&pod.object())),
    )
}
