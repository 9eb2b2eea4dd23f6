//! `door/port-unknown`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::lead::{Lead, LeadPort, Target};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "door/port-unknown",
    segment: SegmentName::Reference,
    title: "Which port is meant is not known",
    explanation: "The port that a door asks for was masked, or depends on pods of which no endpoint was read: a name of \
         a container's port stands for a number that only the endpoints show. Which port of the Service is meant, and \
         whether anything listens there, cannot be told.",
    example: "targetPort: 8443 where the Service names its target port and no EndpointSlice was read",
    sources: &["route.openshift.io/v1 RoutePort.targetPort"],
});

/// For one reference.
pub fn check(lead: &Lead<'_>, segment: &mut Segment) {
    let Target::Service(service, LeadPort::Unknown(gap)) = &lead.target else { return };
    let name = words::brief(&lead.backend.name);
    let message = format!("nothing shows whether the Service '{name}' has {}", lead.asked);
    let finding = DOC
        .finding(gap, lead.door.clone(), message)
        .relates(service.object(), "is asked for it")
        .at(lead.origin, lead.field.iter().cloned());
    let command = words::kubectl("get endpointslices -o yaml -l", &service.object());
    let command = command.replacen(" -l ", &format!(" -l {}=", "kubernetes.io/service-name"), 1);
    segment.add(finding.next("Look at the ports of its endpoints.", command));
}
