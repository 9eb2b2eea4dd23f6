//! `gateway/certificate-unseen`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/certificate-unseen",
    segment: SegmentName::Tls,
    title: "The certificate of a listener was not read",
    explanation: "The Secret with the certificate is not in the input, and the input does not prove that it does not \
                  exist. Many collectors leave Secrets out on purpose.",
    example: "An HTTPS listener in a dump without Secrets.",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For the reference at `index`.
pub fn finding(door: &Door<'_>, index: usize, secret: ObjectRef, gap: &Gap) -> Finding {
    let command = command::get(&secret, "");
    DOC.finding(
        gap,
        door.owner.object(),
        format!("the certificate Secret {} of {} was not read", secret.name, door.describe()),
    )
    .next("look whether the Secret exists", command)
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "certificateRefs", index])
    .relates(secret, "the Secret it names")
}
