//! `pod/image-pull`

use kubereach_reports::report::SegmentName;

use crate::checks::pod::waiting;
use crate::evaluate::Cluster;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/image-pull",
    segment: SegmentName::Endpoints,
    title: "An image cannot be fetched",
    explanation: "The node cannot fetch the image of a container: the name or tag is wrong, the registry \
         refuses, or the credentials are missing. The container has never started.",
    example: "state.waiting.reason: ImagePullBackOff",
    sources: &["core/v1 Pod status.containerStatuses"],
});

const REASONS: [&str; 6] = [
    "ImagePullBackOff",
    "ErrImagePull",
    "InvalidImageName",
    "ErrImageNeverPull",
    "RegistryUnavailable",
    "ImageInspectError",
];

/// Waiting for an image.
pub fn finding(_cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let (container, reason, words) = waiting(pod.get(), &REASONS)?;
    let image = container.image.as_deref().map(|i| format!(" {}", command::cut(i))).unwrap_or_default();
    Some(
        DOC.finding(
            pod.object(),
            format!("the image{image} of container {} of pod {} cannot be fetched", container.name, pod.metadata.name),
        )
        .cause(if words.is_empty() { reason.to_owned() } else { format!("{reason}: {words}") })
        .next("Check the image name, the tag and the pull credentials.", command::describe(&pod.object())),
    )
}
