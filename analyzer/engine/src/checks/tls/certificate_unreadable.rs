//! `tls/certificate-unreadable`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "tls/certificate-unreadable",
    segment: SegmentName::Tls,
    title: "The certificate cannot be decoded",
    explanation: "The value of tls.crt is not a PEM certificate, or the certificate in it cannot be decoded. \
                  Controllers cannot use it either and fall back to a default certificate, or refuse HTTPS.",
    example: "tls.crt holds a private key or a path name.",
    sources: &["RFC 7468 section 5", "RFC 5280"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::Unreadable(why) = fact else { return None };
        let proof = facts.secret?.shows(format!("tls.crt: {}", words::brief(why)));
        let message = format!(
            "the certificate in the Secret '{}' cannot be used: {}",
            words::brief(&facts.name),
            words::brief(why)
        );
        let finding = DOC
            .finding(&proof, crate::checks::tls::secret(facts), message)
            .cause("HTTPS is answered with a default certificate, or not at all.");
        Some(
            user.relate(finding)
                .next("Put the certificate chain into tls.crt as PEM.", crate::checks::tls::look(facts)),
        )
    })
}
