//! `route/not-reconciled`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/not-reconciled",
    segment: SegmentName::Rule,
    title: "No controller has spoken about the route",
    explanation: "The Gateway is served by a controller, and the route is live, but its status says nothing about this \
                  parent. The controller may not support this kind of route, may lack permission, or may not have come \
                  round to it.",
    example: "A live TCPRoute with empty status.parents on a programmed Gateway.",
    sources: &["Gateway API reference: RouteStatus.parents"],
});

/// For a parent that the route's status does not mention.
pub fn finding(route: Found<'_, Route>, parent: &ObjectRef) -> Finding {
    let gap = Gap::investigate(
        format!("no controller has reported about the route at {} {}", parent.kind, parent.name),
        "its status has no entry for this parent",
    );
    DOC.finding(
        &gap,
        route.object(),
        format!(
            "no controller has taken up {} {} for {} {}",
            route.kind.word(),
            route.metadata.name,
            parent.kind,
            parent.name
        ),
    )
    .cause("the controller does not support this kind of route, may not read it, or has not come round to it")
    .next("look at the route's status and at the logs of the controller", command::describe(&route.object()))
}
