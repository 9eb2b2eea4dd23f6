//! `ingress/class-missing`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::front::{Address, Front};
use crate::checks::ingress::words;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/class-missing",
    segment: SegmentName::Controller,
    title: "The Ingress names a class that does not exist",
    explanation: "An IngressClass says which controller serves an Ingress. This Ingress names a class that does not \
                  exist, no address has ever been published for it, and no controller is known that would answer to \
                  the bare name: nobody serves it. Raised only where the classes of the cluster were read \
                  completely. An Ingress that has an address, or a name that a controller compares without an \
                  IngressClass, is reported by other checks that only cloud.",
    example: "spec:\n  ingressClassName: nginx-internal   # kubectl get ingressclass lists only nginx",
    sources: &["networking.k8s.io/v1 IngressSpec.ingressClassName", "ingress-nginx: multiple controllers"],
});

/// Adds it for a class that is proven not to exist.
pub(crate) fn check(front: &Front<'_>, segment: &mut Segment) {
    let (Class::Missing(absence), Named::Field(name)) = (&front.class.class, front.class.named) else { return };
    let served = front.is_published() || front.address == Address::NotCollected;
    if served || crate::checks::ingress::class_by_name::known(name).is_some() {
        return;
    }
    let message = format!("nobody serves this Ingress: its class '{}' does not exist", words::brief(name));
    let cause = "The class says which controller picks the Ingress up. With a class that does not exist none does, \
                 so its hosts and paths are not programmed anywhere.";
    let finding = DOC
        .finding(&absence.proof(), front.ingress.object(), message)
        .cause(cause)
        .at(front.ingress.origin, field!["spec", "ingressClassName"]);
    segment.add(finding.next("Name a class that exists, or create this one", "kubectl get ingressclass"));
}
