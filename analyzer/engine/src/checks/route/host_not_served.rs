//! `route/host-not-served`: one of the host names is served by no listener.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/host-not-served",
    segment: SegmentName::Rule,
    title: "One of the host names is served by no listener",
    explanation: "The route is attached, but none of its listeners covers this host name; the name is ignored. The \
                  other host names of the route are not concerned.",
    example: "hostnames: [a.example.com, b.other.com] on a listener with hostname: \"*.example.com\"",
    sources: &["Gateway API reference: HTTPRouteSpec.hostnames"],
});

/// For a host name that no parent serves.
pub(super) fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let Some(host) = cx.unserved else { return };
    let route = cx.route;
    let proof = route.shows(format!("no listener it is attached to covers {host}"));
    let index = route.spec.hostnames.iter().position(|h| h == host).unwrap_or_default();
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!("no listener serves {host} for {} {}", route.kind.word(), route.metadata.name),
        )
        .cause("the listeners it is attached to are for other host names")
        .next("Add a listener for the host name, or drop it from the route.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "hostnames", index]),
    );
}
