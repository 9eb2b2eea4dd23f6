//! `gateway/status-stale`: the status speaks of an older spec.

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::gateway_api::context::{GatewayStatusContext, ListenerContext};
use crate::resolve::conditions::ConditionState;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::Condition;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/status-stale",
    segment: SegmentName::Controller,
    title: "The status speaks of an older spec",
    explanation: "A condition whose observedGeneration is smaller than the generation was written for an earlier spec. \
                  The data plane may still serve that one. What it says is not used for the present spec.",
    example: "metadata.generation 5, condition Accepted with observedGeneration 3",
    sources: &["Kubernetes API conventions: observedGeneration", "Gateway API reference: GatewayStatus.conditions"],
});

/// For a Gateway whose decisive condition is stale.
pub(super) fn of_gateway(cx: &GatewayStatusContext<'_, '_>, segment: &mut Segment) {
    if let ConditionState::Stale(condition) = cx.gateway.decisive() {
        segment.add(finding(cx.gateway.gateway().object(), condition));
    }
}

/// For a listener about which only stale conditions speak.
pub(super) fn of_listener(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let stale = |kind: &str| match cx.condition(kind) {
        ConditionState::Stale(condition) => Some(condition),
        _ => None,
    };
    if let (None, Some(condition)) = (cx.refusal(), ["Accepted", "Programmed"].into_iter().find_map(stale)) {
        segment.add(finding(cx.listener.owner.object(), condition));
    }
}

fn finding(object: ObjectRef, condition: &Condition) -> Finding {
    let gap = Gap::investigate(
        format!("the {} condition speaks of an older version of the object", condition.kind),
        "observedGeneration is behind the generation",
    );
    let message =
        format!("what the controller says about {} {} was said before its latest change", object.kind, object.name);
    let command = command::describe(&object);
    DOC.finding(&gap, object, message)
        .cause("the controller has not processed the latest change; the earlier configuration may still be served")
        .next("Check whether the controller runs and what it says now.", command)
}
