//! `ingress/backend-protocol`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/backend-protocol",
    segment: SegmentName::Reference,
    title: "The backend looks like HTTPS and is spoken to in plain HTTP",
    explanation: "The port of the backend is 443 or 8443, or is named https, and nothing tells ingress-nginx to \
                  speak TLS to it: it sends plain HTTP, which an HTTPS server answers with 400 or a reset. Names and \
                  numbers prove nothing, so this is only a hint; a request decides.",
    example: "Service port 443 named https, without nginx.ingress.kubernetes.io/backend-protocol: HTTPS",
    sources: &["ingress-nginx: annotations, backend-protocol"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, PortAnswer::Declared(port) | PortAnswer::ByTarget(port)) = &cx.reference.target else {
        return;
    };
    let told = cx.nginx("backend-protocol").is_some() || cx.state.passes_tls_through();
    let looks_tls = port.name == "https"
        || matches!(port.port.known(), Some(443 | 8443))
        || port.app_protocol.as_deref() == Some("https");
    if told || !looks_tls || !cx.state.is(Product::IngressNginx) {
        return;
    }
    let message = format!(
        "{} of the Service '{}' looks like HTTPS, and ingress-nginx speaks plain HTTP to it",
        port.describe(),
        service.metadata.name
    );
    let (origin, field) = cx.backend_field(field!["service", "port"]);
    let action = "If it serves TLS, set the annotation backend-protocol to HTTPS.";
    segment.add(DOC.finding(cx.object(), message).at(origin, field).next(action, words::describe(cx.state)));
}
