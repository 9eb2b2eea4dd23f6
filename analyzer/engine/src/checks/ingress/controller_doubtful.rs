//! `ingress/controller-doubtful`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::controllers::Place;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/controller-doubtful",
    segment: SegmentName::Controller,
    title: "Pods of the ingress controller were seen and none of them is ready",
    explanation: "Pods of the controller were found and none of those is ready, but that does not prove that nobody \
                  takes the requests: not all pods of the cluster were read, or the pods found only configure \
                  others, or they may listen on their node although they are not ready, or they are seconds old, or \
                  a cloud's load balancer carries the traffic. With a published address a cloud's controller may be \
                  down while its load balancer goes on; then this is not raised.",
    example: "Class alb, no address, and aws-load-balancer-controller in CrashLoopBackOff.",
    sources: &["networking.k8s.io/v1 IngressClass.spec.controller"],
});

/// Adds it where no pod is ready and nothing is proven.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let (Some(controller), Some(seen)) = (state.controller(), &state.seen) else { return };
    let programmed_outside = controller.is_outside() && state.is_published();
    let Some(pod) = seen.pods.first() else { return };
    if seen.ready > 0 || programmed_outside || state.is_unserved() {
        return;
    }
    let reason = match (&seen.complete, controller.place) {
        (Err(gap), _) => gap.sentence(),
        (_, Place::Outside) => "its load balancer is outside the cluster".to_owned(),
        (_, Place::ControlPods) => "these pods configure others that carry the traffic".to_owned(),
        (_, Place::Pods) if seen.pods.iter().any(|pod| pod.is_ready().is_none()) => {
            "the status of its pods was not collected".to_owned()
        }
        (_, Place::Pods) if state.young => "its pods are seconds old".to_owned(),
        (_, Place::Pods) => "its pods listen on their nodes".to_owned(),
    };
    let gap = Gap::investigate("whether the controller takes requests is not shown", reason);
    let message = format!("no ready pod of {} was seen", controller.name);
    let finding = DOC.finding(&gap, pod.object(), message).relates(state.ingress.object(), "served by it");
    segment.add(finding.next("Find out why the controller is not ready.", words::controller_pods(state)));
}
