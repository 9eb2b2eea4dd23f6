//! `gateway/no-address`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::model::Gateway;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/no-address",
    segment: SegmentName::Address,
    title: "The Gateway publishes no address",
    explanation: "A live Gateway with a status has no address in it. Clients do not know where to dial. Some \
                  implementations never publish one (a mesh waypoint, a NodePort set-up), so this clouds and does not \
                  block. A manifest has no addresses and is not asked for any.",
    example: "status: {addresses: [], conditions: [...]}",
    sources: &["Gateway API reference: GatewayStatus.addresses"],
});

/// For a live Gateway without addresses.
pub fn finding(gateway: Found<'_, Gateway>) -> Finding {
    let gap = Gap::investigate(
        "the Gateway's status lists no address",
        "none was assigned, or the implementation publishes none",
    );
    DOC.finding(
        &gap,
        gateway.object(),
        format!("Gateway {} has no address that clients could dial", gateway.metadata.name),
    )
    .cause("usually the load balancer of its data plane has not got an address")
    .next("look at the Services of its data plane", command::list("services", &gateway.metadata.namespace))
}
