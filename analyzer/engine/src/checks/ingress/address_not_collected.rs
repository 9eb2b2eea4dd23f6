//! `ingress/address-not-collected`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, CheckDoc, Segment, Text};
use crate::resolve::controllers::Controller;
use crate::resolve::ingress::front::{Address, Front};
use kubereach_model::snapshot::Gap;
use crate::checks::ingress::words;

/// The page.
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
pub(crate) fn check(front: &Front<'_>, segment: &mut Segment) {
    let unshown = front.controller().is_none_or(Controller::is_outside);
    if front.address != Address::NotCollected || !unshown {
        return;
    }
    let gap = Gap::investigate("the status of the Ingress was not collected", "its source leaves it out");
    let message = "whether this Ingress has an address cannot be told: its status was not collected";
    let finding = DOC.finding(&gap, front.ingress.object(), message);
    segment.add(finding.next("Look at its address", words::describe(front)));
}
