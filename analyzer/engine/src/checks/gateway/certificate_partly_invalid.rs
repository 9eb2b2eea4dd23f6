//! `gateway/certificate-partly-invalid`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/certificate-partly-invalid",
    segment: SegmentName::Tls,
    title: "One of several certificates cannot be used",
    explanation: "A listener names several certificates; at least one is usable and at least one is not. What then \
                  happens is up to the implementation: some serve what is valid, some refuse the listener.",
    example: "tls: {certificateRefs: [{name: good}, {name: not-there}]}",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For the reference at `index`; `why` is a clause about the Secret.
pub fn finding(door: &Door<'_>, index: usize, secret: &str, why: &str) -> Finding {
    let gap = Gap::investigate(
        "whether the controller serves the listener with the remaining certificates is not known",
        "implementations differ",
    );
    DOC.finding(
        &gap,
        door.owner.object(),
        format!("one of several certificates of {} cannot be used: {secret} {why}", door.describe()),
    )
    .next("create or correct the Secret", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "certificateRefs", index])
}
