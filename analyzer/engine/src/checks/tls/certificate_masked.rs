//! `tls/certificate-masked`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "tls/certificate-masked",
    segment: SegmentName::Tls,
    title: "The certificate was masked by a collector",
    explanation: "The Secret is there, and the collector that made the input hid or dropped the value of tls.crt. \
                  Whether the certificate is valid for its hosts cannot be told.",
    example: "tls.crt: '***HIDDEN***'",
    sources: &["core/v1 Secret type kubernetes.io/tls"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::Masked(gap) = fact else { return None };
        let message =
            format!("the certificate of the Secret '{}' could not be read: {}", words::brief(&facts.name), gap.reason);
        let finding = DOC.finding(gap, crate::checks::tls::secret(facts), message);
        Some(user.relate(finding).next("Look at the Secret.", crate::checks::tls::look(facts)))
    })
}
