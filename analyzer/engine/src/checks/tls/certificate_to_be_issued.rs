//! `tls/certificate-to-be-issued`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use kubereach_model::evidence::FieldPath;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_reports::report::ObjectRef;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "tls/certificate-to-be-issued",
    segment: SegmentName::Tls,
    title: "The certificate will be issued by cert-manager",
    explanation: "The Ingress carries an annotation by which cert-manager issues its certificate and creates the \
                  Secret. In manifests the Secret is therefore not expected to be there, and its absence is not \
                  judged. In a live cluster a Secret that is still missing is reported as such.",
    example: "cert-manager.io/cluster-issuer: letsencrypt, in a manifest",
    sources: &["cert-manager: annotated Ingress resource"],
});

/// For the Secret named at `field` of `object`, which `key` will have made.
pub(crate) fn finding(object: ObjectRef, secret: &str, key: &str, origin: u32, field: FieldPath) -> Finding {
    let message = format!("the TLS Secret '{}' will be made by cert-manager ({key})", words::brief(secret));
    DOC.finding(object, message).at(origin, field)
}
