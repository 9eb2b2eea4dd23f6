//! `pod/crash-loop`

use kubereach_reports::report::SegmentName;

use crate::checks::pod::containers;
use crate::evaluate::Cluster;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/crash-loop",
    segment: SegmentName::Endpoints,
    title: "A container keeps exiting",
    explanation: "A container starts, exits and is started again with growing delays (or has exited and stays \
         so). The pod is not ready while it is down.",
    example: "state.waiting.reason: CrashLoopBackOff",
    sources: &["core/v1 Pod status.containerStatuses"],
});

/// Waiting to be started again, or gone with an error.
pub fn finding(_cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    let (container, init) = containers(pod.get()).find(|(c, init)| {
        let waits = c.state.waiting.as_ref().and_then(|w| w.reason.as_deref()) == Some("CrashLoopBackOff");
        let failed = c.state.terminated.as_ref().is_some_and(|t| t.exit_code.known().is_some_and(|code| *code != 0));
        // An ordinary container that has ended is down whatever its exit code; an init container is done.
        let ended = !init && c.state.terminated.is_some();
        waits || failed || ended
    })?;
    let last = container.state.terminated.as_ref().or(container.last_state.terminated.as_ref());
    let exit = match last.and_then(|t| t.exit_code.known()) {
        Some(137) => "it was killed (exit code 137)".to_owned(),
        Some(143) => "it was told to stop (exit code 143)".to_owned(),
        Some(code) => format!("it exits with code {code}"),
        None => "it exits after every start".to_owned(),
    };
    let words =
        last.and_then(|t| t.message.as_deref()).map(|m| format!(", saying: {}", said::end(m))).unwrap_or_default();
    let role = if init { "init container" } else { "container" };
    // While it waits, the logs that tell are those of the run before; while it is merely ended, its own.
    let previous = container.state.waiting.is_some();
    Some(
        DOC.finding(pod.object(), format!("{role} {} of pod {} keeps exiting", container.name, pod.metadata.name))
            .cause(format!("{exit}{}{words}", crate::checks::pod::restarts(container)))
            .next("Read what it said before it exited.", command::logs(&pod.object(), &container.name, previous)),
    )
}
