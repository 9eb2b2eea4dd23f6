//! `ingress/backend-service-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::backend::Target;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
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
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Target::Unseen(name, gap) = &cx.reference.target else { return };
    let what = words::brief(&cx.declared.describe());
    let message = format!("{what} leads to the Service '{}', which is not in the input", words::brief(name));
    let (origin, field) = cx.backend_field(field!["service", "name"]);
    let service = words::service(cx.state, name);
    let command = words::kubectl("get service", &service);
    let finding = DOC.finding(gap, service, message).relates(cx.object(), "refers to it").at(origin, field);
    segment.add(finding.next("Look for the Service, or add it to the input.", command));
}
