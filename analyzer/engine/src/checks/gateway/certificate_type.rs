//! `gateway/certificate-type`: the certificate Secret is not of type kubernetes.io/tls.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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

/// For a Secret of another type that no controller says it resolved.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let Trust::OtherType(secret) = cx.target else { return };
    if cx.is_resolved() {
        return;
    }
    let (listener, index) = (cx.listener.listener, cx.index);
    let kind = command::cut(secret.kind.as_deref().unwrap_or_default());
    let gap = Gap::investigate(
        format!("whether the controller takes a Secret of type {kind} is not known"),
        "only kubernetes.io/tls is supported by every implementation",
    );
    segment.add(
        DOC.finding(
            &gap,
            secret.object(),
            format!(
                "the certificate Secret {} of {} is of type {kind}, not kubernetes.io/tls",
                secret.metadata.name,
                listener.describe()
            ),
        )
        .next("Recreate the Secret with type kubernetes.io/tls.", command::get(&secret.object(), ""))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls", "certificateRefs", index]),
    );
}
