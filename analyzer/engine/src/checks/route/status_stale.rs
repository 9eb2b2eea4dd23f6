//! `route/status-stale`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::model::{Condition, Route};
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/status-stale",
    segment: SegmentName::Rule,
    title: "The status of the route speaks of an older spec",
    explanation: "The conditions were written for an earlier generation of the route. The earlier version may still be \
                  served; what the controller makes of the present one is not known. PartiallyInvalid with a fall-back \
                  keeps the older generation on purpose and is reported as route/partially-invalid.",
    example: "metadata.generation 5, condition Accepted with observedGeneration 3",
    sources: &[
        "Kubernetes API conventions: observedGeneration",
        "Gateway API reference: RouteConditionPartiallyInvalid",
    ],
});

/// For a route whose conditions are stale.
pub fn finding(route: Found<'_, Route>, condition: &Condition) -> Finding {
    let gap = Gap::investigate(
        format!("the {} condition speaks of an older version of the route", condition.kind),
        "observedGeneration is behind the generation",
    );
    DOC.finding(
        &gap,
        route.object(),
        format!(
            "what the controller says about {} {} was said before its latest change",
            route.kind.word(),
            route.metadata.name
        ),
    )
    .cause("the controller has not processed the latest change; the earlier version may still be served")
    .next("look whether the controller runs and what it says now", command::describe(&route.object()))
}
