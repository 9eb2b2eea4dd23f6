//! `endpoints/pods-not-collected`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Truth;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "endpoints/pods-not-collected",
    segment: SegmentName::Endpoints,
    title: "The pods behind the addresses were not read",
    explanation: "EndpointSlices name ready addresses and the pods themselves were not read completely, so \
         their containers, ports and history could not be looked at.",
    example: "A dump of Services and EndpointSlices only.",
    sources: &["discovery.k8s.io/v1 EndpointSlice"],
});

/// Addresses without their pods.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let slices = matches!(cx.view.truth, Truth::Slices(_) | Truth::EndpointsObject { .. });
    let unread =
        cx.behind.endpoints.iter().filter(|e| e.pod.is_none() && e.target.is_some_and(|t| t.kind == "Pod")).count();
    let gap = cx.view.selected.gap.as_ref()?;
    (slices && unread > 0)
        .then(|| DOC.finding(cx.object(), format!("{unread} of the pods behind it were not read ({})", gap.sentence())))
}
