//! `route/controllers-disagree`: two controllers say different things.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteStatusContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text, command};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/controllers-disagree",
    segment: SegmentName::Rule,
    title: "Two controllers say different things",
    explanation: "Several controllers report about the route at the same parent; one accepts it, another does not. \
                  Traffic flows through the one that accepts it.",
    example: "status.parents with two controllerNames, one Accepted=True, one Accepted=False.",
    sources: &["Gateway API reference: RouteParentStatus.controllerName"],
});

/// For a parent about which controllers disagree.
pub(super) fn check(cx: &RouteStatusContext<'_, '_>, segment: &mut Segment) {
    let (Some(yes), Some((no, _))) = (cx.status.accepted_by(), cx.status.refused_by()) else { return };
    let route = cx.route;
    segment.add(
        DOC.finding(route.object(), format!("{} accepts the route, {} does not", command::cut(yes), command::cut(no))),
    );
}
