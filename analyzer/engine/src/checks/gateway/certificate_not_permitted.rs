//! `gateway/certificate-not-permitted`: no ReferenceGrant lets the listener use the certificate.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/certificate-not-permitted",
    segment: SegmentName::Tls,
    title: "No ReferenceGrant lets the listener use the certificate",
    explanation: "The certificate is in another namespace than the object that declares the listener. A ReferenceGrant \
                  in the namespace of the Secret must allow it, by the kind that refers to it (Gateway or ListenerSet; \
                  the one does not stand for the other). There is none.",
    example: "\
A Gateway in infra with certificateRefs: [{name: tls, namespace: certs}] and no ReferenceGrant in certs.",
    sources: &["Gateway API reference: ReferenceGrant", "Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For a reference that is not permitted, where no other is valid.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let Trust::NotPermitted(absence) = cx.target else { return };
    if !cx.all_at_fault {
        return;
    }
    let (listener, index) = (cx.listener.listener, cx.index);
    let secret = cx.secret();
    let namespace = secret.namespace.clone().unwrap_or_default();
    segment.add(
        DOC.finding(
            &absence.proof(),
            listener.owner.object(),
            format!(
                "{} may not use the certificate {} of namespace {namespace}: no ReferenceGrant there allows it",
                listener.describe(),
                secret.name
            ),
        )
        .cause(format!(
            "a {} may take a certificate of another namespace only with a ReferenceGrant in that namespace",
            listener.owner.kind()
        ))
        .next("Create a ReferenceGrant in the namespace of the Secret.", command::list("referencegrants", &namespace))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls", "certificateRefs", index])
        .relates(secret, "the Secret it names"),
    );
}
