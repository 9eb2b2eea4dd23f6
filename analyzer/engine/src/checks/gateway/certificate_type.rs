//! `gateway/certificate-type`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Secret;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/certificate-type",
    segment: SegmentName::Tls,
    title: "The certificate Secret is not of type kubernetes.io/tls",
    explanation: "The Secret holds tls.crt and tls.key but is of another type. Every implementation takes \
                  kubernetes.io/tls; some look only at the keys, some refuse other types.",
    example: "\
kind: Secret
type: Opaque
data: {tls.crt: ..., tls.key: ...}",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For the reference at `index`.
pub fn finding(door: &Door<'_>, index: usize, secret: Found<'_, Secret>) -> Finding {
    let kind = command::cut(secret.kind.as_deref().unwrap_or_default());
    let gap = Gap::investigate(
        format!("whether the controller takes a Secret of type {kind} is not known"),
        "only kubernetes.io/tls is supported by every implementation",
    );
    DOC.finding(
        &gap,
        secret.object(),
        format!(
            "the certificate Secret {} of {} is of type {kind}, not kubernetes.io/tls",
            secret.metadata.name,
            door.describe()
        ),
    )
    .next("recreate the Secret with type kubernetes.io/tls", command::get(&secret.object(), ""))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "certificateRefs", index])
}
