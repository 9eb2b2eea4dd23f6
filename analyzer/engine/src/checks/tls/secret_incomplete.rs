//! `tls/secret-incomplete`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "tls/secret-incomplete",
    segment: SegmentName::Tls,
    title: "The TLS Secret lacks its certificate or key",
    explanation: "A TLS Secret holds the certificate under tls.crt and the private key under tls.key. One of them is \
                  not there, so HTTPS is answered with a default certificate, or not at all. Values that a collector \
                  masked count as there.",
    example: "data: {tls.crt: …}   # and no tls.key",
    sources: &["core/v1 Secret type kubernetes.io/tls"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::Lacks(keys) = fact else { return None };
        let keys = keys.join(" and ");
        let proof = facts.secret?.shows(format!("has no {keys}"));
        let message = format!("the TLS Secret '{}' has no {keys}", words::brief(&facts.name));
        let finding = DOC
            .finding(&proof, crate::checks::tls::secret(facts), message)
            .cause("Without certificate and key HTTPS is answered with a default certificate, or not at all.");
        let finding = user.relate(finding).next("Put both into the Secret.", crate::checks::tls::look(facts));
        Some(crate::checks::tls::issued_for(facts, finding))
    })
}
