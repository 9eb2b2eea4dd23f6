//! `tls/secret-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "tls/secret-unseen",
    segment: SegmentName::Tls,
    title: "The TLS Secret was not seen",
    explanation: "The TLS entry names a Secret that is not in the input, and the Secrets of its namespace were not \
                  (all) collected, as is usual for support bundles. Whether its certificate is there and fits cannot \
                  be told; plain HTTP is not touched by it.",
    example: "A support bundle without Secrets.",
    sources: &["core/v1 Secret type kubernetes.io/tls"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::Unseen(gap) = fact else { return None };
        let message =
            format!("the TLS Secret '{}' was not read, so its certificate was not judged", words::brief(&facts.name));
        let finding = DOC.finding(gap, crate::checks::tls::secret(facts), message);
        Some(user.relate(finding).next("Look at the Secret.", crate::checks::tls::look(facts)))
    })
}
