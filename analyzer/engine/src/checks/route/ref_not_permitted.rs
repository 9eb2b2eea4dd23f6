//! `route/ref-not-permitted`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Absence, Found};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/ref-not-permitted",
    segment: SegmentName::Reference,
    title: "No ReferenceGrant allows the backend",
    explanation: "The backend is in another namespace than the route. A ReferenceGrant in the namespace of the backend \
                  must allow references from this kind of route in this namespace to this kind of object. There is \
                  none, so the reference is invalid. A grant in the namespace of the route has no effect.",
    example: "\
An HTTPRoute in shop with backendRefs: [{name: db, namespace: data, port: 80}] and no ReferenceGrant in data.",
    sources: &["Gateway API reference: ReferenceGrant"],
});

/// For the backendRef at `index` of the rule at `rule`. `elsewhere` is a grant in the wrong namespace.
pub fn finding(
    route: Found<'_, Route>,
    rule: usize,
    index: usize,
    target: &Target<'_>,
    share: &str,
    absence: &Absence,
    elsewhere: Option<&ObjectRef>,
) -> Finding {
    let cause = elsewhere.map_or_else(
        || {
            format!(
                "a route may use a {} of another namespace only if a ReferenceGrant in that namespace allows it",
                target.kind
            )
        },
        |grant| {
            format!(
                "the ReferenceGrant {} would allow it, but it is in namespace {}; it must be in {}",
                grant.name,
                grant.namespace.as_deref().unwrap_or_default(),
                target.namespace
            )
        },
    );
    DOC.finding(
        &absence.proof(),
        route.object(),
        format!(
            "{} {} may not send {share} to {}: no ReferenceGrant in namespace {} allows it",
            route.kind.word(),
            route.metadata.name,
            target.describe(),
            target.namespace
        ),
    )
    .cause(cause)
    .next(
        "create a ReferenceGrant in the namespace of the backend",
        command::list("referencegrants", &target.namespace),
    )
    .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "namespace"])
}
