//! `gateway/invalid-certificate-ref`: the certificate of a listener cannot be used.

use kubereach_reports::report::SegmentName;

use crate::checks::tls;
use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use crate::resolve::issuance;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/invalid-certificate-ref",
    segment: SegmentName::Tls,
    title: "The certificate of a listener cannot be used",
    explanation: "The Secret that a listener names for its certificate does not exist, holds no tls.crt or tls.key, or \
                  its certificate cannot be read. The listener is not served; others of the Gateway are not concerned. \
                  Raised only if no other certificate of the listener is usable.",
    example: "listeners: [{protocol: HTTPS, tls: {certificateRefs: [{name: not-there}]}}]",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs", "core/v1 Secret of type kubernetes.io/tls"],
});

/// For a reference that can serve nobody, where no other is valid. One that is not permitted has a check of its own.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    if !cx.all_at_fault || matches!(cx.target, Trust::NotPermitted(_)) {
        return;
    }
    let Some((why, proof)) = cx.target.fault() else { return };
    let secret = cx.secret();
    let (listener, index) = (cx.listener.listener, cx.index);
    let message = format!("{} cannot be served: its certificate Secret {} {why}", listener.describe(), secret.name);
    let namespace = secret.namespace.clone().unwrap_or_default();
    let link = issuance::broken(cx.listener.cluster, &namespace, &secret.name);
    segment.add(tls::issued(
        link.as_ref(),
        secret.clone(),
        DOC.finding(&proof, listener.owner.object(), message)
            .cause("an encrypted listener needs a certificate and its key")
            .next("Create or correct the Secret.", command::list("secrets", &namespace))
            .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls", "certificateRefs", index])
            .relates(secret, "the Secret it names"),
    ));
}
