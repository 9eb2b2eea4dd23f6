//! `route/default-gateway`: the route asks for default Gateways.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/default-gateway",
    segment: SegmentName::Rule,
    title: "The route asks for default Gateways",
    explanation: "useDefaultGateways attaches a route to the Gateways that are marked as default. This experimental \
                  field is not evaluated: through which Gateways such a route is served, if any, is left open.",
    example: "\
kind: HTTPRoute
spec: {useDefaultGateways: All, rules: [...]}",
    sources: &["GEP-3793: Default Gateways"],
});

/// For a route without parentRefs that asks for default Gateways.
pub(super) fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let route = cx.route;
    let asks = route.spec.use_default_gateways.as_deref().is_some_and(|which| which != "None");
    if !asks || !route.spec.parent_refs.is_empty() {
        return;
    }
    let gap = Gap::investigate("default Gateways are not evaluated", "useDefaultGateways is experimental");
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!(
                "{} {} leaves the choice of its Gateway to the cluster, which is not evaluated",
                route.kind.word(),
                route.metadata.name
            ),
        )
        .next("Look at the route's status for the Gateways that took it.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "useDefaultGateways"]),
    );
}
