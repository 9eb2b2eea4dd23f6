//! `ingress/class-unseen-but-served`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Notes, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::front::Front;
use crate::checks::ingress::words;

/// The page.
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
pub(crate) fn check(front: &Front<'_>, segment: &mut Segment) {
    let (Class::Unseen(_), Named::Field(name)) = (&front.class.class, front.class.named) else { return };
    if !front.is_published() {
        return;
    }
    let message = format!("the class '{}' was not read; a controller has published an address", words::brief(name));
    let finding = DOC.finding(front.ingress.object(), message);
    segment.add(finding.at(front.ingress.origin, field!["spec", "ingressClassName"]));
}
