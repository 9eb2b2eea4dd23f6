//! `service/load-balancer-class-unseen`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "service/load-balancer-class-unseen",
    segment: SegmentName::Address,
    title: "Who provides the load balancer cannot be seen",
    explanation: "The Service names a load balancer class and no address has been published. Which controller \
         owns the class, and whether it runs, is not visible in the snapshot.",
    example: r"kind: Service
spec: {type: LoadBalancer, loadBalancerClass: example.com/internal}",
    sources: &["core/v1 Service spec.loadBalancerClass"],
});

/// Live, with a class, no address.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let service = &cx.view.service;
    let class = service.spec.load_balancer_class.as_deref()?;
    if service.is_manifest() || service.status.as_ref().is_none_or(|s| !s.load_balancer.ingress.is_empty()) {
        return None;
    }
    let gap = Gap::investigate(
        format!("the controller of load balancer class {}", command::cut(class)),
        "its owner is not named in the cluster",
    );
    Some(
        DOC.finding(
            &gap,
            cx.object(),
            format!("it has no address, and who serves its load balancer class {} cannot be seen", command::cut(class)),
        )
        .next("Find out what the load balancer controller says.", command::describe(&cx.object()))
        .at(service.origin, field!["spec", "loadBalancerClass"]),
    )
}
