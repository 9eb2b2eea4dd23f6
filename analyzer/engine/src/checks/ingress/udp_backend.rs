//! `ingress/udp-backend`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/udp-backend",
    segment: SegmentName::Reference,
    title: "The path leads to a UDP port",
    explanation: "ingress-nginx passes HTTP over TCP and looks up TCP endpoints only. The port named by this path \
                  carries another protocol, so no endpoint is found and requests are answered with 503. A port that \
                  is declared for TCP as well is fine.",
    example: "backend port 53, declared by the Service with protocol UDP only",
    sources: &["ingress-nginx: endpoints of a Service"],
});

/// Adds it for one path.
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, PortAnswer::Declared(port)) = &hop.reference.target else { return };
    let other = matches!(port.protocol.as_str(), "UDP" | "SCTP");
    if !other || !hop.front.is(Product::IngressNginx) || service.is_external_name() {
        return;
    }
    let proof = service.shows(format!("declares {}", port.describe()));
    let message = format!("this path leads to {} of the Service '{}', which carries no HTTP", port.describe(), service.metadata.name);
    let (origin, field) = hop.backend_field(field!["service", "port"]);
    let finding = DOC
        .finding(&proof, hop.ingress(), message)
        .cause("ingress-nginx dials TCP ports only and finds no endpoint for this one.")
        .relates(service.object(), "declares the port")
        .at(origin, field);
    segment.add(finding.next("Name a TCP port of the Service", words::kubectl("get service -o yaml", &service.object())));
}
