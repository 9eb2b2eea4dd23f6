//! `ingress/class-by-name`

use kubereach_reports::report::SegmentName;

use crate::resolve::controllers;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/class-by-name",
    segment: SegmentName::Controller,
    title: "The class does not exist, and a controller may answer to its name",
    explanation: "No IngressClass of this name exists. Some controllers compare the name with a word of their own \
                  and need no IngressClass object, or can be told to (Contour, Kong, Skipper, Cilium, Tailscale, \
                  Traefik with its class lookup disabled, Google's controller): for such a name it cannot be told \
                  from the class alone that nobody serves the Ingress.",
    example: "spec:\n  ingressClassName: contour   # and no IngressClass named contour",
    sources: &["Contour: ingress class", "Traefik: disableIngressClassLookup", "GKE: Ingress controller behaviour"],
});

/// Adds it for a missing class with such a name.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let (Class::Missing(absence), Named::Field(name)) = (&state.class.class, state.class.named) else { return };
    let Some(controller) = controllers::without_class_object(name).filter(|_| !state.is_published()) else { return };
    let gap = Gap::investigate(
        format!("whether {} answers to the name '{name}' is not shown", controller.name),
        format!("{} does not exist, and that controller does not always need it", absence.what()),
    );
    let message = format!("the class '{name}' does not exist; {} may serve the Ingress all the same", controller.name);
    let finding = DOC
        .finding(&gap, state.ingress.object(), message)
        .cause("This controller can compare the name of a class without an IngressClass object.")
        .at(state.ingress.origin, field!["spec", "ingressClassName"]);
    segment.add(finding.next("Find out which classes exist.", "kubectl get ingressclass"));
}
