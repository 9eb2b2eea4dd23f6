//! `route/hostname-conflict-unsettled`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/hostname-conflict-unsettled",
    segment: SegmentName::Rule,
    title: "HTTPRoute and GRPCRoute share a host name",
    explanation: "The specification lets only the older of the two stand. Here the creation times are not known, or \
                  the controller is one that serves both all the same, so it cannot be told whether this route is \
                  served.",
    example: "Manifests of an HTTPRoute and a GRPCRoute for the same host name.",
    sources: &["Gateway API reference: GRPCRoute"],
});

/// For a route that may have to yield; `why` is a clause.
pub fn finding(route: Found<'_, Route>, winner: Found<'_, Route>, door: &Door<'_>, why: &str) -> Finding {
    let gap = Gap::investigate("whether both routes are served is not known", why);
    DOC.finding(
        &gap,
        route.object(),
        format!(
            "{} {} and {} {} share a host name on {}; by the specification only the older is served",
            route.kind.word(),
            route.metadata.name,
            winner.kind.word(),
            winner.metadata.name,
            door.describe()
        ),
    )
    .next("look at the route's status", command::describe(&route.object()))
    .at(route.origin, field!["spec", "hostnames"])
    .relates(winner.object(), "the other route")
}
