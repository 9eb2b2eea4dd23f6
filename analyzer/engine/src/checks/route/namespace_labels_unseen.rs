//! `route/namespace-labels-unseen`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/namespace-labels-unseen",
    segment: SegmentName::Rule,
    title: "Whether the listener takes the route depends on labels that were not read",
    explanation: "The listener selects namespaces by label, and the labels of the route's namespace are not in the \
                  input. Nothing is claimed where the controller says, for the present spec, that it accepted the \
                  route.",
    example: "allowedRoutes: {namespaces: {from: Selector, ...}} in a dump without Namespaces",
    sources: &["Gateway API reference: RouteNamespaces.selector"],
});

/// For the parentRef at `index`.
pub fn finding(route: Found<'_, Route>, index: usize, door: &Door<'_>, gap: &Gap) -> Finding {
    DOC.finding(
        gap,
        route.object(),
        format!(
            "whether {} takes {} {} depends on labels of namespace {} that were not read",
            door.describe(),
            route.kind.word(),
            route.metadata.name,
            route.metadata.namespace
        ),
    )
    .next(
        "look at the labels of the namespace",
        command::get(
            &ObjectRef { kind: "Namespace".to_owned(), namespace: None, name: route.metadata.namespace.clone() },
            "--show-labels",
        ),
    )
    .at(route.origin, field!["spec", "parentRefs", index])
}
