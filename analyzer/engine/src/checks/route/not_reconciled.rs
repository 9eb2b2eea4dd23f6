//! `route/not-reconciled`: no controller has spoken about the route.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteStatusContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/not-reconciled",
    segment: SegmentName::Rule,
    title: "No controller has spoken about the route",
    explanation: "The Gateway is served by a controller, and the route is live, but its status says nothing about this \
                  parent. The controller may not support this kind of route, may lack permission, or may not have come \
                  round to it.",
    example: "A live TCPRoute with empty status.parents on a programmed Gateway.",
    sources: &["Gateway API reference: RouteStatus.parents"],
});

/// For a live route about which no controller reports at a parent that one is at work on.
pub(super) fn check(cx: &RouteStatusContext<'_, '_>, segment: &mut Segment) {
    let status = cx.status;
    let reported = status.accepted_by().is_some() || status.refused_by().is_some() || status.stale().is_some();
    if cx.unattached || reported || !cx.reconciled || cx.route.is_manifest() {
        return;
    }
    let (route, parent) = (cx.route, &cx.parent);
    let gap = Gap::investigate(
        format!("no controller has reported about the route at {} {}", parent.kind, parent.name),
        "its status has no entry for this parent",
    );
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!(
                "no controller has taken up {} {} for {} {}",
                route.kind.word(),
                route.metadata.name,
                parent.kind,
                parent.name
            ),
        )
        .cause("the controller does not support this kind of route, may not read it, or has not come round to it")
        .next("Look at the route's status and at the logs of the controller.", command::describe(&route.object())),
    );
}
