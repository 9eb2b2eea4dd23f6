//! `route/host-isolated`: a more specific listener takes the host.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::MatchContext;
use crate::evaluate::gateway_api::precedence::Fate;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/host-isolated",
    segment: SegmentName::Rule,
    title: "A more specific listener takes the host",
    explanation: "A request goes to one listener of its port: to the one with the most specific host name. Routes at other \
                  listeners are not asked then (listener isolation), and this route does not stand at the one that takes \
                  the host. The specification asks implementations to work like this and does not demand it.",
    example: "Listeners for *.shop.example and cart.shop.example on port 443, and a route for cart.shop.example whose \
              sectionName is the first.",
    sources: &["Gateway API reference: GatewaySpec.listeners, listener isolation"],
});

/// For a host that another listener takes, at which the route does not stand.
pub(super) fn check(cx: &MatchContext<'_, '_>, segment: &mut Segment) {
    let Fate::Isolated { listener, owner, there_too: false } = &cx.fate else { return };
    let route = cx.route;
    let gap = Gap::investigate(
        "whether the implementation keeps listeners apart",
        "the specification recommends it and does not demand it",
    );
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!("{listener} has a more specific host name on the same port and takes the host; {} {} does not stand there", route.kind.word(), route.metadata.name),
        )
        .next("Attach the route to that listener too.", command::get(owner, "-o yaml"))
        .relates(owner.clone(), "declares the listener that takes the host"),
    );
}
