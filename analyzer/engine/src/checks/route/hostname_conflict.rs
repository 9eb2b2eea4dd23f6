//! `route/hostname-conflict`: a route of the other HTTP kind holds the host name.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::AttachmentContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/hostname-conflict",
    segment: SegmentName::Rule,
    title: "A route of the other HTTP kind holds the host name",
    explanation: "An HTTPRoute and a GRPCRoute with a common host name may not stand on the same listener. The older \
                  one is accepted, then the one whose namespace and name come first; this one is not.",
    example: "\
A GRPCRoute for api.example younger than an HTTPRoute for api.example on the same listener.",
    sources: &["Gateway API reference: GRPCRoute"],
});

/// For a route that certainly yields, unless its controller accepts it or serves both.
pub(super) fn check(cx: &AttachmentContext<'_, '_>, segment: &mut Segment) {
    let Some(winner) = cx.rival else { return };
    let certain = cx.attachment.rival.as_ref().is_some_and(|rival| rival.certain);
    if cx.accepted || cx.shares_hostnames || !certain {
        return;
    }
    let (route, listener) = (cx.route, cx.listener);
    let proof = winner.shows(format!(
        "{} {} is attached to {} with a common host name and comes first",
        winner.kind.word(),
        winner.metadata.name,
        listener.describe()
    ));
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!(
                "{} {} already serves the host name on {}, and a {} may not share it",
                winner.kind.word(),
                winner.metadata.name,
                listener.describe(),
                route.kind.word()
            ),
        )
        .cause("HTTPRoute and GRPCRoute cannot share a host name on one listener; the older one stays")
        .next("Use another host name or listener for one of the two.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "hostnames"])
        .relates(winner.object(), "the route that holds the host name"),
    );
}
