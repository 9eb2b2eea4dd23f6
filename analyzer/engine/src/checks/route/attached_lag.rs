//! `route/attached-lag`: the listener does not count the route as attached.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::AttachmentContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text, command};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/attached-lag",
    segment: SegmentName::Rule,
    title: "The listener does not count the route as attached",
    explanation: "The route is accepted, but the current status of the listener says that no route is attached. The \
                  number is there to find faults and decides nothing: implementations leave it at zero for routes that \
                  they serve. The word about the route is its own condition Accepted.",
    example: "status.listeners[0].attachedRoutes: 0 with an accepted HTTPRoute",
    sources: &["Gateway API reference: ListenerStatus.attachedRoutes"],
});

/// For an accepted route at a listener that counts none.
pub(super) fn check(cx: &AttachmentContext<'_, '_>, segment: &mut Segment) {
    let (route, listener) = (cx.route, cx.listener);
    let status = listener.owner.listener_status(&listener.spec.name);
    let counts_none = status.is_some_and(|s| s.attached_routes.known() == Some(&0));
    if !counts_none || !cx.accepted || cx.attachment.doubt.is_some() {
        return;
    }
    segment.add(
        DOC.finding(
            route.object(),
            format!(
                "{} {} is accepted, but {} counts no attached route",
                route.kind.word(),
                route.metadata.name,
                listener.describe()
            ),
        )
        .next("Look at the Gateway's status again.", command::describe(&listener.owner.object())),
    );
}
