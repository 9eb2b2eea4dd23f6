//! `tls/secret-other-type`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "tls/secret-other-type",
    segment: SegmentName::Tls,
    title: "The Secret is of another type, but holds certificate and key",
    explanation: "The Secret is not of type kubernetes.io/tls, but it holds tls.crt and tls.key. Ingress controllers \
                  generally look at the keys only; a Gateway may insist on the type.",
    example: "type: Opaque with tls.crt and tls.key",
    sources: &["core/v1 Secret type kubernetes.io/tls"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::OtherType(kind) = fact else { return None };
        let message = format!(
            "the Secret '{}' is of type {}, though it holds a certificate and key",
            words::brief(&facts.name),
            words::brief(kind)
        );
        Some(user.relate(DOC.finding(super::secret(facts), message)))
    })
}
