//! `service/selects-no-pod`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Truth;
use crate::resolve::service::closest_match::{self, ClosestMatch};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Absence;
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/selects-no-pod",
    segment: SegmentName::Endpoints,
    title: "The Service selects no pod",
    explanation: "A Service sends traffic to the pods that carry every label of its selector. Every pod of the \
         namespace was read and none carries them all, and no workload that was read would make such \
         a pod, so every connection to the Service is refused. In manifests a selector that is a slip of \
         the finger away from a template's labels is enough, where all workloads of that kind are in \
         the input. Not raised where pods were not read completely, where another EndpointSlice serves \
         the Service, or where the workload is merely at zero.",
    example: r"kind: Service
spec:
  selector: {app: web}   # the pods carry app: wbe",
    sources: &["core/v1 Service spec.selector", "Kubernetes endpoint slice controller"],
});

/// Nothing is selected, and nothing that was read would ever be.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if !cx.selects_nothing() {
        return None;
    }
    let view = cx.view;
    let selector = &view.service.get().value.spec.selector;
    let labels = closest_match::words(selector);
    if matches!(view.truth, Truth::Simulated(_)) && closest_match::brought_gap(cx.cluster).is_some() {
        return None;
    }
    let near = closest_match::closest_match(cx.cluster, view.namespace(), selector);
    let absence = absence(cx, near.as_ref(), &labels)?;
    let message = format!("no pod carries the labels this Service looks for ({labels})");
    let finding =
        DOC.finding(&absence.proof(), cx.object(), message).at(view.service.origin, field!["spec", "selector"]);
    Some(match near {
        Some(near) => finding
            .cause(format!("the nearest is {}: {}", near.title(), near.difference()))
            .next(
                "Make the selector and the pod labels agree.",
                command::get(&near.object, if near.template { "-o yaml" } else { "--show-labels" }),
            )
            .relates(near.object, "carries the most similar labels"),
        None => finding.cause("no pod or workload of the namespace carries similar labels").next(
            "Deploy the workload, or correct the selector.",
            format!("{} --show-labels", command::list("pods", view.namespace())),
        ),
    })
}

/// That no pod has these labels. Of manifests: that none is in the input and all would be, or that the selector is
/// misspelt.
fn absence(cx: &Context<'_, '_>, near: Option<&ClosestMatch>, labels: &str) -> Option<Absence> {
    let view = cx.view;
    let what = format!("a pod with the labels {labels} in namespace {}", view.namespace());
    let service = &view.service.get().value;
    let others = view.declared_only && closest_match::templates_gap(cx.cluster, view.namespace(), service).is_some();
    let none = || cx.cluster.snapshot.nothing_else::<Pod>(Some(view.namespace()), what.clone()).ok();
    if let (false, Some(absence)) = (others, none()) {
        return Some(absence);
    }
    near.filter(|_| view.declared_only).and_then(|near| closest_match::misspelt(cx.cluster, service, near, &what))
}
