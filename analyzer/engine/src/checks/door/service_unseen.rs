//! `door/service-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::lead::{Lead, Target};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "door/service-unseen",
    segment: SegmentName::Reference,
    title: "The Service that a door leads to was not seen",
    explanation: "A Route, HTTPProxy or another door leads to a Service that is not in the input, and the Services of \
                  the namespace were not all read: whether it exists cannot be told.",
    example: "A Route in one file, its Service in another that was not given.",
    sources: &["route.openshift.io/v1 RouteSpec.to"],
});

/// For one reference.
pub fn check(lead: &Lead<'_>, segment: &mut Segment) {
    let Target::Unseen(gap) = &lead.target else { return };
    let name = words::brief(&lead.backend.name);
    let message = format!("this {} leads to the Service '{name}', which is not in the input", lead.door.kind);
    let service = super::service(lead);
    let command = words::kubectl("get service", &service);
    let finding = DOC
        .finding(gap, service, message)
        .relates(lead.door.clone(), "refers to it")
        .at(lead.origin, lead.field.iter().cloned());
    segment.add(finding.next("Look for the Service, or add it to the input.", command));
}
