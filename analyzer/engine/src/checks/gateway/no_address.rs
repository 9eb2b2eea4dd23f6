//! `gateway/no-address`: the Gateway publishes no address.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::GatewayContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/no-address",
    segment: SegmentName::Address,
    title: "The Gateway publishes no address",
    explanation: "A live Gateway with a status has no address in it. Clients do not know where to dial. Some \
                  implementations never publish one (a mesh waypoint, a NodePort set-up), so this clouds and does not \
                  block. A manifest has no addresses and is not asked for any.",
    example: "status: {addresses: [], conditions: [...]}",
    sources: &["Gateway API reference: GatewayStatus.addresses"],
});

/// For a live Gateway that is accepted or programmed and publishes no address.
pub(super) fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    let gateway = cx.gateway();
    let without_address = gateway.status.as_ref().is_some_and(|s| s.addresses.is_empty());
    if !without_address || !(cx.accepted.is_true() || cx.programmed.is_true()) {
        return;
    }
    let gap = Gap::investigate(
        "the Gateway's status lists no address",
        "none was assigned, or the implementation publishes none",
    );
    segment.add(
        DOC.finding(
            &gap,
            gateway.object(),
            format!("Gateway {} has no address that clients could dial", gateway.metadata.name),
        )
        .cause("usually the load balancer of its data plane has not got an address")
        .next("Look at the Services of its data plane.", command::list("services", &gateway.metadata.namespace)),
    );
}
