//! `service/load-balancer-pending`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "service/load-balancer-pending",
    segment: SegmentName::Address,
    title: "The load balancer has no address yet",
    explanation: "The Service is of type LoadBalancer and no address has been published for it, so clients \
         outside have nothing to dial. Its cluster address works regardless. Without an \
         implementation in the cluster it stays like this for ever.",
    example: "A Service of type LoadBalancer on bare metal without a load balancer implementation.",
    sources: &["core/v1 Service status.loadBalancer"],
});

/// Live, no class, no address.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let service = &cx.view.service;
    let status = service.status.as_ref()?;
    // Its pods say why.
    if super::load_balancer_pods_down::finding(cx).is_some() {
        return None;
    }
    if service.is_manifest() || service.spec.load_balancer_class.is_some() || !status.load_balancer.ingress.is_empty() {
        return None;
    }
    Some(
        DOC.finding(
            &service.shows("status.loadBalancer holds no address"),
            cx.object(),
            "it has no load balancer address: clients outside the cluster have nothing to dial",
        )
        .cause("nothing has provided a load balancer for it (yet); its cluster address is not concerned")
        .next("Find out what the load balancer controller says.", command::describe(&cx.object()))
        .at(service.origin, field!["status", "loadBalancer"]),
    )
}
