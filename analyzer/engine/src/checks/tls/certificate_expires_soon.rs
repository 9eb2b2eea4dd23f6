//! `tls/certificate-expires-soon`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::SecretUser;
use crate::resolve::certificate::{CertificateFacts, Fact};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "tls/certificate-expires-soon",
    segment: SegmentName::Tls,
    title: "The certificate expires soon",
    explanation: "The certificate ends within 14 days of the time of the snapshot (or what `days` in \
                  kubereach.toml says). Nothing is wrong yet: clients \
                  accept it until then, and refuse it afterwards if it has not been renewed.",
    example: "notAfter ten days after the snapshot",
    sources: &["RFC 5280 section 4.1.2.5"],
});

/// From the facts.
pub fn check(facts: &CertificateFacts<'_>, user: &SecretUser) -> Option<Finding> {
    facts.facts.iter().find_map(|fact| {
        let Fact::ExpiresSoon(end) = fact else { return None };
        let message = format!("the certificate in the Secret '{}' expires at {end}", words::brief(&facts.name));
        Some(
            user.relate(DOC.finding(super::secret(facts), message))
                .next("Renew it in time.", crate::checks::tls::certificate(facts)),
        )
    })
}
