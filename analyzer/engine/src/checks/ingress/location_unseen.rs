//! `ingress/location-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::{location_denied, words};
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::demands::{Kind, State};
use kubereach_model::evidence::{Assumes, CheckDoc, MayBeInTheWay, Obstacle, Reading, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "ingress/location-unseen",
    segment: SegmentName::Rule,
    title: "An annotation names a Secret that was not read",
    explanation: "ingress-nginx denies a location (503) whose annotation names a Secret that is not there. Collectors \
                  leave Secrets out, so that this one is there is assumed, and the report says so once.",
    example: "nginx.ingress.kubernetes.io/auth-secret: users, in a dump without Secrets",
    sources: &["kubernetes/ingress-nginx internal/ingress/annotations/auth/main.go"],
});

const COULD: &str = "be missing or incomplete, so that the location answers 503";

/// Adds it for each.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    for unmet in &cx.state.unmet {
        let (State::Unseen(gap), Kind::Secret) = (&unmet.state, unmet.kind) else { continue };
        let (name, key) = (words::brief(&unmet.name), unmet.annotation.as_str());
        let message = format!("the Secret '{name}', which the annotation {key} names, was not read");
        let obstacle = Obstacle::new(MayBeInTheWay::Secrets, gap.clone());
        let reading = Reading { resource: "secrets".to_owned(), arguments: String::new() };
        let assumption = DOC.assumption(obstacle, location_denied::object(unmet), message);
        let assumption = assumption.within(Some(&unmet.namespace)).could(COULD).read_by(reading);
        let place = field!["metadata", "annotations", key];
        segment.assume(assumption.at(cx.state.ingress.origin, place), cx.state.strict);
    }
}
