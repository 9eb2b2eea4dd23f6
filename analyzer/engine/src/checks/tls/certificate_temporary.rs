//! `tls/certificate-temporary`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "tls/certificate-temporary",
    segment: SegmentName::Tls,
    title: "The certificate is cert-manager's placeholder",
    explanation: "cert-manager has put a temporary certificate, signed by itself, into the Secret until the real one \
                  is issued. Clients that verify refuse it. If it stays, issuing failed: the Certificate and its \
                  CertificateRequest say why.",
    example: "Issuer CN=cert-manager.local",
    sources: &["cert-manager: temporary certificates whilst issuing"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::Temporary = fact else { return None };
        let proof = facts.secret?.shows("its certificate was issued by cert-manager.local");
        let message = format!("the Secret '{}' holds cert-manager's temporary certificate", words::brief(&facts.name));
        let finding = DOC
            .finding(&proof, crate::checks::tls::secret(facts), message)
            .cause("The real certificate has not been issued yet; clients that verify refuse this one.");
        let command = format!("kubectl get certificates,certificaterequests -n {}", words::quoted(&facts.namespace));
        let finding = user.relate(finding).next("See why it has not been issued.", command);
        Some(crate::checks::tls::issued_for(facts, finding))
    })
}
