//! `route/partially-invalid`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Condition, Route};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
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
pub fn finding(route: Found<'_, Route>, condition: &Condition) -> Finding {
    let words = command::cut(condition.message());
    let proof = route.shows(format!("condition PartiallyInvalid is True: {words}"));
    let what = if words.starts_with("Fall Back") { "an earlier version of" } else { "only a part of" };
    DOC.finding(
        &proof,
        route.object(),
        format!("the controller serves {what} {} {}: {words}", route.kind.word(), route.metadata.name),
    )
    .cause("some rules of the route are invalid for the controller")
    .next("correct the rules the controller names", command::describe(&route.object()))
}
