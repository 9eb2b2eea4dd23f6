//! `ingress/backend-service-unseen`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::ingress::backend::Target;
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/backend-service-unseen",
    segment: SegmentName::Reference,
    title: "The Service behind a path was not seen",
    explanation: "A path of an Ingress leads to a Service that is not in the input, and the Services of the \
                  namespace were not all read, so whether it exists cannot be told. If another Service of the \
                  namespace has nearly the same name, it is mentioned.",
    example: "An Ingress manifest whose Service is kept in another directory.",
    sources: &["networking.k8s.io/v1 IngressServiceBackend"],
});

/// Adds it for one path.
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Target::Unseen(name, gap) = &hop.reference.target else { return };
    let what = words::brief(&hop.path.describe());
    let message = format!("{what} leads to the Service '{}', which is not in the input", words::brief(name));
    let (origin, field) = hop.backend_field(field!["service", "name"]);
    let service = words::service(hop.front, name);
    let command = words::kubectl("get service", &service);
    let finding = DOC.finding(gap, service, message).relates(hop.ingress(), "refers to it").at(origin, field);
    segment.add(finding.next("Look for the Service, or add it to the input", command));
}
