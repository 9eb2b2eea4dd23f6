//! `tls/certificate-not-yet-valid`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "tls/certificate-not-yet-valid",
    segment: SegmentName::Tls,
    title: "The certificate is not valid yet",
    explanation: "At the time of the snapshot the certificate's begin lay in the future. Clients that verify refuse \
                  it until then; a wrong clock where it was issued or collected can be the reason.",
    example: "notBefore 2026-03-01, snapshot taken 2026-02-01",
    sources: &["RFC 5280 section 4.1.2.5"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::NotYetValid(begin) = fact else { return None };
        let proof = facts.secret?.shows(format!("its certificate begins at {begin}"));
        let message =
            format!("the certificate in the Secret '{}' is valid only from {begin}", words::brief(&facts.name));
        let finding = DOC
            .finding(&proof, crate::checks::tls::secret(facts), message)
            .cause("Clients that verify certificates refuse the connection.");
        Some(user.relate(finding).next("Check the dates of the certificate.", crate::checks::tls::certificate(facts)))
    })
}
