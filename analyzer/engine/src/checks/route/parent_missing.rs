//! `route/parent-missing`: the parent does not exist.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ParentContext;
use crate::resolve::route::parent::Parent;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/parent-missing",
    segment: SegmentName::Listener,
    title: "The parent does not exist",
    explanation: "The Gateway, ListenerSet or Service that the route names as its parent does not exist. Nothing \
                  serves the route there. Raised only where the collection that would hold it was read completely.",
    example: "parentRefs: [{name: not-there}]",
    sources: &["Gateway API reference: ParentReference"],
});

/// For a parent that provably does not exist.
pub(super) fn check(cx: &ParentContext<'_, '_>, segment: &mut Segment) {
    let Parent::Missing(absence) = &cx.link.parent else { return };
    let (route, index, parent) = (cx.route, cx.link.index, cx.object());
    let namespace = parent.namespace.clone().unwrap_or_default();
    segment.add(
        DOC.finding(
            &absence.proof(),
            route.object(),
            format!(
                "the {} {namespace}/{} that {} {} is attached to does not exist",
                parent.kind,
                parent.name,
                route.kind.word(),
                route.metadata.name
            ),
        )
        .cause("a route is served only by an existing parent")
        .next(
            "Create the parent or correct the parentRef.",
            command::list(&format!("{}s", parent.kind.to_ascii_lowercase()), &namespace),
        )
        .relates(parent, "does not exist")
        .at(route.origin, field!["spec", "parentRefs", index, "name"]),
    );
}
