//! `gateway/class-not-accepted`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::model::{Condition, Gateway, GatewayClass};
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/class-not-accepted",
    segment: SegmentName::Controller,
    title: "The GatewayClass is not accepted",
    explanation: "The class exists, but its controller refuses it or has not spoken yet. Gateways of it may go on \
                  serving with an earlier configuration, so this clouds and does not block.",
    example: "A GatewayClass with condition Accepted=False, reason InvalidParameters.",
    sources: &["Gateway API reference: GatewayClassStatus"],
});

/// For a class whose Accepted condition is not True.
pub fn finding(gateway: Found<'_, Gateway>, class: Found<'_, GatewayClass>, condition: &Condition) -> Finding {
    let word = if condition.status == kubereach_model::snapshot::model::ConditionStatus::False {
        "is refused by its controller"
    } else {
        "was not accepted by a controller yet"
    };
    let gap =
        Gap::investigate(format!("GatewayClass {} {word}", class.metadata.name), command::cut(condition.message()));
    DOC.finding(
        &gap,
        class.object(),
        format!("the GatewayClass {} {word} ({})", class.metadata.name, condition.reason()),
    )
    .cause(command::cut(condition.message()))
    .next("read what the controller says about the class", command::describe(&class.object()))
    .relates(gateway.object(), "the Gateway of this class")
}
