//! `service/selects-nothing-seen`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Truth;
use crate::resolve::service::closest_match;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "service/selects-nothing-seen",
    segment: SegmentName::Endpoints,
    title: "Nothing in the input matches the selector",
    explanation: "Manifests name a Service whose selector matches no pod and no workload template of the \
         input, and the input is not known to be everything: the workload may be deployed from \
         elsewhere, or made by an operator. It becomes a proved break when the input is declared \
         complete (--assume-complete).",
    example: r"kind: Service
spec:
  selector: {app: web}   # no Deployment in the input has this label",
    sources: &["core/v1 Service spec.selector"],
});

/// Manifests in which nothing matches, and which may not be all there is.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let view = cx.view;
    let brought = if matches!(view.truth, Truth::Simulated(_)) { closest_match::brought_gap(cx.cluster) } else { None };
    if (!view.declared_only && brought.is_none()) || !cx.selects_nothing() {
        return None;
    }
    let selector = &view.service.get().value.spec.selector;
    let labels = closest_match::words(selector);
    let gap = brought
        .or_else(|| closest_match::templates_gap(cx.cluster, view.namespace(), &view.service.get().value))
        .or_else(|| view.selected.gap.clone())
        .unwrap_or_else(|| Gap::investigate("what the selector matches", "the input may not be everything"));
    let message = format!("nothing in the input carries the labels this Service looks for ({labels})");
    let finding = DOC.finding(&gap, cx.object(), message).at(view.service.origin, field!["spec", "selector"]);
    Some(match closest_match::closest_match(cx.cluster, view.namespace(), selector) {
        Some(near) => finding
            .cause(format!("the nearest is {}: {}", near.title(), near.difference()))
            .next("Compare the selector with the labels of the pod template.", "")
            .relates(near.object, "carries the most similar labels"),
        None => finding.cause("its pods may be deployed from elsewhere").next(
            "Add the workload to the input, or check the cluster.",
            command::labelled("pods", view.namespace(), selector),
        ),
    })
}
