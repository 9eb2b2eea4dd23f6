//! `tls/default-certificate`

use kubereach_reports::report::SegmentName;

use crate::evaluate::ingress::{Certificate, TlsEntry};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "tls/default-certificate",
    segment: SegmentName::Tls,
    title: "The controller's default certificate is used",
    explanation: "The TLS entry names no Secret: the controller uses its default or wildcard certificate, or one \
                  that the cloud keeps. Which names that certificate has is not in the Ingress.",
    example: "tls:\n- hosts: [shop.example]",
    sources: &["networking.k8s.io/v1 IngressTLS.secretName"],
});

/// For an entry without a Secret.
pub fn finding(entry: &TlsEntry<'_, '_>) -> Option<Finding> {
    let Certificate::Default = entry.certificate else { return None };
    let message = "a TLS entry names no Secret: the controller's default certificate is used";
    let ingress = &entry.state.ingress;
    Some(DOC.finding(ingress.object(), message).at(ingress.origin, entry.field()))
}
