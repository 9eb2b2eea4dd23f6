//! `route/hostname-conflict-unsettled`: HTTPRoute and GRPCRoute share a host name.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::AttachmentContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/hostname-conflict-unsettled",
    segment: SegmentName::Rule,
    title: "HTTPRoute and GRPCRoute share a host name",
    explanation: "The specification lets only the older of the two stand. Here the creation times are not known, or \
                  the controller is one that serves both all the same, so it cannot be told whether this route is \
                  served.",
    example: "Manifests of an HTTPRoute and a GRPCRoute for the same host name.",
    sources: &["Gateway API reference: GRPCRoute"],
});

/// For a route that may have to yield, unless its controller accepts it.
pub(super) fn check(cx: &AttachmentContext<'_, '_>, segment: &mut Segment) {
    let Some(winner) = cx.rival else { return };
    let certain = cx.attachment.rival.as_ref().is_some_and(|rival| rival.certain);
    if cx.accepted || (certain && !cx.shares_hostnames) {
        return;
    }
    let why =
        if cx.shares_hostnames { "its controller is known to serve both" } else { "the input shows no creation times" };
    let (route, listener) = (cx.route, cx.listener);
    let gap = Gap::investigate("whether both routes are served is not known", why);
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!(
                "{} {} and {} {} share a host name on {}; by the specification only the older is served",
                route.kind.word(),
                route.metadata.name,
                winner.kind.word(),
                winner.metadata.name,
                listener.describe()
            ),
        )
        .next("Look at the route's status.", command::describe(&route.object()))
        .at(route.origin, field!["spec", "hostnames"])
        .relates(winner.object(), "the other route"),
    );
}
