//! `ingress/address-unpublished`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::controllers::Controller;
use crate::resolve::ingress::state::{Address, IngressState};
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/address-unpublished",
    segment: SegmentName::Address,
    title: "No address is published, which is usual outside clouds",
    explanation: "The controller has written no address into the status of this Ingress. On bare metal, with \
                  NodePort or host network installations, controllers commonly never do, and traffic flows all the \
                  same. It is mentioned so that nobody looks for an address here; it changes no verdict. Clouds and \
                  controllers that cannot be recognised are judged by other checks.",
    example: "An Ingress served by ingress-nginx behind a NodePort Service: `status: {loadBalancer: {}}`",
    sources: &["networking.k8s.io/v1 IngressStatus", "ingress-nginx: bare-metal considerations"],
});

/// Adds it for a controller inside the cluster.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    if state.address != Address::None || state.controller().is_none_or(Controller::is_outside) {
        return;
    }
    let message = format!("no address is published in the status of this {}", state.ingress.kind());
    let cause = "Controllers behind node ports or on the host network often publish none; clients then use the \
                 address of a node or of a load balancer that Kubernetes does not know.";
    let finding = DOC.finding(state.ingress.object(), message).cause(cause);
    segment.add(finding.next("Look at how clients reach the controller.", words::controller_pods(state)));
}
