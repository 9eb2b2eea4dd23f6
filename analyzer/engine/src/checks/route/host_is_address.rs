//! `route/host-is-address`: a host name of the route is an IP address.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::HostContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/host-is-address",
    segment: SegmentName::Rule,
    title: "A host name of the route is an IP address",
    explanation: "The specification does not allow addresses as host names; the API server lets them pass, so the \
                  controller decides: Contour makes no route of one, others may take the text as it stands. To serve \
                  requests that are addressed to an address, leave the host names out.",
    example: "hostnames: [192.0.2.10]",
    sources: &["Gateway API reference: Hostname", "projectcontour/contour internal/dag (invalid hostnames - IP)"],
});

/// For each such host name.
pub(super) fn check(cx: &HostContext<'_, '_>, segment: &mut Segment) {
    let Some(host) = cx.declared.filter(|host| host.parse::<std::net::IpAddr>().is_ok()) else { return };
    let route = cx.route;
    let gap =
        Gap::investigate("whether the controller takes an address for a host name", "the specification forbids it");
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!("{} {} names the address {host} as a host name", route.kind.word(), route.metadata.name),
        )
        .cause("addresses are not allowed as host names; what a controller makes of one is its own affair")
        .next("Remove it from hostnames.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "hostnames"]),
    );
}
