//! `ingress/controller-unseen-but-programmed`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/controller-unseen-but-programmed",
    segment: SegmentName::Controller,
    title: "No pod of the ingress controller was seen; an address is published",
    explanation: "No pod of the controller was recognised, but the Ingress has an address, which only a controller \
                  writes. A status can outlive its controller: the address is evidence that the Ingress was \
                  programmed, not proof that it is served now.",
    example: "An Ingress with an address in a dump of one namespace.",
    sources: &["networking.k8s.io/v1 IngressStatus"],
});

/// Adds it beside an address.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let (Some(controller), Some(seen)) = (state.controller(), &state.seen) else { return };
    if !seen.pods.is_empty() || !state.is_published() || controller.is_outside() {
        return;
    }
    let message =
        format!("no pod of {} was recognised; the address {} is published", controller.name, words::address(state));
    segment.add(DOC.finding(state.ingress.object(), message));
}
