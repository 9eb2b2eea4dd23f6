//! `ingress/backend-port-missing`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use kubereach_model::snapshot::model::Service;
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/backend-port-missing",
    segment: SegmentName::Reference,
    title: "The Service does not declare the port a path asks for",
    explanation: "The backend names a port by number or name, and the Service declares no such port: the controller \
                  has nothing to dial. The number must be that of the Service's port, not of the container's. Where \
                  the number or name is the target of a declared port, ingress-nginx accepts it \
                  (backend-port-by-target), Traefik and the clouds' controllers do not, and of others it is not \
                  known (backend-port-uncertain). A Service with several ports needs only this one.",
    example: "backend: {service: {name: web, port: {number: 8080}}}   # the Service declares 80 → 8080",
    sources: &["networking.k8s.io/v1 ServiceBackendPort", "Traefik: Kubernetes Ingress, service ports"],
});

/// Adds it for one path.
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, answer) = &hop.reference.target else { return };
    let because = match answer {
        PortAnswer::Missing => String::new(),
        PortAnswer::ByTarget(port) if is_exact(hop) => format!("; it is the target of {}", port.describe()),
        _ => return,
    };
    let Some(wanted) = &hop.reference.port else { return };
    let wanted = words::brief(&wanted.to_string());
    let declared = declared(service);
    let proof = service.shows(format!("declares {declared}, and no port {wanted}"));
    let what = words::brief(&hop.path.describe());
    let message = format!("{what} asks for port {wanted} of the Service '{}', which declares {declared}{because}", service.metadata.name);
    let (origin, field) = hop.backend_field(field!["service", "port"]);
    let finding = DOC
        .finding(&proof, hop.ingress(), message)
        .cause("An Ingress names the port of the Service, not that of the container behind it.")
        .relates(service.object(), "declares other ports")
        .at(origin, field);
    let command = words::kubectl("get service -o yaml", &service.object());
    segment.add(finding.next("Name a port that the Service declares", command));
}

/// Is the controller known to accept only a declared number or name?
pub(crate) fn is_exact(hop: &Hop<'_, '_>) -> bool {
    [Product::Traefik, Product::AwsAlb, Product::Gce].into_iter().any(|product| hop.front.is(product))
}

/// The ports of a Service, for prose.
fn declared(service: &Service) -> String {
    const MOST: usize = 8;
    let ports: Vec<String> = service.spec.ports.iter().take(MOST).map(|port| words::brief(&port.describe())).collect();
    let more = if service.spec.ports.len() > MOST { ", …" } else { "" };
    if ports.is_empty() { "no ports".to_owned() } else { format!("{}{more}", ports.join(", ")) }
}
