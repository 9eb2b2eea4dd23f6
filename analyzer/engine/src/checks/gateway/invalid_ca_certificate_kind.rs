//! `gateway/invalid-ca-certificate-kind`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/invalid-ca-certificate-kind",
    segment: SegmentName::Tls,
    title: "The authorities for client certificates are of another kind than ConfigMap",
    explanation: "Every implementation takes a ConfigMap with the key ca.crt. Other kinds are up to the \
                  implementation; one that does not know the kind does not serve the listener.",
    example: "caCertificateRefs: [{kind: Service, name: web}]",
    sources: &["Gateway API reference: FrontendTLSValidation.caCertificateRefs"],
});

/// For a reference of another kind.
pub fn finding(door: &Door<'_>, kind: &str, name: &str) -> Finding {
    let kind = command::cut(kind);
    let gap = Gap::investigate(
        format!("authorities in a {kind} are not evaluated"),
        "only ConfigMaps are supported by every implementation",
    );
    DOC.finding(
        &gap,
        door.owner.object(),
        format!(
            "{} takes the authorities for client certificates from {kind} {name}, which is not evaluated",
            door.describe()
        ),
    )
    .next("use a ConfigMap with the key ca.crt", command::describe(&door.owner.object()))
}
