//! `route/kind-unsettled`: what the listener takes is not known.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::AttachmentContext;
use crate::resolve::route::attach::Doubt;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/kind-unsettled",
    segment: SegmentName::Rule,
    title: "What the listener takes is not known",
    explanation: "The protocol of the listener is not one the Gateway API defines, so which kinds of route it takes is \
                  up to the implementation.",
    example: "An HTTPRoute attached to a listener with protocol: HBONE.",
    sources: &["Gateway API reference: ProtocolType"],
});

/// For a listener of such a protocol, unless a controller accepted the route.
pub(super) fn check(cx: &AttachmentContext<'_, '_>, segment: &mut Segment) {
    if cx.accepted || !matches!(cx.attachment.doubt, Some(Doubt::Protocol)) {
        return;
    }
    let (route, index, listener) = (cx.route, cx.parent_ref, cx.listener);
    let gap = Gap::investigate(
        format!("which routes a {} listener takes is not known", command::cut(&listener.spec.protocol)),
        "the Gateway API does not define the protocol",
    );
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!(
                "whether {} takes {} {} is up to the implementation",
                listener.describe(),
                route.kind.word(),
                route.metadata.name
            ),
        )
        .next("Look at the route's status.", command::describe(&route.object()))
        .at(route.origin, field!["spec", "parentRefs", index]),
    );
}
