//! `gateway/no-routes`: no route is attached to a listener.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::AttachedRoutesContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "gateway/no-routes",
    segment: SegmentName::Rule,
    title: "No route is attached to a listener",
    explanation: "Nothing is attached to the listener, so every request to it is answered with \"not found\" or refused. \
                  That may be intended, for instance on a new Gateway.",
    example: "A Gateway without any HTTPRoute that names it.",
    sources: &["Gateway API reference: ListenerStatus.attachedRoutes"],
});

/// For a listener without routes among those that were read.
pub(super) fn check(cx: &AttachedRoutesContext<'_, '_>, segment: &mut Segment) {
    if cx.attached > 0 || cx.unread.is_some() {
        return;
    }
    let listener = cx.listener;
    segment.add(
        DOC.finding(
            listener.owner.object(),
            format!("of the routes that were read, none is attached to {}", listener.describe()),
        )
        .next("Attach a route to the listener.", "kubectl get httproutes,grpcroutes,tlsroutes --all-namespaces"),
    );
}
