//! `service/load-balancer-unseen`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "service/load-balancer-unseen",
    segment: SegmentName::Address,
    title: "The status of the load balancer was not collected",
    explanation: "Load balancer addresses are kept in the status of a Service. The collector dropped the status of the Service, so whether a load balancer address was \
         published cannot be told.",
    example: "A dump that strips status from every object.",
    sources: &["core/v1 Service status.loadBalancer"],
});

/// Live once, without its status.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let service = &cx.view.service;
    if service.is_manifest() || service.status.is_some() {
        return None;
    }
    let gap = Gap::investigate("the status of the Service", "the input holds the object without it");
    Some(
        DOC.finding(&gap, cx.object(), "whether a load balancer address was published for it was not collected")
            .next("Ask the cluster.", command::get(&cx.object(), "")),
    )
}
