//! `endpoints/from-pods`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Truth;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "endpoints/from-pods",
    segment: SegmentName::Endpoints,
    title: "Derived from pods",
    explanation: "Neither EndpointSlices nor Endpoints were collected. What would be in them was worked out \
         from the selector and the pods, as the control plane does it; whether the control plane did \
         it was not seen.",
    example: "A dump made by kubectl get svc,pods.",
    sources: &["Kubernetes endpoint slice controller"],
});

/// Worked out from pods.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let Truth::Pods(_) = cx.view.truth else { return None };
    Some(
        DOC.finding(
            cx.object(),
            "EndpointSlices were not collected: its addresses are derived from the pods it selects",
        ),
    )
}
