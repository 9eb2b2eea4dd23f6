//! `gateway/certificate-kind`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/certificate-kind",
    segment: SegmentName::Tls,
    title: "The certificate is of a kind that only some controllers know",
    explanation: "certificateRefs names something other than a core Secret. Support for other kinds is up to the \
                  implementation; one that does not know the kind does not serve the listener.",
    example: "tls: {certificateRefs: [{group: vault.example, kind: Certificate, name: web}]}",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For the reference at `index`.
pub fn finding(door: &Door<'_>, index: usize, kind: &str) -> Finding {
    let kind = command::cut(kind);
    let gap = Gap::investigate(
        format!("certificates of kind {kind} are not evaluated"),
        "only Secrets are supported by every implementation",
    );
    DOC.finding(
        &gap,
        door.owner.object(),
        format!("{} takes its certificate from a {kind}, which is not evaluated", door.describe()),
    )
    .next("look whether the controller accepts the listener", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "certificateRefs", index, "kind"])
}
