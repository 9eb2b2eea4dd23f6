//! `ingress/several-default-classes`

use kubereach_reports::report::SegmentName;

use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/several-default-classes",
    segment: SegmentName::Controller,
    title: "Several classes claim to be the default",
    explanation: "More than one IngressClass is marked as the default. What a new Ingress without a class then gets \
                  depends on the version of Kubernetes: it may be refused. Ingresses that name their class are not \
                  touched by it.",
    example: "Two IngressClasses with the annotation ingressclass.kubernetes.io/is-default-class: \"true\"",
    sources: &["Kubernetes: default IngressClass"],
});

/// Adds it to Ingresses without a class, and to those of a default class.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let concerned = match &state.class.class {
        Class::Found(class) => class.is_default(),
        _ => state.class.named == Named::Nothing,
    };
    if state.class.defaults < 2 || !concerned {
        return;
    }
    let message = format!("{} classes are marked as the default", state.class.defaults);
    let finding = DOC.finding(state.ingress.object(), message);
    segment.add(finding.next("Leave the mark on one of them.", "kubectl get ingressclass -o yaml"));
}
