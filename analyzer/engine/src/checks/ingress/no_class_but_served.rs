//! `ingress/no-class-but-served`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/no-class-but-served",
    segment: SegmentName::Controller,
    title: "The Ingress has no class; somebody serves it",
    explanation: "This Ingress names no class, and something shows that it is served all the same: a published \
                  address, a controller whose flags say that it takes such Ingresses, or annotations that a cloud's \
                  controller wrote. Naming the class would make it independent of those flags.",
    example: "An Ingress without a class that has an address.",
    sources: &["Kubernetes: default IngressClass"],
});

/// Adds it for a class-less Ingress with a sign of service.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    if state.class.named != Named::Nothing {
        return;
    }
    let shown = match &state.class.class {
        Class::Sign(what) => words::brief(what),
        Class::Watched(_, pod) => format!("{} serves Ingresses without a class (flag)", pod.object()),
        _ if state.is_published() => format!("it has the address {}", words::address(state)),
        _ => return,
    };
    segment.add(DOC.finding(state.ingress.object(), format!("this {} names no class; {shown}", state.ingress.kind())));
}
