//! `tls/certificate-self-signed`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "tls/certificate-self-signed",
    segment: SegmentName::Tls,
    title: "The certificate is signed by itself",
    explanation: "Clients accept a certificate that is signed by itself, or by a private authority, only if they \
                  were given it. That is common inside a company and no fault.",
    example: "Issuer and subject are the same.",
    sources: &["RFC 5280 section 3.2"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::SelfSigned = fact else { return None };
        let message = format!("the certificate in the Secret '{}' is signed by itself", words::brief(&facts.name));
        Some(user.relate(DOC.finding(super::secret(facts), message)))
    })
}
