//! `ingress/alb-target-type-unknown`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, CheckDoc, Segment, Text};
use crate::resolve::ingress::backend::Target;
use kubereach_model::snapshot::Gap;
use crate::checks::ingress::alb_instance_needs_node_port::{TARGET_TYPE, is_without_node_port, target_type};
use crate::evaluate::ingress::hop::Hop;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/alb-target-type-unknown",
    segment: SegmentName::Reference,
    title: "Whether the load balancer can reach the Service depends on a default that was not seen",
    explanation: "The Service has no node port, and neither it nor the Ingress says to which targets the AWS load \
                  balancer should send. The controller's default is instance, which needs a node port; its flags, or \
                  the parameters of the class, can make it ip, which does not.",
    example: "Class alb, Service of type ClusterIP, no target-type annotation.",
    sources: &["AWS Load Balancer Controller: --default-target-type, IngressClassParams.targetType"],
});

/// Adds it for one path.
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, _) = &hop.reference.target else { return };
    if !is_without_node_port(hop, *service) || target_type(hop, *service).is_some() {
        return;
    }
    let gap = Gap::investigate("the default target type is not shown", "a flag of the controller or the class may set it");
    let message = format!("whether the load balancer can reach the Service '{}' depends on the default of {TARGET_TYPE}", service.metadata.name);
    let finding = DOC.finding(&gap, hop.ingress(), message).relates(service.object(), "has no node port");
    segment.add(finding.next("Set the annotation to ip, or look at the class", "kubectl get ingressclass -o yaml"));
}
