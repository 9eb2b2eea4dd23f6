//! `openshift/certificate-chain`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::RouteContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "openshift/certificate-chain",
    segment: SegmentName::Rule,
    title: "Whether the router takes the certificate depends on the day",
    explanation: "The certificate is of none of the authorities in caCertificate. The router refuses such a Route, \
                  except that it does not look at the chain of a certificate that has expired, and no time is known at \
                  which to judge it.",
    example: "certificate and caCertificate of different authorities, in a manifest",
    sources: &["openshift/router: pkg/router/routeapihelpers/validation.go (validateCertificatePEM)"],
});

/// Where no time is known.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    if cx.is_admitted() || cx.now.is_some() {
        return;
    }
    for refusal in cx.refusals.iter().filter(|refusal| refusal.unless_expired) {
        let gap = Gap::by_design("whether the certificate has expired is not shown", "the input says no time");
        let message = format!("the router may not serve this Route: {}", words::brief(&refusal.what));
        let finding = DOC.finding(&gap, cx.route.object(), message).at(cx.route.origin, refusal.field.iter().cloned());
        segment.add(
            finding.next("Compare issuer and authorities.", words::kubectl("get route -o yaml", &cx.route.object())),
        );
    }
}
