//! `route/not-programmed`: the controller accepted the route and says that it does not serve it.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteStatusContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command, said};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::ConditionStatus;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/not-programmed",
    segment: SegmentName::Rule,
    title: "The controller accepted the route and says that it does not serve it",
    explanation: "Beside the conditions of the specification some implementations report whether a route has reached the \
                  data plane: Kong `Programmed`, Google `Reconciled`, Istio `ResolvedWaypoints`. A current one that is \
                  False or Unknown is the controller's own word that the route is not served, or not yet. It is quoted; \
                  whether traffic flows cannot be told.",
    example: "status.parents[0].conditions: [{type: Accepted, status: \"True\"}, {type: Programmed, status: Unknown}]",
    sources: &["Gateway API reference: RouteParentStatus.conditions", "GEP-1364"],
});

/// For such a condition, in the controller's words.
pub(super) fn check(cx: &RouteStatusContext<'_, '_>, segment: &mut Segment) {
    let accepted = cx.status.accepted_by().is_some();
    let Some((controller, condition)) = cx.status.not_served().filter(|_| accepted && !cx.unattached) else { return };
    let route = cx.route;
    let said = if condition.status == ConditionStatus::False { "False" } else { "Unknown" };
    let words = said::quote(condition.message());
    let gap =
        Gap::investigate(format!("{} reports {}={said}", command::cut(controller), condition.kind), words.clone());
    let why = if words.is_empty() { said::reason(condition) } else { words };
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!(
                "{} {} was accepted, and its controller reports {}={said}: {why}",
                route.kind.word(),
                route.metadata.name,
                condition.kind
            ),
        )
        .cause(format!("condition {} is {said}, reason {}", condition.kind, said::reason(condition)))
        .next("Follow the controller's message.", command::describe(&route.object())),
    );
}
