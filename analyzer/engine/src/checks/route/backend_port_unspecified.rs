//! `route/backend-port-unspecified`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/backend-port-unspecified",
    segment: SegmentName::Reference,
    title: "The reference to a Service names no port",
    explanation: "A reference to a Service must say which of its ports is meant. Without one it is invalid, and requests that match the rule are answered with an error instead of reaching the Service.",
    example: "backendRefs: [{name: web}]",
    sources: &["Gateway API reference: BackendObjectReference.port"],
});

/// For the backendRef at `index` of the rule at `rule`.
pub fn finding(route: Found<'_, Route>, rule: usize, index: usize, target: &Target<'_>, share: &str) -> Finding {
    let proof = route.shows(format!("backendRef {} of rule {} has no port", index + 1, rule + 1));
    DOC.finding(
        &proof,
        route.object(),
        format!(
            "the reference to Service {}/{} names no port, so {share} cannot be forwarded",
            target.namespace, target.name
        ),
    )
    .cause("a Service can only be reached by one of its ports")
    .next("add the port to the reference", command::get(&route.object(), "-o yaml"))
    .at(route.origin, field!["spec", "rules", rule, "backendRefs", index])
}
