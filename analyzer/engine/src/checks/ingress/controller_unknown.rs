//! `ingress/controller-unknown`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::of_cluster::{COULD, classes, of_cluster};
use crate::checks::ingress::words;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{Assumes, CheckDoc, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "ingress/controller-unknown",
    segment: SegmentName::Controller,
    title: "The controller is not one that is known, and nothing shows that it serves",
    explanation: "The class belongs to a controller that is not in the table of known ones, or is named by a word \
                  that no known controller answers to, so its pods cannot be recognised; and no address is \
                  published. It may well serve the Ingress. In manifests the controller is the cluster's, and is \
                  assumed to run. Not raised where an address is published.",
    example: "spec.controller: example.com/our-own, and `status: {loadBalancer: {}}`",
    sources: &["networking.k8s.io/v1 IngressClass.spec.controller"],
});

/// Adds it for a class of an unknown controller.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    if state.controller().is_some() || state.is_published() {
        return;
    }
    let what = match (&state.class.class, state.class.id, state.class.named) {
        (Class::Found(_), Some(id), _) => format!("the controller '{}'", words::brief(id)),
        (Class::Found(class), None, _) => format!("{}, which names no controller,", class.object()),
        (Class::Word, _, Named::Annotation(word)) => format!("a controller that answers to '{}'", words::brief(word)),
        _ => return,
    };
    let gap = Gap::investigate(format!("whether {what} runs is not shown"), "it is not a controller that is known");
    let kind = state.ingress.kind();
    let message = format!("no address shows that {what} serves this {kind}");
    if let Some(obstacle) = of_cluster(state, gap.clone()) {
        let assumption = DOC.assumption(obstacle, state.ingress.object(), message);
        return segment.assume(assumption.could(COULD).read_by(classes()), state.strict);
    }
    if state.is_manifest() {
        return;
    }
    let finding = DOC.finding(&gap, state.ingress.object(), message);
    segment.add(finding.next(format!("Read the events of the {kind}."), words::describe(state)));
}
