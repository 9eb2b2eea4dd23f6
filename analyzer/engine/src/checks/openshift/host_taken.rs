//! `openshift/host-taken`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::RouteContext;
use crate::resolve::openshift::claims::Claim;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "openshift/host-taken",
    segment: SegmentName::Rule,
    title: "Another Route has the host",
    explanation: "Several Routes ask for one host. The router gives it to the namespace of the oldest Route (creation \
                  time, then UID), and within it each path to the oldest Route that has it. A Route that passes TLS \
                  through shares its host with no other Route that has TLS, whatever their paths. A wildcard belongs \
                  to the namespace of the oldest Route under its domain. The losers are not served \
                  (HostAlreadyClaimed). Where the IngressControllers were not read, this is raised only if it is so \
                  under every setting (namespaceOwnership, wildcardPolicy), and never against a router that says it \
                  has admitted the Route.",
    example: "Two Routes with host: shop.apps.example and no path; the newer one is not served.",
    sources: &[
        "openshift/router: pkg/router/controller/hostindex/activation.go",
        "openshift/router: pkg/router/controller/host_admitter.go",
        "operator.openshift.io/v1 RouteAdmissionPolicy",
    ],
});

/// For a Route that loses its host for certain.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let Claim::Lost(lost) = cx.claim else { return };
    if cx.is_admitted() {
        return;
    }
    let why = super::why(cx, lost);
    let proof = lost.to.as_ref().map_or_else(
        || cx.route.shows("asks for a wildcard, which the IngressControllers do not allow"),
        |other| other.shows(format!("has the host {}", words::brief(&other.value.spec.host))),
    );
    let mut finding = DOC
        .finding(&proof, cx.route.object(), why)
        .cause("The router serves a host and path for one Route only, and ignores this one.")
        .at(cx.route.origin, field!["spec", "host"]);
    if let Some(other) = &lost.to {
        finding = finding.relates(other.object(), "has the host");
    }
    segment.add(finding.next("Choose another host or path, or delete the older Route.", super::LIST));
}
