//! `openshift/refused`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::RouteContext;
use crate::resolve::openshift::refusal::By;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "openshift/refused",
    segment: SegmentName::Rule,
    title: "The Route is not valid",
    explanation: "The API server does not store such a Route, or the router does not serve it: a host that is no DNS \
                  name (InvalidHost), a wildcard policy that does not exist (RouteNotAdmitted), a path on a \
                  passthrough Route, weights beyond 256, more than three alternate backends, TLS settings that \
                  contradict each other, certificates that cannot be decoded or are signed with a digest that is no \
                  longer accepted (ExtendedValidationFailed), header actions on forbidden headers. Keys are not read, \
                  so that a key which does not belong to its certificate is not seen. Not raised against a router that \
                  says it has admitted the Route.",
    example: "tls: {termination: edge, destinationCACertificate: …}",
    sources: &[
        "openshift/api: route/v1/types.go",
        "openshift/library-go: pkg/route/validation/validation.go",
        "openshift/router: pkg/router/routeapihelpers/validation.go",
        "openshift/router: pkg/router/controller/unique_host.go",
    ],
});

/// For everything that is wrong.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    if cx.is_admitted() {
        return;
    }
    for refusal in cx.refusals {
        if refusal.unless_expired && !super::in_time(cx) {
            continue;
        }
        let what = words::brief(&refusal.what);
        let (message, cause) = match refusal.by {
            By::ApiServer => {
                (format!("the API server does not take this Route: {what}"), "It cannot be stored as it stands.")
            }
            By::Router(reason) => {
                let cause = "The router leaves a Route out that it finds invalid.";
                (format!("the router does not serve this Route ({reason}): {what}"), cause)
            }
        };
        let finding = DOC
            .finding(&cx.route.shows(what), cx.route.object(), message)
            .cause(cause)
            .at(cx.route.origin, refusal.field.iter().cloned());
        segment.add(finding.next("Correct the field.", words::kubectl("get route -o yaml", &cx.route.object())));
    }
}
