//! `gateway/certificate-name-mismatch`: the certificate is not for the host name.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificatesContext;
use crate::resolve::gateway::hostname;
use crate::resolve::ingress::rules;
use kubereach_model::evidence::{CheckDoc, Narrows, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::is_masked;
use kubereach_model::snapshot::model::Certificate;

pub(super) static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "gateway/certificate-name-mismatch",
    segment: SegmentName::Tls,
    title: "The certificate is not for the host name",
    explanation: "None of the names in the certificate covers the host name that is served with it. Clients that \
                  verify certificates refuse the connection; others pass.",
    example: "A listener for shop.example with a certificate for www.other.example.",
    sources: &["RFC 6125, RFC 9525: matching of names"],
});

/// For a host name that no certificate of the listener covers.
pub(super) fn check(cx: &CertificatesContext<'_, '_>, segment: &mut Segment) {
    let Some(host) = cx.host.filter(|host| !cx.certificates.iter().any(|(_, c)| covers(c, host))) else { return };
    let Some((secret, _)) = cx.certificates.first() else { return };
    let listener = cx.listener;
    let proof = secret.shows(format!("its certificate does not name {host}"));
    segment.add(
        DOC.finding(
            &proof,
            secret.object(),
            format!(
                "the certificate of {} is not for {host}; clients that verify certificates refuse it",
                listener.describe()
            ),
        )
        .cause("the names in the certificate do not cover the host name")
        .next("Issue a certificate that names the host.", command::get(&secret.object(), "-o yaml"))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls", "certificateRefs"])
        .relates(listener.owner.object(), "the listener's owner"),
    );
}

/// RFC 9525: a wildcard of a certificate stands for exactly one label. A wildcard host is covered if any
/// name of the certificate lies under it.
fn covers(certificate: &Certificate, host: &str) -> bool {
    certificate.names.iter().any(|name| {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        name == host || is_masked(&name) || hostname::covers(host, &name) || rules::covers(&name, host)
    })
}
