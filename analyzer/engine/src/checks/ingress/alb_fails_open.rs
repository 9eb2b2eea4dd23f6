//! `ingress/alb-fails-open`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::model::Pod;
use kubereach_model::snapshot::{Found, Gap};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/alb-fails-open",
    segment: SegmentName::Endpoints,
    title: "No pod is ready, and the load balancer may use them all the same",
    explanation: "The AWS load balancer sends to pods (target type ip). Its controller registers pods whose containers are \
                  ready, whatever their readiness gates say, and a load balancer without a healthy target uses all of \
                  them. So pods that Kubernetes does not count as ready may get requests; the target group shows it.",
    example: "Pods with ContainersReady=True that wait for the readiness gate of a target group.",
    sources: &[
        "kubernetes-sigs/aws-load-balancer-controller pkg/backend/endpoint_resolver.go",
        "Elastic Load Balancing: health checks for target groups",
    ],
});

/// Names such a pod.
pub fn finding(cx: &IngressPath<'_, '_>, pod: Found<'_, Pod>) -> Finding {
    let gap = Gap::investigate("which pods the load balancer uses", "its target group is not in the cluster");
    let message = format!(
        "no pod is ready for Kubernetes, but the containers of pod {} are, and the load balancer may send to it",
        pod.metadata.name
    );
    let finding = DOC.finding(&gap, cx.object(), message).relates(pod.object(), "has ready containers");
    finding.next("Look at the health of the targets.", words::kubectl("describe pod", &pod.object()))
}
