//! `gateway/certificate-name-mismatch`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Secret;

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "gateway/certificate-name-mismatch",
    segment: SegmentName::Tls,
    title: "The certificate is not for the host name",
    explanation: "None of the names in the certificate covers the host name that is served with it. Clients that \
                  verify certificates refuse the connection; others pass.",
    example: "A listener for shop.example with a certificate for www.other.example.",
    sources: &["RFC 6125, RFC 9525: matching of names"],
});

/// For a host name that the certificate of `secret` does not cover.
pub fn finding(door: &Door<'_>, secret: Found<'_, Secret>, host: &str) -> Finding {
    let proof = secret.shows(format!("its certificate does not name {host}"));
    DOC.finding(
        &proof,
        secret.object(),
        format!("the certificate of {} is not for {host}; clients that verify certificates refuse it", door.describe()),
    )
    .cause("the names in the certificate do not cover the host name")
    .next("issue a certificate that names the host", command::get(&secret.object(), "-o yaml"))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "certificateRefs"])
    .relates(door.owner.object(), "the listener's owner")
}
