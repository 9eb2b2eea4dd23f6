//! `openshift/no-host`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::RouteContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "openshift/no-host",
    segment: SegmentName::Rule,
    title: "The Route has no host",
    explanation: "The Route was stored without a host and without a subdomain, and no router has given it one: the \
                  router leaves it out (NoHostValue). A manifest may leave the host out, since the API server chooses \
                  one.",
    example: "spec: {host: \"\"} in a dump",
    sources: &["openshift/router: pkg/router/controller/unique_host.go (NoHostValue)"],
});

/// For a stored Route.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let value = cx.value();
    if cx.route.is_manifest() || cx.is_admitted() || !value.host().is_empty() || !value.spec.subdomain.is_empty() {
        return;
    }
    let proof = cx.route.shows("has neither a host nor a subdomain");
    let finding = DOC
        .finding(&proof, cx.route.object(), "this Route has no host")
        .cause("The router serves hosts; without one it leaves the Route out.")
        .at(cx.route.origin, field!["spec", "host"]);
    segment.add(finding.next("Set spec.host.", words::kubectl("get route -o yaml", &cx.route.object())));
}
