//! `gateway/address-unusable`: the controller could not use the requested address.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::GatewayStatusContext;
use crate::resolve::conditions::ConditionState;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command, said};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/address-unusable",
    segment: SegmentName::Address,
    title: "The controller could not use the requested address",
    explanation: "The controller says that an address the Gateway asks for is not assigned or cannot be used. Other \
                  addresses may serve; which, only the implementation knows.",
    example: "status.conditions: [{type: Programmed, status: \"False\", reason: AddressNotUsable}]",
    sources: &["Gateway API reference: GatewayReasonAddressNotUsable, GatewayReasonAddressNotAssigned"],
});

/// Where the controller says so of an accepted Gateway; in its words.
pub(super) fn check(cx: &GatewayStatusContext<'_, '_>, segment: &mut Segment) {
    let ConditionState::False(condition) = cx.gateway.decisive() else { return };
    let of_address = matches!(condition.reason(), "AddressNotAssigned" | "AddressNotUsable");
    if condition.kind != "Programmed" || !of_address {
        return;
    }
    let gateway = cx.gateway.gateway();
    let words = said::quote(condition.message());
    let gap = Gap::investigate(format!("the controller reports {}", said::reason(condition)), words.clone());
    segment.add(
        DOC.finding(
            &gap,
            gateway.object(),
            format!("the address of Gateway {} is not in use: {words}", gateway.metadata.name),
        )
        .cause("the requested address is not available to the controller, or none was assigned")
        .next("Read the Gateway's conditions and correct spec.addresses.", command::describe(&gateway.object()))
        .at(gateway.origin, field!["spec", "addresses"]),
    );
}
