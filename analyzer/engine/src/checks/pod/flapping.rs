//! `pod/flapping`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/flapping",
    segment: SegmentName::Endpoints,
    title: "A ready pod restarts often",
    explanation: "A pod is ready now and one of its containers has been restarted many times (10, or what \
         `restarts` in kubereach.toml says). It drops traffic at every restart.",
    example: "restartCount: 40 on a container that is ready",
    sources: &["core/v1 Pod status.containerStatuses"],
});

/// The ready pod that was restarted most.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let many = cx.cluster.snapshot.thresholds.many_restarts;
    let pods = cx.view.selected.ready();
    let (restarts, pod, container) = pods
        .flat_map(|pod| {
            let statuses = pod.get().value.status.iter().flat_map(|s| &s.container_statuses);
            statuses.filter_map(move |c| Some((*c.restart_count.known()?, pod, c)))
        })
        .filter(|(restarts, ..)| *restarts >= many)
        .max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.metadata.name.cmp(&a.1.metadata.name)))?;
    let ran_before = container.last_state.terminated.is_some();
    Some(
        DOC.finding(
            pod.object(),
            format!(
                "pod {} is ready, and its container {} was restarted {restarts} times",
                pod.metadata.name, container.name
            ),
        )
        .cause("traffic is dropped at every restart")
        .next("Read what it said before the last restart.", command::logs(&pod.object(), &container.name, ran_before)),
    )
}
