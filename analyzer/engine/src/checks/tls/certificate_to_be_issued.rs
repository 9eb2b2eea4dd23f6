//! `tls/certificate-to-be-issued`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::{Certificate, TlsEntry};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
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

/// For an entry whose Secret cert-manager will make.
pub fn finding(entry: &TlsEntry<'_, '_>) -> Option<Finding> {
    let Certificate::ToBeIssued { secret, annotation } = entry.certificate else { return None };
    let message = format!("the TLS Secret '{}' will be made by cert-manager ({annotation})", words::brief(secret));
    let ingress = &entry.state.ingress;
    Some(DOC.finding(ingress.object(), message).at(ingress.origin, entry.secret_field()))
}
