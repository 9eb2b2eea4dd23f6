//! `openshift/certificate-other-name`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::InlineCertificate;
use crate::resolve::certificate::Fact;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "openshift/certificate-other-name",
    segment: SegmentName::Tls,
    title: "The certificate in the Route is for other names",
    explanation: "The Route brings its own certificate, and the host is not among its names. The router serves it all \
                  the same; clients that verify refuse it.",
    example: "host: shop.apps.example with a certificate for www.example.com",
    sources: &[
        "RFC 6125 section 6.4.3",
        "openshift/router: pkg/router/routeapihelpers/validation.go (ExtendedValidateRoute)",
    ],
});

/// From the facts.
pub fn finding(inline: &InlineCertificate<'_, '_>) -> Option<Finding> {
    inline.facts.iter().find_map(|fact| {
        let Fact::OtherName(hosts) = fact else { return None };
        let names = words::brief(&inline.certificate.names.join(", "));
        let proof = inline.route.shows(format!("its certificate is for {names}"));
        let hosts = words::brief(&hosts.join(", "));
        let finding = DOC
            .finding(
                &proof,
                inline.route.object(),
                format!("the certificate in this Route is for {names}, not for {hosts}"),
            )
            .cause("Clients that verify certificates refuse the connection.")
            .at(inline.route.origin, field!["spec", "tls", "certificate"]);
        Some(
            finding
                .next("Bring a certificate for the host.", words::kubectl("get route -o yaml", &inline.route.object())),
        )
    })
}
