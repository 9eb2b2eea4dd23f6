//! `route/kind-unsettled`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/kind-unsettled",
    segment: SegmentName::Rule,
    title: "What the listener takes is not known",
    explanation: "The protocol of the listener is not one the Gateway API defines, so which kinds of route it takes is \
                  up to the implementation.",
    example: "An HTTPRoute attached to a listener with protocol: HBONE.",
    sources: &["Gateway API reference: ProtocolType"],
});

/// For the parentRef at `index`.
pub fn finding(route: Found<'_, Route>, index: usize, door: &Door<'_>) -> Finding {
    let gap = Gap::investigate(
        format!("which routes a {} listener takes is not known", command::cut(&door.listener.protocol)),
        "the Gateway API does not define the protocol",
    );
    DOC.finding(
        &gap,
        route.object(),
        format!(
            "whether {} takes {} {} is up to the implementation",
            door.describe(),
            route.kind.word(),
            route.metadata.name
        ),
    )
    .next("look at the route's status", command::describe(&route.object()))
    .at(route.origin, field!["spec", "parentRefs", index])
}
