//! `ingress/class-unseen-but-served`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/class-unseen-but-served",
    segment: SegmentName::Controller,
    title: "The class was not read; an address is published",
    explanation: "The IngressClasses were not collected, so the controller of this Ingress is not known by name, and \
                  controller-specific rules were not applied. An address is published: a controller has taken the \
                  Ingress up. That is evidence, not proof that it still does.",
    example: "An Ingress with an address, from a bundle without IngressClasses.",
    sources: &["networking.k8s.io/v1 IngressStatus"],
});

/// Adds it for an unseen class beside an address.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let (Class::Unseen(_), Named::Field(name)) = (&state.class.class, state.class.named) else { return };
    if !state.is_published() {
        return;
    }
    let message = format!("the class '{}' was not read; a controller has published an address", words::brief(name));
    let finding = DOC.finding(state.ingress.object(), message);
    segment.add(finding.at(state.ingress.origin, field!["spec", "ingressClassName"]));
}
