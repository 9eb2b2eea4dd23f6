//! `route/default-gateway`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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
pub fn finding(route: Found<'_, Route>) -> Finding {
    let gap = Gap::investigate("default Gateways are not evaluated", "useDefaultGateways is experimental");
    DOC.finding(
        &gap,
        route.object(),
        format!(
            "{} {} leaves the choice of its Gateway to the cluster, which is not evaluated",
            route.kind.word(),
            route.metadata.name
        ),
    )
    .next("look at the route's status for the Gateways that took it", command::get(&route.object(), "-o yaml"))
    .at(route.origin, field!["spec", "useDefaultGateways"])
}
