//! `ingress/cloud-not-provisioned`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::ingress::state::{Address, IngressState};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/cloud-not-provisioned",
    segment: SegmentName::Address,
    title: "A cloud load balancer has not been reported yet",
    explanation: "The class of this Ingress is served by a cloud's load balancer, and its controller writes the \
                  address into the status once the load balancer exists. There is no address yet: it may still be on \
                  its way, or creating it may have failed. The status alone cannot tell which, so it clouds; the \
                  controller's events say more. Not raised for manifests and where the status was not collected.",
    example: "ingressClassName: alb\n…\nstatus: {loadBalancer: {}}",
    sources: &[
        "networking.k8s.io/v1 IngressStatus",
        "AWS Load Balancer Controller: Ingress",
        "GKE: troubleshooting Ingress",
    ],
});

/// Adds it for a cloud's class without an address.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let Some(controller) = state.controller().filter(|c| c.is_outside()) else { return };
    if state.address != Address::None {
        return;
    }
    let gap = Gap::investigate("whether the load balancer exists is not shown", "the status holds no address");
    let message = format!("{} has not reported an address for this Ingress", controller.name);
    let cause = "The load balancer may still be being created, or creating it failed; the events of the Ingress \
                 usually say which.";
    let finding = DOC.finding(&gap, state.ingress.object(), message).cause(cause);
    segment.add(finding.next("Read the events of the Ingress.", words::describe(state)));
}
