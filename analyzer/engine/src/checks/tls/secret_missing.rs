//! `tls/secret-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "tls/secret-missing",
    segment: SegmentName::Tls,
    title: "The TLS Secret does not exist",
    explanation: "The TLS entry names a Secret of its namespace that does not exist. Controllers then answer HTTPS \
                  with a default certificate of their own, which clients that verify refuse, or not at all; plain \
                  HTTP goes on. Raised only where the Secrets of the namespace were read completely. The Secret's \
                  type and certificate are other checks.",
    example: "tls:\n- hosts: [shop.example]\n  secretName: shop-tls   # kubectl get secret lists no shop-tls",
    sources: &["networking.k8s.io/v1 IngressTLS.secretName", "ingress-nginx: default SSL certificate"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::Missing(absence) = fact else { return None };
        let message = format!("the TLS Secret '{}' does not exist", words::brief(&facts.name));
        let finding = DOC.finding(&absence.proof(), crate::checks::tls::secret(facts), message).cause(
            "Without it HTTPS is answered with a default certificate, which clients that verify refuse, or not at all.",
        );
        let command = words::kubectl("get secrets", &crate::checks::tls::secret(facts)).replacen(
            &format!(" {}", words::quoted(&facts.name)),
            "",
            1,
        );
        let finding = user.relate(finding).next("Create the Secret, or correct its name.", command);
        Some(crate::checks::tls::issued_for(facts, finding))
    })
}
