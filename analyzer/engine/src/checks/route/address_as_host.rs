//! `route/address-as-host`: a host name of the route is an address.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/address-as-host",
    segment: SegmentName::Rule,
    title: "A host name of the route is an address",
    explanation: "Host names of routes are DNS names; addresses are not allowed. The API server may store such a route \
                  all the same, and implementations leave the host name or the whole route out, as Contour does. Not \
                  raised where the controller has accepted the present spec.",
    example: "hostnames: [\"192.0.2.1\"]",
    sources: &["Gateway API reference: Hostname (\"IPs are not allowed\")"],
});

/// For one host name.
pub(super) fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let Some(host) = cx.unserved else { return };
    let route = cx.route;
    let index = route.spec.hostnames.iter().position(|other| other == host).unwrap_or_default();
    let gap = Gap::investigate("what the controller makes of an address is not shown", "host names have to be names");
    let finding = DOC
        .finding(
            &gap,
            route.object(),
            format!("the host name {} is an address, which routes may not have", command::cut(host)),
        )
        .at(route.origin, field!["spec", "hostnames", index]);
    segment.add(finding.next("Name a DNS name.", command::get(&route.object(), "-o yaml")));
}
