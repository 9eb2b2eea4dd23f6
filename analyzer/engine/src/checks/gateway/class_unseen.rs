//! `gateway/class-unseen`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Gateway;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/class-unseen",
    segment: SegmentName::Controller,
    title: "The GatewayClass was not read",
    explanation: "The class decides which controller serves the Gateway. It is not in the input, and the input does \
                  not prove that it does not exist. Nothing is claimed where the Gateway itself says, for its present \
                  spec, that a controller accepted it.",
    example: "A Gateway manifest without its GatewayClass.",
    sources: &["Gateway API reference: GatewaySpec.gatewayClassName"],
});

/// For a Gateway whose class was not read.
pub fn finding(gateway: Found<'_, Gateway>, gap: &Gap) -> Finding {
    let class = &gateway.spec.gateway_class_name;
    DOC.finding(
        gap,
        gateway.object(),
        format!(
            "the GatewayClass {class} is not in the input, so it is not known whether a controller serves the Gateway"
        ),
    )
    .next(
        "look whether the class exists and is accepted",
        command::get(&ObjectRef { kind: "GatewayClass".to_owned(), namespace: None, name: class.clone() }, ""),
    )
    .at(gateway.origin, field!["spec", "gatewayClassName"])
}
