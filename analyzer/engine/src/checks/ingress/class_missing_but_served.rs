//! `ingress/class-missing-but-served`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::state::{Address, IngressState};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/class-missing-but-served",
    segment: SegmentName::Controller,
    title: "The class does not exist, yet an address is published",
    explanation: "The class named by this Ingress does not exist, but its status carries an address: a controller \
                  serves it, or served it once and left the address behind. A status can outlive its controller, so \
                  this neither blocks nor passes. The same is said where the status was not collected.",
    example: "spec:\n  ingressClassName: gone\nstatus:\n  loadBalancer:\n    ingress: [{ip: 192.0.2.10}]",
    sources: &["networking.k8s.io/v1 IngressSpec.ingressClassName"],
});

/// Adds it for a missing class beside an address.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let (Class::Missing(absence), Named::Field(name)) = (&state.class.class, state.class.named) else { return };
    let address = match &state.address {
        Address::Published(address) => format!("it has the address {}", words::brief(address)),
        Address::NotCollected => "whether it has an address was not collected".to_owned(),
        Address::None | Address::Manifest => return,
    };
    let gap = Gap::investigate(
        "whether a controller still serves the Ingress is not shown",
        format!("{} does not exist, and {address}", absence.what()),
    );
    let message = format!("its class '{}' does not exist, and {address}", words::brief(name));
    let finding = DOC
        .finding(&gap, state.ingress.object(), message)
        .cause("An address in the status may have been left behind by a controller or a class that was removed.")
        .at(state.ingress.origin, field!["spec", "ingressClassName"]);
    segment.add(finding.next("Find out which classes exist.", "kubectl get ingressclass"));
}
