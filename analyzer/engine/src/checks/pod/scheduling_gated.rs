//! `pod/scheduling-gated`

use kubereach_reports::report::SegmentName;

use crate::checks::pod::scheduled;
use crate::evaluate::Cluster;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/scheduling-gated",
    segment: SegmentName::Endpoints,
    title: "The pod is held back by a scheduling gate",
    explanation: "The pod has not been given a node, on purpose. A scheduling gate keeps the pod from being placed until whoever set it removes it.",
    example: r"kind: Pod
spec: {schedulingGates: [{name: example.com/quota}]}",
    sources: &["core/v1 Pod spec.schedulingGates", "KEP-3521"],
});

/// Gated.
pub fn finding(_cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let gates = &pod.get().value.spec.scheduling_gates;
    let held = scheduled(pod.get()).is_some_and(|c| c.reason() == "SchedulingGated") || !gates.is_empty();
    if !held || pod.get().value.spec.node_name.is_some() {
        return None;
    }
    let names = gates.iter().map(|g| command::cut(&g.name)).collect::<Vec<_>>().join(", ");
    Some(
        DOC.finding(pod.object(), format!("pod {} is held back by a scheduling gate", pod.metadata.name))
            .cause(if names.is_empty() {
                "a gate holds it back".to_owned()
            } else {
                format!("the gate {names} has not been removed")
            })
            .next("See who is to remove the gate.", command::describe(&pod.object())),
    )
}
