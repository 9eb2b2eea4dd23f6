//! `pod/config-error`

use kubereach_reports::report::SegmentName;

use crate::checks::pod::waiting;
use crate::evaluate::Cluster;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/config-error",
    segment: SegmentName::Endpoints,
    title: "A container cannot be created",
    explanation: "The container cannot be created from its specification, usually because a Secret or \
         ConfigMap it refers to (or a key of it) does not exist. It has never started.",
    example: "state.waiting.reason: CreateContainerConfigError",
    sources: &["core/v1 Pod status.containerStatuses"],
});

const REASONS: [&str; 5] = [
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "PreCreateHookError",
    "PostStartHookError",
];

/// Waiting with an error of its specification.
pub fn finding(_cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let (container, reason, words) = waiting(pod.get(), &REASONS)?;
    Some(
        DOC.finding(
            pod.object(),
            format!("container {} of pod {} cannot be created", container.name, pod.metadata.name),
        )
        .cause(if words.is_empty() { reason.to_owned() } else { format!("{reason}: {words}") })
        .next("Correct what the container refers to.", command::describe(&pod.object())),
    )
}
