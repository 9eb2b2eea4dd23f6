//! `gateway/certificate-permission-unseen`: whether the listener may use the certificate is not known.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/certificate-permission-unseen",
    segment: SegmentName::Tls,
    title: "Whether the listener may use the certificate is not known",
    explanation: "The certificate is in another namespace, and the ReferenceGrants of that namespace were not read \
                  completely. Whether the reference is allowed, and with it whether the listener has a certificate to serve, cannot be told.",
    example: "A Gateway with a certificate of another namespace, in an input without ReferenceGrants.",
    sources: &["Gateway API reference: ReferenceGrant"],
});

/// For a reference whose grants were not read and that no controller says it resolved.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let Trust::PermissionUnseen(gap) = cx.target else { return };
    if cx.is_resolved() {
        return;
    }
    let (listener, index) = (cx.listener.listener, cx.index);
    let secret = cx.secret();
    let namespace = secret.namespace.clone().unwrap_or_default();
    segment.add(
        DOC.finding(
            gap,
            listener.owner.object(),
            format!(
                "whether {} may use the certificate {} of namespace {namespace} is not known",
                listener.describe(),
                secret.name
            ),
        )
        .next("Look for a ReferenceGrant in the namespace of the Secret.", command::list("referencegrants", &namespace))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls", "certificateRefs", index])
        .relates(secret, "the Secret it names"),
    );
}
