//! `traefik/sibling-missing`

use kubereach_reports::report::SegmentName;

use crate::evaluate::traefik::{LeafContext, Leafless};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/sibling-missing",
    segment: SegmentName::Reference,
    title: "Another Service of the same route cannot be made",
    explanation: "Traefik makes a route of several Services as a whole: if one of them does not exist, or cannot be \
                  made, the route is left out, and the others get no requests either.",
    example: "services: [{name: blue, port: 80}, {name: green, port: 80}]   # there is no Service green",
    sources: &["traefik/traefik pkg/provider/kubernetes/crd/kubernetes_http.go buildServicesLB"],
});

/// Adds it beside one that is proven to be missing.
pub fn check(cx: &LeafContext<'_, '_>, other: &Leafless<'_>, segment: &mut Segment) {
    if other.is_empty {
        return;
    }
    let proof = cx.route.of.entry.found.shows(format!("route {} leads to several Services", cx.route.index + 1));
    let message = format!("Traefik leaves the whole route out: {}", other.finding.message);
    let finding =
        DOC.finding(&proof, other.finding.object.clone(), message).relates(cx.route.of.object(), "refers to it");
    let finding = cx.at(finding, []);
    segment.add(finding.next(other.finding.action.clone(), other.finding.command.clone()));
}
