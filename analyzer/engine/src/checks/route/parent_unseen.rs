//! `route/parent-unseen`: the parent was not read.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ParentContext;
use crate::resolve::route::parent::Parent;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/parent-unseen",
    segment: SegmentName::Listener,
    title: "The parent was not read",
    explanation: "The Gateway, ListenerSet or Service that the route names as its parent is not in the input, and the \
                  input does not prove that it does not exist.",
    example: "An HTTPRoute manifest without its Gateway.",
    sources: &["Gateway API reference: ParentReference"],
});

/// For a parent that was not read.
pub(super) fn check(cx: &ParentContext<'_, '_>, segment: &mut Segment) {
    let Parent::Unseen(gap) = &cx.link.parent else { return };
    let (route, index, parent) = (cx.route, cx.link.index, cx.object());
    segment.add(
        DOC.finding(
            gap,
            route.object(),
            format!(
                "the {} {}/{} that {} {} is attached to is not in the input",
                parent.kind,
                parent.namespace.as_deref().unwrap_or_default(),
                parent.name,
                route.kind.word(),
                route.metadata.name
            ),
        )
        .next("Check whether the parent exists.", command::get(&parent, ""))
        .at(route.origin, field!["spec", "parentRefs", index]),
    );
}
