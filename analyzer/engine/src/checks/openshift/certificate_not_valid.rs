//! `openshift/certificate-not-valid`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::InlineCertificate;
use crate::resolve::certificate::Fact;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "openshift/certificate-not-valid",
    segment: SegmentName::Tls,
    title: "The certificate in the Route is not valid at this time",
    explanation: "The Route brings its own certificate, and at the time of the snapshot it had ended or not yet begun. \
                  The router serves it all the same; clients that verify refuse it.",
    example: "notAfter 2026-01-01, snapshot taken 2026-02-01",
    sources: &[
        "RFC 5280 section 4.1.2.5",
        "openshift/router: pkg/router/routeapihelpers/validation.go (validateCertificatePEM)",
    ],
});

/// From the facts.
pub fn finding(inline: &InlineCertificate<'_, '_>) -> Option<Finding> {
    let what = inline.facts.iter().find_map(|fact| match fact {
        Fact::Expired(end) => Some(format!("expired at {end}")),
        Fact::NotYetValid(begin) => Some(format!("is not valid before {begin}")),
        _ => None,
    })?;
    let proof = inline.route.shows(format!("its certificate {what}"));
    let finding = DOC
        .finding(&proof, inline.route.object(), format!("the certificate in this Route {what}"))
        .cause("Clients that verify certificates refuse the connection.")
        .at(inline.route.origin, field!["spec", "tls", "certificate"]);
    Some(finding.next("Renew the certificate.", words::kubectl("get route -o yaml", &inline.route.object())))
}
