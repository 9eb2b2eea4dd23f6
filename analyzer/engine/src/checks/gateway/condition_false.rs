//! `gateway/condition-false`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::Condition;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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

/// For a condition that no finding of the configuration explains. `about` names what it is about.
pub fn finding(object: ObjectRef, about: &str, condition: &Condition) -> Finding {
    let words = command::cut(condition.message());
    let said = format!("{}={:?}", condition.kind, condition.status);
    let gap = Gap::investigate(format!("the controller reports {said} for {about}"), words.clone());
    let command = command::describe(&object);
    DOC.finding(
        &gap,
        object,
        format!(
            "the controller does not serve {about}: {}",
            if words.is_empty() { condition.reason() } else { &words }
        ),
    )
    .cause(format!("condition {said}, reason {}", condition.reason()))
    .next("follow the controller's message", command)
}
