//! `gateway/unsupported-address-type`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Gateway;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/unsupported-address-type",
    segment: SegmentName::Address,
    title: "An address of a type that not every implementation knows",
    explanation: "spec.addresses asks for an address of a type other than IPAddress and Hostname. What such a type \
                  means is up to the implementation, and one that does not know it refuses the whole Gateway.",
    example: "spec: {addresses: [{type: NamedAddress, value: reserved-1}]}",
    sources: &["Gateway API reference: GatewaySpecAddress.type"],
});

/// For the address at `index`.
pub fn finding(gateway: Found<'_, Gateway>, index: usize, kind: &str) -> Finding {
    let gap = Gap::investigate(
        format!("whether the controller supports addresses of type {kind} is not known"),
        "the type is specific to implementations",
    );
    DOC.finding(
        &gap,
        gateway.object(),
        format!(
            "Gateway {} asks for an address of type {kind}, which only some controllers understand",
            gateway.metadata.name
        ),
    )
    .cause("a controller that does not support the type refuses the Gateway")
    .next("look at the Gateway's Accepted condition", command::describe(&gateway.object()))
    .at(gateway.origin, field!["spec", "addresses", index, "type"])
}
