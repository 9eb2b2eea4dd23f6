//! `route/unevaluated-backend-kind`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/unevaluated-backend-kind",
    segment: SegmentName::Reference,
    title: "The backend is of a kind that is not evaluated",
    explanation: "ServiceImport, InferencePool and kinds of implementations may be backends. Whether the controller \
                  knows the kind, and what lies behind, is not evaluated; one that does not know it treats the \
                  reference as invalid.",
    example: "backendRefs: [{group: multicluster.x-k8s.io, kind: ServiceImport, name: api, port: 80}]",
    sources: &["Gateway API reference: BackendObjectReference.kind"],
});

/// For the backendRef at `index` of the rule at `rule`.
pub fn finding(route: Found<'_, Route>, rule: usize, index: usize, target: &Target<'_>) -> Finding {
    let kind = command::cut(&target.kind);
    let gap = Gap::investigate(
        format!("backends of kind {kind} are not evaluated"),
        "their meaning is specific to an extension or implementation",
    );
    DOC.finding(
        &gap,
        route.object(),
        format!(
            "{} {} sends requests to {kind} {}, which is not evaluated",
            route.kind.word(),
            route.metadata.name,
            target.name
        ),
    )
    .next("look at the ResolvedRefs condition of the route", command::describe(&route.object()))
    .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "kind"])
}
