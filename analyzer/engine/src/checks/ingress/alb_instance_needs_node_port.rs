//! `ingress/alb-instance-needs-node-port`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
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

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Some((service, Some("instance"))) = cx.without_node_port() else { return };
    let proof = service.shows("is of type ClusterIP and has no node port");
    let message =
        format!("the load balancer sends to node ports, and the Service '{}' has none", service.metadata.name);
    let finding = DOC
        .finding(&proof, service.object(), message)
        .cause("With target-type instance the load balancer needs a Service of type NodePort or LoadBalancer.")
        .relates(cx.object(), "refers to it")
        .at(service.origin, field!["spec", "type"]);
    let action = "Use target-type ip, or make the Service a NodePort.";
    segment.add(finding.next(action, words::kubectl("get service -o yaml", &service.object())));
}
