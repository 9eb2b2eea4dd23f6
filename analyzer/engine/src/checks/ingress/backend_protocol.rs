//! `ingress/backend-protocol`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Notes, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
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
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, PortAnswer::Declared(port) | PortAnswer::ByTarget(port)) = &hop.reference.target else { return };
    let told = hop.nginx("backend-protocol").is_some() || crate::checks::ingress::passthrough_asked(hop.front);
    let looks_tls = port.name == "https" || matches!(port.port.known(), Some(443 | 8443)) || port.app_protocol.as_deref() == Some("https");
    if told || !looks_tls || !hop.front.is(Product::IngressNginx) {
        return;
    }
    let message = format!("{} of the Service '{}' looks like HTTPS, and ingress-nginx speaks plain HTTP to it", port.describe(), service.metadata.name);
    let (origin, field) = hop.backend_field(field!["service", "port"]);
    let action = "If it serves TLS, set the annotation backend-protocol to HTTPS";
    segment.add(DOC.finding(hop.ingress(), message).at(origin, field).next(action, words::describe(hop.front)));
}
