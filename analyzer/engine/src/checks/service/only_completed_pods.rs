//! `service/only-completed-pods`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/only-completed-pods",
    segment: SegmentName::Endpoints,
    title: "Every pod the Service selects has finished",
    explanation: "A pod that ran to completion or failed receives no traffic any more. Every pod was read, the \
         Service selects some, and all of them are finished, typically those of a Job. Leftovers \
         beside running pods are only a note.",
    example: "A Service that selects the labels of a Job whose pods are Completed.",
    sources: &["Kubernetes endpoint slice controller", "core/v1 Pod status.phase"],
});

/// Only finished pods are selected.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let selected = &cx.view.selected;
    let (done, failed) = (selected.succeeded.len(), selected.failed.len());
    let others = !selected.live.is_empty() || !selected.terminating.is_empty();
    if cx.situation() != Situation::Empty || others || done + failed == 0 {
        return None;
    }
    let what = format!("a running pod behind {}", cx.view.title());
    let absence = cx.cluster.snapshot.nothing_else::<Pod>(Some(cx.view.namespace()), what).ok()?;
    let count = match (done, failed) {
        (n, 0) => format!("{n} completed"),
        (0, n) => format!("{n} failed"),
        (a, b) => format!("{a} completed, {b} failed"),
    };
    let mut finding = DOC
        .finding(&absence.proof(), cx.object(), format!("every pod it selects has finished ({count})"))
        .at(cx.view.service.origin, field!["spec", "selector"])
        .cause("a finished pod receives no traffic")
        .next(
            "Select the pods of a workload that keeps running.",
            command::labelled("pods", cx.view.namespace(), &cx.view.service.spec.selector),
        );
    if let Some(pod) = selected.failed.iter().chain(&selected.succeeded).next() {
        finding = finding.relates(pod.object(), "has finished");
    }
    Some(finding)
}
