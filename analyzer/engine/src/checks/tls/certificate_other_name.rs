//! `tls/certificate-other-name`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "tls/certificate-other-name",
    segment: SegmentName::Tls,
    title: "The certificate is for other names",
    explanation: "None of the certificate's names covers a host it is served for, so clients that verify refuse the \
                  connection to that host. A wildcard name stands for exactly one label: *.example.com covers \
                  a.example.com and not a.b.example.com. The common name counts only where the certificate has no \
                  alternative names.",
    example: "Certificate for *.example.com, host a.b.example.com",
    sources: &["RFC 6125 section 6.4", "RFC 2818 section 3.1"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::OtherName(hosts) = fact else { return None };
        let names = &facts.certificate?.names;
        let list = |all: &[String]| words::brief(&all.join(", "));
        let names = if names.is_empty() { "no name".to_owned() } else { list(names) };
        let hosts = list(hosts);
        let proof = facts.secret?.shows(format!("its certificate is for {names}"));
        let message =
            format!("the certificate in the Secret '{}' is for {names}, not for {hosts}", words::brief(&facts.name));
        let finding = DOC
            .finding(&proof, crate::checks::tls::secret(facts), message)
            .cause("Clients that verify certificates refuse the connection for a host the certificate does not name.");
        Some(
            user.relate(finding).next("Use a certificate that names the host.", crate::checks::tls::certificate(facts)),
        )
    })
}
