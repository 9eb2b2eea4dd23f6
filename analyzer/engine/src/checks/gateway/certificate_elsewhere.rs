//! `gateway/certificate-elsewhere`: the certificate of a listener comes from the implementation.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "gateway/certificate-elsewhere",
    segment: SegmentName::Tls,
    title: "The certificate of the listener comes from the implementation",
    explanation: "The listener names no Secret, and an option of the implementation or an annotation of the Gateway says \
                  where its certificate comes from: pre-shared certificates or a certificate map of Google, certificates \
                  of AWS. Naming a Secret beside it is not allowed there. What it holds is not in the cluster.",
    example: "tls: {mode: Terminate, options: {networking.gke.io/pre-shared-certs: shop}}",
    sources: &[
        "GKE: secure a Gateway (networking.gke.io/pre-shared-certs, networking.gke.io/certmap)",
        "Gateway API reference: ListenerTLSConfig.options",
    ],
});

/// For a listener that terminates TLS, without certificateRefs.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    if cx.certificate_refs().is_none_or(|refs| !refs.is_empty()) {
        return;
    }
    let Some(source) = cx.certificate_elsewhere() else { return };
    let listener = cx.listener;
    let message = format!("{} takes its certificate from the implementation ({source})", listener.describe());
    segment.add(DOC.finding(listener.owner.object(), message));
}
