//! `pod/startup-pending`

use kubereach_reports::report::SegmentName;

use crate::checks::pod::containers;
use crate::evaluate::Cluster;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/startup-pending",
    segment: SegmentName::Endpoints,
    title: "The pod is still starting",
    explanation: "The containers are being created, or a startup probe has not passed yet. Nothing failed so far; readiness is not \
         measured before that.",
    example: "A container with a startupProbe that has not passed.",
    sources: &["core/v1 Container startupProbe"],
});

/// Not started yet, with nothing wrong so far.
pub fn finding(_cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let value = &pod.get().value;
    let probed = |name: &str| value.spec.containers.iter().any(|c| c.name == name && c.startup_probe.is_some());
    let unstarted = containers(pod.get())
        .find(|(c, init)| !init && c.state.running.is_some() && c.started.0 == Some(false) && probed(&c.name));
    let cause = match unstarted {
        Some((container, _)) => format!("the startup probe of container {} has not passed", container.name),
        None if pod.phase() == "Pending" => "its containers are being created".to_owned(),
        None => return None,
    };
    Some(
        DOC.finding(pod.object(), format!("pod {} is still starting", pod.metadata.name))
            .cause(cause)
            .next("See how far it has come.", command::describe(&pod.object())),
    )
}
