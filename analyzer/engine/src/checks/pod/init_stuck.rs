//! `pod/init-stuck`

use kubereach_reports::report::SegmentName;

use crate::checks::pod::sidecar;
use crate::evaluate::Cluster;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/init-stuck",
    segment: SegmentName::Endpoints,
    title: "An init container has not finished",
    explanation: "Init containers run one after the other before the app starts. One of them has not finished, \
         so the app has not started; init containers often wait for another Service.",
    example: "An init container that loops until a database answers.",
    sources: &["core/v1 Pod spec.initContainers"],
});

/// The first init container that is not done.
pub fn finding(_cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let value = &pod.get().value;
    let status = value.status.as_ref()?;
    let scheduled = value.spec.node_name.is_some();
    let stuck = status.init_container_statuses.iter().find(|c| {
        let done = c.state.terminated.as_ref().is_some_and(|t| t.exit_code.known() == Some(&0));
        let serving = sidecar(&value.spec, &c.name) && (c.started.0 == Some(true) || c.ready.0 == Some(true));
        !done && !serving && c.ready.0 != Some(true)
    });
    let stuck = stuck.filter(|_| scheduled)?;
    let doing = match (&stuck.state.running, &stuck.state.waiting) {
        (Some(_), _) => "it is running and has not finished",
        (None, Some(w)) if w.reason.as_deref() == Some("PodInitializing") => "the one before it has not finished",
        _ => "it has not started",
    };
    Some(
        DOC.finding(
            pod.object(),
            format!("init container {} of pod {} has not finished", stuck.name, pod.metadata.name),
        )
        .cause(format!("{doing}; the app starts after it"))
        .next("Find out what it waits for.", command::describe(&pod.object())),
    )
}
