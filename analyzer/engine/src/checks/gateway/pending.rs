//! `gateway/pending`: no controller has taken the Gateway yet.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::GatewayStatusContext;
use crate::resolve::conditions::ConditionState;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/pending",
    segment: SegmentName::Controller,
    title: "No controller has taken the Gateway yet",
    explanation: "The Gateway carries the conditions an API server writes at creation (Unknown, Pending, waiting for \
                  controller), or conditions without a decision. Either it is very young or no controller watches its \
                  class. The configuration alone cannot tell which.",
    example: "status.conditions: [{type: Accepted, status: Unknown, reason: Pending}]",
    sources: &["Gateway API reference: GatewayStatus.conditions"],
});

/// For a Gateway about which no controller has decided, or whose status was never written.
pub(super) fn check(cx: &GatewayStatusContext<'_, '_>, segment: &mut Segment) {
    let gateway = cx.gateway.gateway();
    let untouched = || gateway.status.as_ref().is_some_and(|s| s.conditions.is_empty() && s.listeners.is_empty());
    let pending = match cx.gateway.decisive() {
        ConditionState::Unknown(_) => true,
        ConditionState::Missing => matches!(cx.gateway.accepted, ConditionState::Missing) && untouched(),
        ConditionState::True(_) | ConditionState::False(_) | ConditionState::Stale(_) => false,
    };
    if !pending {
        return;
    }
    let gap = Gap::investigate(
        "no controller has said anything about the Gateway",
        "its conditions are still waiting for a controller",
    );
    segment.add(
        DOC.finding(
            &gap,
            gateway.object(),
            format!("no controller has taken up Gateway {} yet", gateway.metadata.name),
        )
        .cause("the controller of its class is not running, does not watch this namespace, or has not come round to it")
        .next(
            "Look at the Gateway's conditions and at the controller of its class.",
            command::describe(&gateway.object()),
        ),
    );
}
