//! `ingress/udp-backend`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
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
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, PortAnswer::Declared(port)) = &cx.reference.target else { return };
    let other = matches!(port.protocol.as_str(), "UDP" | "SCTP");
    if !other || !cx.state.is(Product::IngressNginx) || service.is_external_name() {
        return;
    }
    let proof = service.shows(format!("declares {}", port.describe()));
    let message = format!(
        "this path leads to {} of the Service '{}', which carries no HTTP",
        port.describe(),
        service.metadata.name
    );
    let (origin, field) = cx.backend_field(field!["service", "port"]);
    let finding = DOC
        .finding(&proof, cx.object(), message)
        .cause("ingress-nginx dials TCP ports only and finds no endpoint for this one.")
        .relates(service.object(), "declares the port")
        .at(origin, field);
    segment
        .add(finding.next("Name a TCP port of the Service.", words::kubectl("get service -o yaml", &service.object())));
}
