//! `endpoints/from-endpoints-object`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Truth;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "endpoints/from-endpoints-object",
    segment: SegmentName::Endpoints,
    title: "Judged by the Endpoints object",
    explanation: "EndpointSlices, which kube-proxy reads, were not collected; the older Endpoints object was. \
         It says the same in most clusters, may lag behind, and is cut off at 1000 addresses.",
    example: "A dump made by kubectl get svc,ep,pods.",
    sources: &["KEP-4974", "core/v1 Endpoints"],
});

/// The weaker source speaks.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let Truth::EndpointsObject { truncated } = cx.view.truth else { return None };
    let cut = if truncated { "; it is cut off at 1000 addresses" } else { "" };
    Some(DOC.finding(cx.object(), format!("EndpointSlices were not collected: judged by its Endpoints object{cut}")))
}
