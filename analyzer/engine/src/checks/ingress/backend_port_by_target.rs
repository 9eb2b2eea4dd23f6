//! `ingress/backend-port-by-target`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Notes, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
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
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, PortAnswer::ByTarget(port)) = &hop.reference.target else { return };
    let Some(wanted) = hop.reference.port.as_ref().filter(|_| hop.front.is(Product::IngressNginx)) else { return };
    let wanted = words::brief(&wanted.to_string());
    let message = format!("port {wanted} is the target of {} of the Service '{}'; other controllers may refuse it", port.describe(), service.metadata.name);
    let (origin, field) = hop.backend_field(field!["service", "port"]);
    segment.add(DOC.finding(hop.ingress(), message).at(origin, field));
}
