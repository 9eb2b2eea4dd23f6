//! `ingress/backend-port-uncertain`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::TargetPorts;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/backend-port-uncertain",
    segment: SegmentName::Reference,
    title: "The port a path asks for is only the target of a declared port",
    explanation: "The backend names a port that the Service does not declare, but that is the target of a port it \
                  does declare. By the API that is a mistake; ingress-nginx accepts it, Traefik does not, and of the \
                  controller of this Ingress it is not known.",
    example: "backend port 8080, Service port 80 with targetPort 8080, and an unknown controller",
    sources: &["networking.k8s.io/v1 ServiceBackendPort"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, PortAnswer::ByTarget(port)) = &cx.reference.target else { return };
    let Some(wanted) = &cx.reference.port else { return };
    if cx.state.target_ports() != TargetPorts::Unknown {
        return;
    }
    let gap =
        Gap::investigate("whether the controller accepts the target of a port is not known", "controllers differ");
    let wanted = words::brief(&wanted.to_string());
    let message = format!(
        "port {wanted} is not declared by the Service '{}'; it is the target of {}",
        service.metadata.name,
        port.describe()
    );
    let (origin, field) = cx.backend_field(field!["service", "port"]);
    let finding =
        DOC.finding(&gap, cx.object(), message).relates(service.object(), "declares other ports").at(origin, field);
    let command = words::kubectl("get service -o yaml", &service.object());
    segment.add(finding.next("Name a port that the Service declares.", command));
}
