//! `route/invalid-kind`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/invalid-kind",
    segment: SegmentName::Reference,
    title: "The backend is of a kind that cannot be one",
    explanation: "The reference names a core object other than a Service, or a workload. Routes send traffic to \
                  Services; requests that match the rule are answered with an error.",
    example: "backendRefs: [{kind: Deployment, group: apps, name: web, port: 80}]",
    sources: &["Gateway API reference: BackendObjectReference.kind"],
});

/// For the backendRef at `index` of the rule at `rule`.
pub fn finding(route: Found<'_, Route>, rule: usize, index: usize, target: &Target<'_>, share: &str) -> Finding {
    let kind = command::cut(&target.kind);
    let proof = route.shows(format!("backendRef {} of rule {} is of kind {kind}", index + 1, rule + 1));
    DOC.finding(
        &proof,
        route.object(),
        format!("{} {} sends {share} to a {kind}, which cannot be a backend", route.kind.word(), route.metadata.name),
    )
    .cause("routes forward to Services, not to workloads or other core objects")
    .next("put a Service in front and name that", command::get(&route.object(), "-o yaml"))
    .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "kind"])
}
