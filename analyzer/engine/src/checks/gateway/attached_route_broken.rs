//! `gateway/attached-route-broken`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "gateway/attached-route-broken",
    segment: SegmentName::Rule,
    title: "A route attached to the listener leads nowhere",
    explanation: "The listener itself is in order, but one of the routes attached to it is provably broken. The other \
                  routes, and the Gateway, are not condemned by it; look at the route.",
    example: "An HTTPRoute attached to the Gateway whose only backend does not exist.",
    sources: &["Gateway API reference: AllowedRoutes"],
});

/// For a route all of whose carrying paths at this listener are blocked.
pub fn finding(door: &Door<'_>, route: Found<'_, Route>) -> Finding {
    let object = route.object();
    let proof = route.shows("every path of it at this listener is blocked");
    let command = command::describe(&object);
    DOC.finding(
        &proof,
        object,
        format!("{} {} attached to {} leads nowhere", route.kind.word(), route.metadata.name, door.describe()),
    )
    .cause("the route or its backend is broken; see the route's own verdict")
    .next("look at the route", command)
}
