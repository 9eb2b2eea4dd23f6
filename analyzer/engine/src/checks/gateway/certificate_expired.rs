//! `gateway/certificate-expired`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Secret;

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "gateway/certificate-expired",
    segment: SegmentName::Tls,
    title: "The certificate is outside its validity",
    explanation: "At the time of the snapshot the certificate had expired or was not valid yet. Clients that verify \
                  certificates refuse the connection; others pass.",
    example: "An HTTPS listener with a certificate whose notAfter has passed.",
    sources: &["RFC 5280, section 4.1.2.5"],
});

/// For a certificate that was not valid at the snapshot's time; `when` is a clause.
pub fn finding(door: &Door<'_>, secret: Found<'_, Secret>, when: &str) -> Finding {
    let proof = secret.shows(format!("its certificate {when}"));
    DOC.finding(
        &proof,
        secret.object(),
        format!("the certificate of {} {when}; clients that verify certificates refuse it", door.describe()),
    )
    .next("renew the certificate", command::get(&secret.object(), "-o yaml"))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "certificateRefs"])
    .relates(door.owner.object(), "the listener's owner")
}
