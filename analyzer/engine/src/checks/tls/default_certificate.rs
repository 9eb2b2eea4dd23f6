//! `tls/default-certificate`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::FieldPath;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_reports::report::ObjectRef;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "tls/default-certificate",
    segment: SegmentName::Tls,
    title: "The controller's default certificate is used",
    explanation: "The TLS entry names no Secret: the controller uses its default or wildcard certificate, or one \
                  that the cloud keeps. Which names that certificate has is not in the Ingress.",
    example: "tls:\n- hosts: [shop.example]",
    sources: &["networking.k8s.io/v1 IngressTLS.secretName"],
});

/// For the TLS entry at `field` of `object`.
pub(crate) fn finding(object: ObjectRef, origin: u32, field: FieldPath) -> Finding {
    DOC.finding(object, "a TLS entry names no Secret: the controller's default certificate is used").at(origin, field)
}
