//! `route/namespace-labels-unseen`: whether the listener takes the route depends on labels that were not read.

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::gateway_api::context::AttachmentContext;
use crate::resolve::route::attach::Doubt;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/namespace-labels-unseen",
    segment: SegmentName::Rule,
    title: "Whether the listener takes the route depends on labels that were not read",
    explanation: "The listener selects namespaces by label, and the labels of the route's namespace are not in the \
                  input. Nothing is claimed where the controller says, for the present spec, that it accepted the \
                  route.",
    example: "allowedRoutes: {namespaces: {from: Selector, ...}} in a dump without Namespaces",
    sources: &["Gateway API reference: RouteNamespaces.selector"],
});

/// For a listener about which labels would decide, unless a controller accepted the route.
pub(super) fn check(cx: &AttachmentContext<'_, '_>, segment: &mut Segment) {
    let Some(Doubt::Namespace(gap)) = &cx.attachment.doubt else { return };
    if cx.accepted {
        return;
    }
    let (route, index, listener) = (cx.route, cx.parent_ref, cx.listener);
    segment.add(
        DOC.finding(
            gap,
            route.object(),
            format!(
                "whether {} takes {} {} depends on labels of namespace {} that were not read",
                listener.describe(),
                route.kind.word(),
                route.metadata.name,
                route.metadata.namespace
            ),
        )
        .next(
            "Look at the labels of the namespace.",
            command::get(
                &ObjectRef {
                    kind: "Namespace".to_owned(),
                    namespace: None,
                    name: route.metadata.namespace.clone(),
                    group: None,
                },
                "--show-labels",
            ),
        )
        .at(route.origin, field!["spec", "parentRefs", index]),
    );
}
