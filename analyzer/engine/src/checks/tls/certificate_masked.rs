//! `tls/certificate-masked`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::checks::tls::{COULD, secrets};
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{Assumes, Assumption, CheckDoc, MayBeInTheWay, Obstacle, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "tls/certificate-masked",
    segment: SegmentName::Tls,
    title: "The certificate was masked by a collector",
    explanation: "The Secret is there, and the collector that made the input hid or dropped the value of tls.crt. \
                  That the certificate is valid for its hosts is assumed, and the report says so once.",
    example: "tls.crt: '***HIDDEN***'",
    sources: &["core/v1 Secret type kubernetes.io/tls"],
});

/// From the facts.
pub fn assumption(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Assumption> {
    facts.facts.iter().find_map(|fact| {
        let Fact::Masked(gap) = fact else { return None };
        let message =
            format!("the certificate of the Secret '{}' could not be read: {}", words::brief(&facts.name), gap.reason);
        let obstacle = Obstacle::new(MayBeInTheWay::Secrets, gap.clone());
        let assumption = DOC.assumption(obstacle, crate::checks::tls::secret(facts), message);
        Some(user.point(assumption.within(Some(&facts.namespace)).could(COULD).read_by(secrets())))
    })
}
