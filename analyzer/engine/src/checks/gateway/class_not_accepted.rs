//! `gateway/class-not-accepted`: the GatewayClass is not accepted.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::GatewayContext;
use crate::resolve::conditions::{ConditionState, state};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command, said};
use kubereach_model::snapshot::{Gap, Lookup};

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/class-not-accepted",
    segment: SegmentName::Controller,
    title: "The GatewayClass is not accepted",
    explanation: "The class exists, but its controller refuses it or has not spoken yet. Gateways of it may go on \
                  serving with an earlier configuration, so this clouds and does not block.",
    example: "A GatewayClass with condition Accepted=False, reason InvalidParameters.",
    sources: &["Gateway API reference: GatewayClassStatus"],
});

/// For a class that its controller refuses, or has not accepted while the Gateway itself is not settled.
pub(super) fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    let Lookup::Found(class) = &cx.state.class else { return };
    let gateway = cx.gateway();
    let conditions = class.get().status.as_ref().map(|s| &*s.conditions).unwrap_or_default();
    let settled = cx.accepted.is_true() && cx.programmed.is_true();
    let condition = match state(conditions, "Accepted", &class.metadata.generation) {
        ConditionState::False(condition) => condition,
        ConditionState::Unknown(condition) if !settled => condition,
        _ => return,
    };
    let word = if condition.status == kubereach_model::snapshot::model::ConditionStatus::False {
        "is refused by its controller"
    } else {
        "was not accepted by a controller yet"
    };
    let gap =
        Gap::investigate(format!("GatewayClass {} {word}", class.metadata.name), said::quote(condition.message()));
    segment.add(
        DOC.finding(
            &gap,
            class.object(),
            format!("the GatewayClass {} {word} ({})", class.metadata.name, said::reason(condition)),
        )
        .cause(said::quote(condition.message()))
        .next("Read what the controller says about the class.", command::describe(&class.object()))
        .relates(gateway.object(), "the Gateway of this class"),
    );
}
