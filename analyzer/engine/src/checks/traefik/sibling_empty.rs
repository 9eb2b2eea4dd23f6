//! `traefik/sibling-empty`

use kubereach_reports::report::SegmentName;

use crate::evaluate::traefik::{LeafContext, Leafless};
use crate::resolve::traefik::settings::Answer;
use kubereach_model::evidence::{CheckDoc, Narrows, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "traefik/sibling-empty",
    segment: SegmentName::Reference,
    title: "Nothing answers behind another Service of the same route",
    explanation: "Traefik leaves out a Service without a ready address, and with it the whole route, unless it was \
                  told allowEmptyServices: then its share of the requests gets 503.",
    example: "services: [{name: blue, port: 80}, {name: green, port: 80}]   # no pod of green is ready",
    sources: &["Traefik documentation: Kubernetes CRD provider, allowEmptyServices"],
});

/// Adds it beside an empty one.
pub fn check(cx: &LeafContext<'_, '_>, other: &Leafless<'_>, segment: &mut Segment) {
    let kept = cx.route.of.asked(crate::resolve::traefik::settings::Told::keeps_empty, "");
    if !other.is_empty || matches!(kept, Answer::Yes) {
        return;
    }
    let proof = cx.route.of.entry.found.shows(format!("route {} leads to several Services", cx.route.index + 1));
    let message = format!("Traefik may leave the whole route out: {}", other.finding.message);
    let finding =
        DOC.finding(&proof, other.finding.object.clone(), message).relates(cx.route.of.object(), "refers to it");
    let finding = cx.at(finding, []);
    segment.add(finding.next(other.finding.action.clone(), other.finding.command.clone()));
}
