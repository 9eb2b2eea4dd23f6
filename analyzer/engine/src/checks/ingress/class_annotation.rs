//! `ingress/class-annotation`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::ingress::class::{ANNOTATION, Named};
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/class-annotation",
    segment: SegmentName::Controller,
    title: "The class is named by the deprecated annotation",
    explanation: "The class is named by the annotation kubernetes.io/ingress.class, deprecated since Kubernetes \
                  1.18. Many controllers still answer to it: they compare its text with their own. It is intent, not \
                  evidence that anybody serves the Ingress.",
    example: "metadata:\n  annotations: {kubernetes.io/ingress.class: nginx}",
    sources: &["Kubernetes: deprecated annotation kubernetes.io/ingress.class"],
});

/// Adds it for the annotation.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let Named::Annotation(word) = state.class.named else { return };
    // Other kinds have no other way to name it.
    if state.ingress.only().is_some() {
        return;
    }
    let message = format!("its class is named by the deprecated annotation {ANNOTATION}: '{}'", words::brief(word));
    let finding = DOC.finding(state.ingress.object(), message);
    segment.add(finding.at(state.ingress.origin, field!["metadata", "annotations", ANNOTATION]));
}
