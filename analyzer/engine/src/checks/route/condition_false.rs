//! `route/condition-false`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::model::{Condition, Route};
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/condition-false",
    segment: SegmentName::Rule,
    title: "The controller refuses the route, and the configuration shows no reason",
    explanation: "A current condition of the route says False although nothing in the configuration that was read \
                  explains it. The reason may be specific to the implementation. The controller is quoted; whether \
                  traffic flows cannot be told.",
    example: "\
status.parents[0].conditions: [{type: Accepted, status: \"False\", reason: UnsupportedValue}]",
    sources: &["Gateway API reference: RouteParentStatus.conditions"],
});

/// In the controller's words.
pub fn finding(route: Found<'_, Route>, controller: &str, condition: &Condition) -> Finding {
    let words = command::cut(condition.message());
    let gap = Gap::investigate(format!("{} reports {}=False", command::cut(controller), condition.kind), words.clone());
    DOC.finding(
        &gap,
        route.object(),
        format!(
            "the controller does not serve {} {} as it stands: {}",
            route.kind.word(),
            route.metadata.name,
            if words.is_empty() { condition.reason() } else { &words }
        ),
    )
    .cause(format!("condition {} is False, reason {}", condition.kind, condition.reason()))
    .next("follow the controller's message", command::describe(&route.object()))
}
