//! `route/controllers-disagree`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/controllers-disagree",
    segment: SegmentName::Rule,
    title: "Two controllers say different things",
    explanation: "Several controllers report about the route at the same parent; one accepts it, another does not. \
                  Traffic flows through the one that accepts it.",
    example: "status.parents with two controllerNames, one Accepted=True, one Accepted=False.",
    sources: &["Gateway API reference: RouteParentStatus.controllerName"],
});

/// For a parent about which controllers disagree.
pub fn finding(route: Found<'_, Route>, yes: &str, no: &str) -> Finding {
    DOC.finding(route.object(), format!("{} accepts the route, {} does not", command::cut(yes), command::cut(no)))
}
