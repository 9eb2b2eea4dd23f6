//! `ingress/location-unsettled`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::{location_denied, words};
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::demands::{Kind, State};
use kubereach_model::evidence::{Assumes, CheckDoc, MayBeInTheWay, Obstacle, Reading, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "ingress/location-unsettled",
    segment: SegmentName::Rule,
    title: "An annotation names an object that was not read",
    explanation: "ingress-nginx denies a location (503) whose annotation names a Secret or ConfigMap that is not there. \
                  This one was not read. Collectors leave Secrets out, so that it is there is assumed and said; of a \
                  ConfigMap it cannot be told, nor of a Secret that is not among manifests which were declared to be \
                  all: they seldom hold Secrets.",
    example: "nginx.ingress.kubernetes.io/auth-secret: users, in a dump without Secrets",
    sources: &["kubernetes/ingress-nginx internal/ingress/annotations/auth/main.go"],
});

const COULD: &str = "be missing or incomplete, so that the location answers 503";

/// Adds it for each.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    for unmet in &cx.state.unmet {
        let (State::Unseen(gap) | State::NotInManifests(gap)) = &unmet.state else { continue };
        let (kind, name, key) = (unmet.kind.word(), words::brief(&unmet.name), unmet.annotation.as_str());
        let message = format!("the {kind} '{name}', which the annotation {key} names, was not read");
        let origin = cx.state.ingress.origin;
        if unmet.kind == Kind::Secret && matches!(unmet.state, State::Unseen(_)) {
            let obstacle = Obstacle::new(MayBeInTheWay::Secrets, gap.clone());
            let reading = Reading { resource: "secrets".to_owned(), arguments: String::new() };
            let assumption = DOC.assumption(obstacle, location_denied::object(unmet), message);
            let assumption = assumption.within(Some(&unmet.namespace)).could(COULD).read_by(reading);
            segment.assume(assumption.at(origin, field!["metadata", "annotations", key]), cx.state.strict);
            continue;
        }
        let finding = DOC
            .finding(gap, cx.object(), message)
            .relates(location_denied::object(unmet), "is named by the annotation")
            .at(origin, field!["metadata", "annotations", key]);
        let command = words::kubectl(&format!("get {}", kind.to_ascii_lowercase()), &location_denied::object(unmet));
        segment.add(finding.next(format!("See whether the {kind} is there."), command));
    }
}
