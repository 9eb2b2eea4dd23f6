//! `tls/certificate-dates`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "tls/certificate-dates",
    segment: SegmentName::Tls,
    title: "The end of the certificate could not be judged",
    explanation: "The input does not say when it was taken, so whether the certificate was valid then is not judged; \
                  its end is shown for the reader to compare.",
    example: "Manifests with a TLS Secret.",
    sources: &["RFC 5280 section 4.1.2.5"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::DatesNotJudged(end) = fact else { return None };
        let message = format!(
            "the certificate in the Secret '{}' ends at {end}; the input has no time to judge it at",
            words::brief(&facts.name)
        );
        Some(user.relate(DOC.finding(super::secret(facts), message)))
    })
}
