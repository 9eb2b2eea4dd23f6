//! `tls/certificate-expired`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "tls/certificate-expired",
    segment: SegmentName::Tls,
    title: "The certificate has expired",
    explanation: "At the time of the snapshot the certificate was past its end. It is still served, and clients that \
                  verify refuse it. Without a time of the snapshot the end is only mentioned (certificate-dates).",
    example: "notAfter 2026-01-01, snapshot taken 2026-02-01",
    sources: &["RFC 5280 section 4.1.2.5"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::Expired(end) = fact else { return None };
        let proof = facts.secret?.shows(format!("its certificate ended at {end}"));
        let message = format!("the certificate in the Secret '{}' expired at {end}", words::brief(&facts.name));
        let finding = DOC
            .finding(&proof, crate::checks::tls::secret(facts), message)
            .cause("Clients that verify certificates refuse the connection.");
        let finding = user.relate(finding).next("Renew the certificate.", crate::checks::tls::certificate(facts));
        Some(crate::checks::tls::issued_for(facts, finding))
    })
}
