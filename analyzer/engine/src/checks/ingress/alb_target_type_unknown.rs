//! `ingress/alb-target-type-unknown`

use kubereach_reports::report::SegmentName;

use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::annotations::ALB_TARGET_TYPE;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
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
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Some((service, None)) = cx.without_node_port() else { return };
    let gap =
        Gap::investigate("the default target type is not shown", "a flag of the controller or the class may set it");
    let message = format!(
        "whether the load balancer can reach the Service '{}' depends on the default of {ALB_TARGET_TYPE}",
        service.metadata.name
    );
    let finding = DOC.finding(&gap, cx.object(), message).relates(service.object(), "has no node port");
    segment.add(finding.next("Set the annotation to ip, or look at the class.", "kubectl get ingressclass -o yaml"));
}
