//! `pod/out-of-memory`

use kubereach_reports::report::SegmentName;

use crate::checks::pod::containers;
use crate::evaluate::Cluster;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/out-of-memory",
    segment: SegmentName::Endpoints,
    title: "A container was killed for lack of memory",
    explanation: "A container used more memory than its limit (or the node had none left) and was killed; the \
         pod is not ready because of it.",
    example: "lastState.terminated.reason: OOMKilled",
    sources: &["core/v1 Pod status.containerStatuses", "Kubernetes documentation: resource management"],
});

/// Killed now, or before the present wait.
pub fn finding(_cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let killed = |t: Option<&kubereach_model::snapshot::model::Terminated>| {
        t.is_some_and(|t| t.reason.as_deref() == Some("OOMKilled"))
    };
    let (container, _) = containers(pod.get()).find(|(c, _)| {
        let waits = c.state.waiting.is_some() && killed(c.last_state.terminated.as_deref());
        waits || killed(c.state.terminated.as_deref())
    })?;
    // Once it is started again (or waits for it), its own words are those of the run before.
    let previous = container.state.terminated.is_none();
    Some(
        DOC.finding(
            pod.object(),
            format!("container {} of pod {} was killed for lack of memory", container.name, pod.metadata.name),
        )
        .cause(format!("it exceeded its memory limit{}", crate::checks::pod::restarts(container)))
        .next(
            "Raise its memory limit, or find what uses the memory.",
            command::logs(&pod.object(), &container.name, previous),
        ),
    )
}
