//! `tls/secret-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::checks::tls::{COULD, secrets};
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{Assumes, Assumption, CheckDoc, MayBeInTheWay, Obstacle, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "tls/secret-unseen",
    segment: SegmentName::Tls,
    title: "The TLS Secret was not seen",
    explanation: "The TLS entry names a Secret that is not in the input, and the Secrets of its namespace were not \
                  (all) collected, as is usual for support bundles. That its certificate is there and fits is \
                  assumed, and the report says so once; plain HTTP is not touched by it.",
    example: "A support bundle without Secrets.",
    sources: &["core/v1 Secret type kubernetes.io/tls"],
});

/// From the facts.
pub fn assumption(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Assumption> {
    facts.facts.iter().find_map(|fact| {
        let Fact::Unseen(gap) = fact else { return None };
        let message =
            format!("the TLS Secret '{}' was not read, so its certificate was not judged", words::brief(&facts.name));
        let obstacle = Obstacle::new(MayBeInTheWay::Secrets, gap.clone());
        let assumption = DOC.assumption(obstacle, crate::checks::tls::secret(facts), message);
        Some(user.point(assumption.within(Some(&facts.namespace)).could(COULD).read_by(secrets())))
    })
}
