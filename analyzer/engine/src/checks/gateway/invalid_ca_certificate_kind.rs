//! `gateway/invalid-ca-certificate-kind`: the authorities for client certificates are of another kind than ConfigMap.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/invalid-ca-certificate-kind",
    segment: SegmentName::Tls,
    title: "The authorities for client certificates are of another kind than ConfigMap",
    explanation: "Every implementation takes a ConfigMap with the key ca.crt. Other kinds are up to the \
                  implementation; one that does not know the kind does not serve the listener.",
    example: "caCertificateRefs: [{kind: Service, name: web}]",
    sources: &["Gateway API reference: FrontendTLSValidation.caCertificateRefs"],
});

/// For a reference to another kind.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let Trust::OtherKind(kind) = cx.target else { return };
    let (listener, name) = (cx.listener.listener, cx.name);
    let kind = command::cut(kind);
    let gap = Gap::investigate(
        format!("authorities in a {kind} are not evaluated"),
        "only ConfigMaps are supported by every implementation",
    );
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!(
                "{} takes the authorities for client certificates from {kind} {name}, which is not evaluated",
                listener.describe()
            ),
        )
        .next("Use a ConfigMap with the key ca.crt.", command::describe(&listener.owner.object())),
    );
}
