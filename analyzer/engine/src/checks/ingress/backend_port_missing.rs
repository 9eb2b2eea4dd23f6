//! `ingress/backend-port-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::TargetPorts;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Service;

/// What `explain` says of it.
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
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, answer) = &cx.reference.target else { return };
    let because = match answer {
        PortAnswer::Missing => String::new(),
        PortAnswer::ByTarget(port) if cx.state.target_ports() == TargetPorts::Refused => {
            format!("; it is the target of {}", port.describe())
        }
        _ => return,
    };
    let Some(wanted) = &cx.reference.port else { return };
    let wanted = words::brief(&wanted.to_string());
    let declared = declared(service);
    let proof = service.shows(format!("declares {declared}, and no port {wanted}"));
    let what = words::brief(&cx.declared.describe());
    let message = format!(
        "{what} asks for port {wanted} of the Service '{}', which declares {declared}{because}",
        service.metadata.name
    );
    let (origin, field) = cx.backend_field(field!["service", "port"]);
    let finding = DOC
        .finding(&proof, cx.object(), message)
        .cause("An Ingress names the port of the Service, not that of the container behind it.")
        .relates(service.object(), "declares other ports")
        .at(origin, field);
    let command = words::kubectl("get service -o yaml", &service.object());
    segment.add(finding.next("Name a port that the Service declares.", command));
}

/// The ports of a Service, for prose.
fn declared(service: &Service) -> String {
    const MOST: usize = 8;
    let ports: Vec<String> = service.spec.ports.iter().take(MOST).map(|port| words::brief(&port.describe())).collect();
    let more = if service.spec.ports.len() > MOST { ", …" } else { "" };
    if ports.is_empty() { "no ports".to_owned() } else { format!("{}{more}", ports.join(", ")) }
}
