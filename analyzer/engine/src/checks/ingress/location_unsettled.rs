//! `ingress/location-unsettled`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::{location_denied, words};
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::demands::{Kind, State};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/location-unsettled",
    segment: SegmentName::Rule,
    title: "Whether an object that an annotation names is there is not known",
    explanation: "ingress-nginx denies a location (503) whose annotation names a Secret or ConfigMap that is not there. \
                  Of a ConfigMap that was not read it cannot be told, nor of a Secret that is not among manifests which \
                  were declared to be all: they seldom hold Secrets.",
    example: "nginx.ingress.kubernetes.io/custom-headers: shop/headers, in a dump without ConfigMaps",
    sources: &["kubernetes/ingress-nginx internal/ingress/annotations/auth/main.go"],
});

/// Adds it for each that is not merely left out by collectors.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    for unmet in &cx.state.unmet {
        let (gap, kind) = match (&unmet.state, unmet.kind) {
            (State::Unseen(gap), Kind::ConfigMap) | (State::NotInManifests(gap), _) => (gap, unmet.kind.word()),
            _ => continue,
        };
        let key = unmet.annotation.as_str();
        let name = words::brief(&unmet.name);
        let message = format!("the {kind} '{name}', which the annotation {key} names, was not read");
        let finding = DOC
            .finding(gap, cx.object(), message)
            .relates(location_denied::object(unmet), "is named by the annotation")
            .at(cx.state.ingress.origin, field!["metadata", "annotations", key]);
        let command = words::kubectl(&format!("get {}", kind.to_ascii_lowercase()), &location_denied::object(unmet));
        segment.add(finding.next(format!("See whether the {kind} is there."), command));
    }
}
