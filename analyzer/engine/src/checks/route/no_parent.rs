//! `route/no-parent`: the route names no parent.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
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

/// For a route without parentRefs that does not ask for default Gateways.
pub(super) fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let route = cx.route;
    let asks = route.spec.use_default_gateways.as_deref().is_some_and(|which| which != "None");
    if asks || cx.delegated_by.is_some() || !route.spec.parent_refs.is_empty() {
        return;
    }
    let proof = route.shows("spec.parentRefs is empty");
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!("{} {} names no Gateway, so nothing serves it", route.kind.word(), route.metadata.name),
        )
        .next("Name a Gateway in parentRefs.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "parentRefs"]),
    );
}
