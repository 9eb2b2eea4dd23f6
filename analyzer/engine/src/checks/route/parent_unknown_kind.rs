//! `route/parent-unknown-kind`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/parent-unknown-kind",
    segment: SegmentName::Listener,
    title: "The parent is of a kind that is not evaluated",
    explanation: "parentRefs may name kinds of an implementation. What attaching to one means is its own affair: whether the route is served through it cannot be told from the specs that this version knows.",
    example: "parentRefs: [{group: networking.istio.io, kind: ServiceEntry, name: api}]",
    sources: &["Gateway API reference: ParentReference.kind"],
});

/// For the parentRef at `index`.
pub fn finding(route: Found<'_, Route>, index: usize, parent: &ObjectRef) -> Finding {
    let kind = command::cut(&parent.kind);
    let gap = Gap::investigate(
        format!("parents of kind {kind} are not evaluated"),
        "their meaning is specific to an implementation",
    );
    DOC.finding(
        &gap,
        route.object(),
        format!("{} {} is attached to a {kind}, which is not evaluated", route.kind.word(), route.metadata.name),
    )
    .next("look at the route's status", command::describe(&route.object()))
    .at(route.origin, field!["spec", "parentRefs", index, "kind"])
}
