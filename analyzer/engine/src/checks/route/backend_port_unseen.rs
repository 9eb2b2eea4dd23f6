//! `route/backend-port-unseen`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/backend-port-unseen",
    segment: SegmentName::Reference,
    title: "The port was masked by the collector",
    explanation: "The port of the reference or of the Service is masked in the input, so the two cannot be compared.",
    example: "backendRefs: [{name: web, port: \"***HIDDEN***\"}]",
    sources: &["Gateway API reference: BackendObjectReference.port"],
});

/// For the backendRef at `index` of the rule at `rule`.
pub fn finding(route: Found<'_, Route>, rule: usize, index: usize, target: &Target<'_>) -> Finding {
    let gap = Gap::investigate("the port was masked by the collector", "a masked value cannot be compared");
    DOC.finding(
        &gap,
        route.object(),
        format!("which port of {} is meant cannot be told, it was masked", target.describe()),
    )
    .at(route.origin, field!["spec", "rules", rule, "backendRefs", index])
}
