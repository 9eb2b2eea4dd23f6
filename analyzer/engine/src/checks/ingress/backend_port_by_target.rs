//! `ingress/backend-port-by-target`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::TargetPorts;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/backend-port-by-target",
    segment: SegmentName::Reference,
    title: "The port is named by its target, which ingress-nginx accepts",
    explanation: "The backend names the target of a Service port instead of the port itself. ingress-nginx accepts \
                  that, so traffic flows; another controller may not.",
    example: "backend port 8080, Service port 80 with targetPort 8080, class of ingress-nginx",
    sources: &["ingress-nginx: endpoints of a Service", "networking.k8s.io/v1 ServiceBackendPort"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, PortAnswer::ByTarget(port)) = &cx.reference.target else { return };
    let Some(wanted) = cx.reference.port.as_ref().filter(|_| cx.state.target_ports() == TargetPorts::Accepted) else {
        return;
    };
    let wanted = words::brief(&wanted.to_string());
    let message = format!(
        "port {wanted} is the target of {} of the Service '{}'; other controllers may refuse it",
        port.describe(),
        service.metadata.name
    );
    let (origin, field) = cx.backend_field(field!["service", "port"]);
    segment.add(DOC.finding(cx.object(), message).at(origin, field));
}
