//! `gateway/unsupported-address-type`: an address of a type that not every implementation knows.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::GatewayContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/unsupported-address-type",
    segment: SegmentName::Address,
    title: "An address of a type that not every implementation knows",
    explanation: "spec.addresses asks for an address of a type other than IPAddress and Hostname. What such a type \
                  means is up to the implementation, and one that does not know it refuses the whole Gateway.",
    example: "spec: {addresses: [{type: NamedAddress, value: reserved-1}]}",
    sources: &["Gateway API reference: GatewaySpecAddress.type"],
});

/// For each address of such a type, unless a controller accepted the Gateway.
pub(super) fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    let gateway = cx.gateway();
    if cx.accepted.is_true() {
        return;
    }
    for (index, address) in gateway.spec.addresses.iter().enumerate() {
        let kind = address.kind.as_deref().unwrap_or_default();
        if matches!(kind, "" | "IPAddress" | "Hostname") {
            continue;
        }
        let kind = command::cut(kind);
        let gap = Gap::investigate(
            format!("whether the controller supports addresses of type {kind} is not known"),
            "the type is specific to implementations",
        );
        segment.add(
            DOC.finding(
                &gap,
                gateway.object(),
                format!(
                    "Gateway {} asks for an address of type {kind}, which only some controllers understand",
                    gateway.metadata.name
                ),
            )
            .cause("a controller that does not support the type refuses the Gateway")
            .next("Look at the Gateway's Accepted condition.", command::describe(&gateway.object()))
            .at(gateway.origin, field!["spec", "addresses", index, "type"]),
        );
    }
}
