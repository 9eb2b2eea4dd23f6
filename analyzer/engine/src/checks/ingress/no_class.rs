//! `ingress/no-class`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::of_cluster::{COULD, classes, of_cluster};
use crate::checks::ingress::words;
use crate::resolve::ingress::class::{Class, Named};
use crate::resolve::ingress::entry::ClassField;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{Assumes, CheckDoc, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "ingress/no-class",
    segment: SegmentName::Controller,
    title: "The Ingress has no class",
    explanation: "This Ingress names no class. Kubernetes gives a default class only to an Ingress that is created \
                  while the default exists; an older one stays without. Whether a controller serves class-less \
                  Ingresses depends on its flags (`--watch-ingress-without-class` of ingress-nginx, Traefik without \
                  a class of its own, Google's and OpenShift's controllers serve them). Not raised where an address \
                  is published, where a controller's flags show that it serves them, or where a manifest will be \
                  given the one default class. Where the input is nothing but manifests the default class is the \
                  cluster's, and is assumed to be there.",
    example: "spec:\n  rules: [...]        # no ingressClassName",
    sources: &["Kubernetes: default IngressClass", "ingress-nginx: --watch-ingress-without-class"],
});

/// Adds it for an Ingress that nobody is named for.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    if state.class.named != Named::Nothing || state.is_published() {
        return;
    }
    let kind = state.ingress.kind();
    let (gap, why) = match &state.class.class {
        Class::DefaultNotGiven { default, later } => {
            let name = words::brief(&default.metadata.name);
            let why = match later {
                Some(true) => {
                    format!("the default class '{name}' was created after this {kind} and is not given to it")
                }
                Some(false) => format!("the default class '{name}' was not given to this {kind}"),
                None if state.class.defaults > 1 => "several classes claim to be the default".to_owned(),
                None => format!("whether the default class '{name}' is older than this {kind} is not shown"),
            };
            (Gap::investigate("who serves an Ingress without a class is not shown", why.clone()), why)
        }
        Class::NoDefault(_) => {
            let why = "no class is marked as the default".to_owned();
            (Gap::investigate("who serves an Ingress without a class is not shown", why.clone()), why)
        }
        Class::DefaultUnseen(gap) => (gap.clone(), "the classes of the cluster were not read".to_owned()),
        _ => return,
    };
    let message = format!("this {kind} names no class, and {why}");
    if let Class::DefaultUnseen(gap) = &state.class.class
        && let Some(obstacle) = of_cluster(state, gap.clone())
    {
        let assumption = DOC.assumption(obstacle, state.ingress.object(), message);
        return segment.assume(assumption.could(COULD).read_by(classes()), state.strict);
    }
    let finding = DOC
        .finding(&gap, state.ingress.object(), message)
        .cause("A class says which controller serves an Ingress. Without one only controllers that were told to take such Ingresses do.");
    segment.add(match state.ingress.class {
        ClassField::Spec(_) => finding
            .at(state.ingress.origin, field!["spec", "ingressClassName"])
            .next("Set spec.ingressClassName to one of the classes.", "kubectl get ingressclass"),
        ClassField::Annotation(_) | ClassField::Kind(_) => finding
            .at(state.ingress.origin, field!["metadata"])
            .next("Name the class in the annotation kubernetes.io/ingress.class.", "kubectl get ingressclass"),
    });
}
