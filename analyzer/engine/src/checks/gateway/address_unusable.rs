//! `gateway/address-unusable`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::{Condition, Gateway};
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/address-unusable",
    segment: SegmentName::Address,
    title: "The controller could not use the requested address",
    explanation: "The controller says that an address the Gateway asks for is not assigned or cannot be used. Other \
                  addresses may serve; which, only the implementation knows.",
    example: "status.conditions: [{type: Programmed, status: \"False\", reason: AddressNotUsable}]",
    sources: &["Gateway API reference: GatewayReasonAddressNotUsable, GatewayReasonAddressNotAssigned"],
});

/// In the controller's words.
pub fn finding(gateway: Found<'_, Gateway>, condition: &Condition) -> Finding {
    let words = command::cut(condition.message());
    let gap = Gap::investigate(format!("the controller reports {}", condition.reason()), words.clone());
    DOC.finding(
        &gap,
        gateway.object(),
        format!("the address of Gateway {} is not in use: {words}", gateway.metadata.name),
    )
    .cause("the requested address is not available to the controller, or none was assigned")
    .next("read the Gateway's conditions and correct spec.addresses", command::describe(&gateway.object()))
    .at(gateway.origin, field!["spec", "addresses"])
}
