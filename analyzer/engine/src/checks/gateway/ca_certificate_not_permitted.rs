//! `gateway/ca-certificate-not-permitted`: no ReferenceGrant lets the Gateway use the authorities.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/ca-certificate-not-permitted",
    segment: SegmentName::Tls,
    title: "No ReferenceGrant lets the Gateway use the authorities",
    explanation: "The ConfigMap with the authorities for client certificates is in another namespace, no \
                  ReferenceGrant there allows the reference, and no other reference is valid. The listener is not \
                  served.",
    example: "\
caCertificateRefs: [{kind: ConfigMap, name: ca, namespace: certs}] without a ReferenceGrant in certs",
    sources: &[
        "Gateway API reference: FrontendTLSValidation.caCertificateRefs",
        "Gateway API reference: ReferenceGrant",
    ],
});

/// For a reference that is not permitted, where no other is valid.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let Trust::NotPermitted(absence) = cx.target else { return };
    if !cx.all_at_fault {
        return;
    }
    let (listener, namespace, name) = (cx.listener.listener, cx.namespace, cx.name);
    segment.add(
    DOC.finding(&absence.proof(), listener.owner.object(), format!("{} cannot be served: it may not use the ConfigMap {name} of namespace {namespace}, no ReferenceGrant there allows it", listener.describe()))
        .cause("a reference into another namespace needs a ReferenceGrant in that namespace")
        .next("Create a ReferenceGrant in the namespace of the ConfigMap.", command::list("referencegrants", namespace))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls", "frontendValidation", "caCertificateRefs"]),
    );
}
