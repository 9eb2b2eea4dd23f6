//! `ingress/class-by-name`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::controllers::{self, Controller};
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::front::Front;
use kubereach_model::snapshot::Gap;

/// The page.
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

/// The controller that may answer to the bare name.
pub(crate) fn known(name: &str) -> Option<&'static Controller> {
    controllers::by_word(name).filter(|controller| controller.by_word)
}

/// Adds it for a missing class with such a name.
pub(crate) fn check(front: &Front<'_>, segment: &mut Segment) {
    let (Class::Missing(absence), Named::Field(name)) = (&front.class.class, front.class.named) else { return };
    let Some(controller) = known(name).filter(|_| !front.is_published()) else { return };
    let gap = Gap::investigate(
        format!("whether {} answers to the name '{name}' is not shown", controller.name),
        format!("{} does not exist, and that controller does not always need it", absence.what()),
    );
    let message = format!("the class '{name}' does not exist; {} may serve the Ingress all the same", controller.name);
    let finding = DOC
        .finding(&gap, front.ingress.object(), message)
        .cause("This controller can compare the name of a class without an IngressClass object.")
        .at(front.ingress.origin, field!["spec", "ingressClassName"]);
    segment.add(finding.next("See which classes exist", "kubectl get ingressclass"));
}
