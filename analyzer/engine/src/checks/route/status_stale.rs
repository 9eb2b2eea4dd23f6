//! `route/status-stale`: the status of the route speaks of an older spec.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteStatusContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/status-stale",
    segment: SegmentName::Rule,
    title: "The status of the route speaks of an older spec",
    explanation: "The conditions were written for an earlier generation of the route. The earlier version may still be \
                  served; what the controller makes of the present one is not known. PartiallyInvalid with a fall-back \
                  keeps the older generation on purpose and is reported as route/partially-invalid.",
    example: "metadata.generation 5, condition Accepted with observedGeneration 3",
    sources: &[
        "Kubernetes API conventions: observedGeneration",
        "Gateway API reference: RouteConditionPartiallyInvalid",
    ],
});

/// For a route whose conditions are all stale. A fall-back leaves the generation behind on purpose.
pub(super) fn check(cx: &RouteStatusContext<'_, '_>, segment: &mut Segment) {
    let status = cx.status;
    let decided = status.accepted_by().is_some() || status.refused_by().is_some();
    if cx.unattached || decided || status.partially_invalid().is_some() {
        return;
    }
    let Some(condition) = status.stale() else { return };
    let route = cx.route;
    let gap = Gap::investigate(
        format!("the {} condition speaks of an older version of the route", condition.kind),
        "observedGeneration is behind the generation",
    );
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!(
                "what the controller says about {} {} was said before its latest change",
                route.kind.word(),
                route.metadata.name
            ),
        )
        .cause("the controller has not processed the latest change; the earlier version may still be served")
        .next("Check whether the controller runs and what it says now.", command::describe(&route.object())),
    );
}
