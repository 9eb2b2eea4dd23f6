//! `route/attached-lag`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/attached-lag",
    segment: SegmentName::Rule,
    title: "The listener does not count the route as attached",
    explanation: "The route is accepted, but the current status of the listener says that no route is attached. One of \
                  the two statuses lags behind; which cannot be told from one snapshot.",
    example: "status.listeners[0].attachedRoutes: 0 with an accepted HTTPRoute",
    sources: &["Gateway API reference: ListenerStatus.attachedRoutes"],
});

/// For a route at a listener that counts none.
pub fn finding(route: Found<'_, Route>, door: &Door<'_>) -> Finding {
    let gap = Gap::investigate("the statuses of route and listener disagree", "one of them lags behind");
    DOC.finding(
        &gap,
        route.object(),
        format!(
            "{} {} is accepted, but {} counts no attached route",
            route.kind.word(),
            route.metadata.name,
            door.describe()
        ),
    )
    .next("look at the Gateway's status again", command::describe(&door.owner.object()))
}
