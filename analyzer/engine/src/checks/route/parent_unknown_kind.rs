//! `route/parent-unknown-kind`: the parent is of a kind that is not evaluated.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ParentContext;
use crate::resolve::route::parent::Parent;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/parent-unknown-kind",
    segment: SegmentName::Listener,
    title: "The parent is of a kind that is not evaluated",
    explanation: "parentRefs may name kinds of an implementation. What attaching to one means is its own affair: whether the route is served through it cannot be told from the specs that this version knows.",
    example: "parentRefs: [{group: networking.istio.io, kind: ServiceEntry, name: api}]",
    sources: &["Gateway API reference: ParentReference.kind"],
});

/// For a parent of such a kind.
pub(super) fn check(cx: &ParentContext<'_, '_>, segment: &mut Segment) {
    if !matches!(cx.link.parent, Parent::ThirdParty) {
        return;
    }
    let (route, index, parent) = (cx.route, cx.link.index, cx.object());
    let kind = command::cut(&parent.kind);
    let gap = Gap::investigate(
        format!("parents of kind {kind} are not evaluated"),
        "their meaning is specific to an implementation",
    );
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!("{} {} is attached to a {kind}, which is not evaluated", route.kind.word(), route.metadata.name),
        )
        .next("Look at the route's status.", command::describe(&route.object()))
        .at(route.origin, field!["spec", "parentRefs", index, "kind"]),
    );
}
