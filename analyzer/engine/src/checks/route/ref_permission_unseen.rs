//! `route/ref-permission-unseen`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/ref-permission-unseen",
    segment: SegmentName::Reference,
    title: "Whether the backend may be used is not known",
    explanation: "The backend is in another namespace, and the ReferenceGrants of that namespace were not read. \
                  Nothing is claimed where the controller says, for the present spec, that all references are \
                  resolved.",
    example: "A cross-namespace backendRef in a dump without ReferenceGrants.",
    sources: &["Gateway API reference: ReferenceGrant"],
});

/// For the backendRef at `index` of the rule at `rule`.
pub fn finding(route: Found<'_, Route>, rule: usize, index: usize, target: &Target<'_>, gap: &Gap) -> Finding {
    DOC.finding(
        gap,
        route.object(),
        format!(
            "whether {} {} may use {} is not known: the ReferenceGrants of namespace {} were not read",
            route.kind.word(),
            route.metadata.name,
            target.describe(),
            target.namespace
        ),
    )
    .next(
        "look for a ReferenceGrant in the namespace of the backend",
        command::list("referencegrants", &target.namespace),
    )
    .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "namespace"])
}
