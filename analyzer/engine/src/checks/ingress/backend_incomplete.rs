//! `ingress/backend-incomplete`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::backend::Target;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/backend-incomplete",
    segment: SegmentName::Reference,
    title: "The backend names no Service, or no port of it",
    explanation: "A backend must name a Service and one of its ports, or another object. This one names neither, or \
                  leaves the port out. The API server refuses it, and no controller can serve it.",
    example: "backend: {service: {name: web}}",
    sources: &["networking.k8s.io/v1 IngressBackend"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Incomplete(lacking) = &cx.reference.target else { return };
    let what = words::brief(&cx.declared.describe());
    let proof = cx.state.ingress.shows(format!("the backend of {what} names {lacking}"));
    let message = format!("the backend of {what} names {lacking}");
    let finding = DOC
        .finding(&proof, cx.object(), message)
        .cause("A backend names a Service and one of its ports; without both there is nothing to send requests to.")
        .at(cx.state.ingress.origin, cx.declared.field.iter().cloned());
    segment.add(finding.next("Complete the backend.", words::describe(cx.state)));
}
