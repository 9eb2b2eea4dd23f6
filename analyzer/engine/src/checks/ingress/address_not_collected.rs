//! `ingress/address-not-collected`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::controllers::Controller;
use crate::resolve::ingress::state::{Address, IngressState};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/address-not-collected",
    segment: SegmentName::Address,
    title: "The status with the address was not collected",
    explanation: "The input shows this Ingress without its status, and its controller is run by a cloud or is not \
                  one that is known: only the status could show that it serves the Ingress. Where the controller's \
                  own pods are in the input, they are the evidence and this is not raised.",
    example: "An Ingress of class alb from a dump that strips every status.",
    sources: &["networking.k8s.io/v1 IngressStatus"],
});

/// Adds it where nothing but the status could show who serves the Ingress.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let unshown = state.controller().is_none_or(Controller::is_outside);
    if state.address != Address::NotCollected || !unshown {
        return;
    }
    let kind = state.ingress.kind();
    let gap = Gap::investigate(format!("the status of the {kind} was not collected"), "its source leaves it out");
    let message = format!("the status of this {kind} was not collected, so nothing shows whether it has an address");
    let finding = DOC.finding(&gap, state.ingress.object(), message);
    segment.add(finding.next("Look at its address.", words::describe(state)));
}
