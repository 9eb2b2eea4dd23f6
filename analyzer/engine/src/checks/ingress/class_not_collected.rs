//! `ingress/class-not-collected`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::of_cluster::{COULD, classes, of_cluster};
use crate::checks::ingress::words;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{Assumes, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "ingress/class-not-collected",
    segment: SegmentName::Controller,
    title: "The class could not be seen",
    explanation: "This Ingress names a class, and the input does not hold the cluster's IngressClasses (or not all \
                  of them), so it cannot be told which controller should serve it, nor whether any does. Not raised \
                  where an address is published: then somebody serves it. In plain manifests the class is part of \
                  the cluster they are meant for, and is assumed to be there.",
    example: "A directory with an Ingress of class nginx and no IngressClass.",
    sources: &["networking.k8s.io/v1 IngressClass"],
});

/// Adds it for a class that was not read.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let (Class::Unseen(gap), Named::Field(name)) = (&state.class.class, state.class.named) else { return };
    if state.is_published() {
        return;
    }
    let message =
        format!("the class '{}' was not read, so nothing says which controller serves it", words::brief(name));
    let place = field!["spec", "ingressClassName"];
    if let Some(obstacle) = of_cluster(state, gap.clone()) {
        let assumption = DOC.assumption(obstacle, state.ingress.object(), message).at(state.ingress.origin, place);
        return segment.assume(assumption.could(COULD).read_by(classes()), state.strict);
    }
    let finding = DOC.finding(gap, state.ingress.object(), message).at(state.ingress.origin, place);
    let command = format!("kubectl get ingressclass {}", words::quoted(name));
    segment.add(finding.next("Look at the class, or add it to the input.", command));
}
