//! `ingress/backend-incomplete`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use crate::resolve::ingress::backend::Target;
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
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
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Target::Incomplete(lacking) = &hop.reference.target else { return };
    let what = words::brief(&hop.path.describe());
    let proof = hop.front.ingress.shows(format!("the backend of {what} names {lacking}"));
    let message = format!("the backend of {what} names {lacking}");
    let finding = DOC
        .finding(&proof, hop.ingress(), message)
        .cause("A backend names a Service and one of its ports; without both there is nothing to send requests to.")
        .at(hop.front.ingress.origin, hop.path.field.iter().cloned());
    segment.add(finding.next("Complete the backend", words::describe(hop.front)));
}
