//! `ingress/alb-instance-needs-node-port`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::backend::Target;
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Service;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/alb-instance-needs-node-port",
    segment: SegmentName::Reference,
    title: "The load balancer sends to node ports, and the Service has none",
    explanation: "With the target type instance the AWS load balancer sends requests to a node port. A Service of \
                  type ClusterIP has none, so the load balancer gets no targets. Raised where the Ingress or the \
                  Service asks for instance in so many words.",
    example: "alb.ingress.kubernetes.io/target-type: instance, and a Service of type ClusterIP",
    sources: &["AWS Load Balancer Controller: annotation target-type"],
});

/// The annotation, on the Service or else on the Ingress.
pub(crate) const TARGET_TYPE: &str = "alb.ingress.kubernetes.io/target-type";

/// Adds it for one path.
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, _) = &hop.reference.target else { return };
    if !is_without_node_port(hop, *service) || target_type(hop, *service) != Some("instance") {
        return;
    }
    let proof = service.shows("is of type ClusterIP and has no node port");
    let message = format!("the load balancer sends to node ports, and the Service '{}' has none", service.metadata.name);
    let finding = DOC
        .finding(&proof, service.object(), message)
        .cause("With target-type instance the load balancer needs a Service of type NodePort or LoadBalancer.")
        .relates(hop.ingress(), "refers to it")
        .at(service.origin, field!["spec", "type"]);
    let action = "Use target-type ip, or make the Service a NodePort";
    segment.add(finding.next(action, words::kubectl("get service -o yaml", &service.object())));
}

/// A ClusterIP Service behind the AWS controller.
pub(crate) fn is_without_node_port(hop: &Hop<'_, '_>, service: Found<'_, Service>) -> bool {
    hop.front.is(Product::AwsAlb) && service.spec.kind == "ClusterIP"
}

/// What is asked for in so many words.
pub(crate) fn target_type<'s>(hop: &Hop<'_, 's>, service: Found<'s, Service>) -> Option<&'s str> {
    let own = service.get().value.metadata.annotation(TARGET_TYPE).map(str::trim).filter(|value| !value.is_empty());
    own.or_else(|| hop.front.annotation(TARGET_TYPE))
}
