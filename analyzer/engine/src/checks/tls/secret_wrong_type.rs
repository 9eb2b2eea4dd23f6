//! `tls/secret-wrong-type`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "tls/secret-wrong-type",
    segment: SegmentName::Tls,
    title: "The Secret is of another type and holds no certificate",
    explanation: "The TLS entry names a Secret of another type (a registry password, a token) which lacks tls.crt or \
                  tls.key. It cannot serve as a certificate, and controllers fall back to a default one or refuse \
                  HTTPS.",
    example: "type: kubernetes.io/dockerconfigjson",
    sources: &["core/v1 Secret type kubernetes.io/tls"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::WrongType(kind) = fact else { return None };
        let proof = facts.secret?.shows(format!("is of type {}", words::brief(kind)));
        let message =
            format!("the Secret '{}' is of type {}, not a TLS Secret", words::brief(&facts.name), words::brief(kind));
        let finding = DOC
            .finding(&proof, crate::checks::tls::secret(facts), message)
            .cause("It holds no certificate and key, so HTTPS is answered with a default certificate, or not at all.");
        Some(user.relate(finding).next("Name a Secret of type kubernetes.io/tls.", crate::checks::tls::look(facts)))
    })
}
