//! `route/no-parent`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/no-parent",
    segment: SegmentName::Rule,
    title: "The route names no parent",
    explanation: "A route is served by the Gateways its parentRefs name. It names none and does not ask for default \
                  Gateways either, so nothing serves it.",
    example: "\
kind: HTTPRoute
spec: {rules: [...]}   # no parentRefs",
    sources: &["Gateway API reference: CommonRouteSpec.parentRefs"],
});

/// For a route without parentRefs.
pub fn finding(route: Found<'_, Route>) -> Finding {
    let proof = route.shows("spec.parentRefs is empty");
    DOC.finding(
        &proof,
        route.object(),
        format!("{} {} names no Gateway, so nothing serves it", route.kind.word(), route.metadata.name),
    )
    .next("name a Gateway in parentRefs", command::get(&route.object(), "-o yaml"))
    .at(route.origin, field!["spec", "parentRefs"])
}
