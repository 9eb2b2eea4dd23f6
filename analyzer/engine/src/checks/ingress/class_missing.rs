//! `ingress/class-missing`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::checks::ingress::words;
use crate::resolve::controllers;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::state::{Address, IngressState};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
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

fn class(name: &str) -> ObjectRef {
    ObjectRef { kind: "IngressClass".to_owned(), namespace: None, name: words::brief(name), group: None }
}

/// Adds it for a class that is proven not to exist.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let (Class::Missing(absence), Named::Field(name)) = (&state.class.class, state.class.named) else { return };
    let served = state.is_published() || state.address == Address::NotCollected;
    if served || controllers::without_class_object(name).is_some() {
        return;
    }
    let message = format!("nobody serves this Ingress: its class '{}' does not exist", words::brief(name));
    let cause = "The class says which controller picks the Ingress up. With a class that does not exist none does, \
                 so its hosts and paths are not programmed anywhere.";
    let finding = DOC
        .finding(&absence.proof(), state.ingress.object(), message)
        .cause(cause)
        .relates(class(name), "does not exist")
        .at(state.ingress.origin, field!["spec", "ingressClassName"]);
    segment.add(finding.next("Name a class that exists, or create this one.", "kubectl get ingressclass"));
}
