//! `gateway/condition-false`: the controller says no, and the configuration shows no reason.

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::gateway_api::context::{GatewayStatusContext, ListenerContext};
use crate::resolve::conditions::ConditionState;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Segment, Text, command, said};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::Condition;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/condition-false",
    segment: SegmentName::Controller,
    title: "The controller says no, and the configuration shows no reason",
    explanation: "A current condition says False although nothing in the configuration that was read explains it. The \
                  reason may be specific to the implementation (a port it cannot bind, a limit, parameters it does not \
                  accept). The controller is quoted; whether traffic flows cannot be told.",
    example: "\
status.listeners[0].conditions: [{type: Programmed, status: \"False\", reason: PortUnavailable}]",
    sources: &["Gateway API reference: GatewayStatus.conditions", "Gateway API reference: ListenerStatus.conditions"],
});

/// For the condition that decides about a Gateway, unless what was found on its listeners or addresses explains it.
pub(super) fn of_gateway(cx: &GatewayStatusContext<'_, '_>, segment: &mut Segment) {
    let ConditionState::False(condition) = cx.gateway.decisive() else { return };
    let explained = match (&*condition.kind, condition.reason()) {
        ("Accepted", "ListenersNotValid") | ("Programmed", "ListenersNotValid" | "Invalid") => cx.listeners_explained,
        ("Accepted", "UnsupportedAddress") => cx.addresses_explained,
        // Of an accepted Gateway that is said at its address.
        ("Programmed", "AddressNotAssigned" | "AddressNotUsable") => true,
        _ => false,
    };
    if !explained {
        let gateway = cx.gateway.gateway();
        segment.add(finding(gateway.object(), &format!("Gateway {}", gateway.metadata.name), condition));
    }
}

/// For a condition of a listener on which nothing else was found.
pub(super) fn of_listener(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    if let Some(condition) = cx.refusal() {
        segment.add(finding(cx.listener.owner.object(), &cx.listener.describe(), condition));
    }
}

/// `about` names what the condition is about.
fn finding(object: ObjectRef, about: &str, condition: &Condition) -> Finding {
    let words = said::quote(condition.message());
    let said = format!("{}={:?}", condition.kind, condition.status);
    let gap = Gap::investigate(format!("the controller reports {said} for {about}"), words.clone());
    let command = command::describe(&object);
    DOC.finding(
        &gap,
        object,
        format!(
            "the controller does not serve {about}: {}",
            if words.is_empty() { said::reason(condition) } else { words }
        ),
    )
    .cause(format!("condition {said}, reason {}", said::reason(condition)))
    .next("Follow the controller's message.", command)
}
