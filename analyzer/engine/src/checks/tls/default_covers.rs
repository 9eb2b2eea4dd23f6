//! `tls/default-covers`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::{Certificate, TlsEntry};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "tls/default-covers",
    segment: SegmentName::Tls,
    title: "The TLS Secret does not exist; the controller's default certificate covers the host",
    explanation: "The TLS entry names a Secret of its namespace that does not exist. ingress-nginx then serves its default \
                  certificate (--default-ssl-certificate), and the one that was read covers the host: HTTPS works. Some \
                  teams rely on it with one wildcard certificate in the controller's namespace.",
    example: "--default-ssl-certificate=ingress-nginx/wildcard, and secretName: wildcard in another namespace",
    sources: &["kubernetes/ingress-nginx internal/ingress/controller/controller.go (createServers)"],
});

/// From the entry.
pub fn finding(entry: &TlsEntry<'_, '_>) -> Option<Finding> {
    let Certificate::DefaultCovers { secret, default } = &entry.certificate else { return None };
    let state = entry.state;
    let message = format!(
        "the TLS Secret '{}' does not exist; the controller serves its default certificate {}/{}, which covers the host",
        words::brief(secret),
        default.namespace,
        default.name
    );
    Some(DOC.finding(state.ingress.object(), message).at(state.ingress.origin, entry.secret_field()))
}
