//! `route/partially-invalid`: only a part of the route is served.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteStatusContext;
use kubereach_model::evidence::{CheckDoc, Narrows, Segment, Text, command, said};

pub(super) static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "route/partially-invalid",
    segment: SegmentName::Rule,
    title: "Only a part of the route is served",
    explanation: "The controller reports that it dropped invalid rules, or that it fell back to the last valid version \
                  of the route. What is valid is served; the present specification is not served in full.",
    example: "\
status.parents[0].conditions: [{type: PartiallyInvalid, status: \"True\", message: \"Dropped Rule 2: ...\"}]",
    sources: &["Gateway API reference: RouteConditionPartiallyInvalid"],
});

/// In the controller's words.
pub(super) fn check(cx: &RouteStatusContext<'_, '_>, segment: &mut Segment) {
    let Some(condition) = cx.status.partially_invalid() else { return };
    let route = cx.route;
    let words = said::quote(condition.message());
    let proof = route.shows(format!("condition PartiallyInvalid is True: {words}"));
    let what = if condition.message().starts_with("Fall Back") { "an earlier version of" } else { "only a part of" };
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!("the controller serves {what} {} {}: {words}", route.kind.word(), route.metadata.name),
        )
        .cause("some rules of the route are invalid for the controller")
        .next("Correct the rules the controller names.", command::describe(&route.object())),
    );
}
