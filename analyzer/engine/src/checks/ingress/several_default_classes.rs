//! `ingress/several-default-classes`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Notes, CheckDoc, Segment, Text};
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::front::Front;

/// The page.
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
pub(crate) fn check(front: &Front<'_>, segment: &mut Segment) {
    let concerned = match &front.class.class {
        Class::Found(class) => class.is_default(),
        _ => front.class.named == Named::Nothing,
    };
    if front.class.defaults < 2 || !concerned {
        return;
    }
    let message = format!("{} classes are marked as the default", front.class.defaults);
    let finding = DOC.finding(front.ingress.object(), message);
    segment.add(finding.next("Leave the mark on one of them", "kubectl get ingressclass -o yaml"));
}
