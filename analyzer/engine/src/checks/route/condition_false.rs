//! `route/condition-false`: the controller refuses the route, and the configuration shows no reason.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteStatusContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command, said};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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

/// For a condition that the configuration does not explain; in the controller's words.
pub(super) fn check(cx: &RouteStatusContext<'_, '_>, segment: &mut Segment) {
    let status = cx.status;
    let reported = match (status.accepted_by(), status.refused_by()) {
        (None, Some(refused)) => Some(refused).filter(|_| !cx.unattached),
        _ if cx.unattached || cx.unresolved || status.is_resolved() => None,
        _ => status.unresolved_by(),
    };
    let Some((controller, condition)) = reported else { return };
    let route = cx.route;
    let words = said::quote(condition.message());
    let gap = Gap::investigate(format!("{} reports {}=False", command::cut(controller), condition.kind), words.clone());
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!(
                "the controller does not serve {} {} as it stands: {}",
                route.kind.word(),
                route.metadata.name,
                if words.is_empty() { said::reason(condition) } else { words }
            ),
        )
        .cause(format!("condition {} is False, reason {}", condition.kind, said::reason(condition)))
        .next("Follow the controller's message.", command::describe(&route.object())),
    );
}
