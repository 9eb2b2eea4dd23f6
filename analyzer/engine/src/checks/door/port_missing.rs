//! `door/port-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::lead::{Lead, LeadPort, Target};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "door/port-missing",
    segment: SegmentName::Reference,
    title: "The Service has no such port",
    explanation: "A door asks for a port that the Service behind it does not have. An HTTPProxy names the number of \
                  the Service's port. A Route's targetPort is the name or number of the endpoint's port, which is the \
                  pod's and not the Service's: the number of the Service's port matches no endpoint unless both are \
                  equal. Nothing is dialled then, and requests are answered with 503.",
    example: "port: {targetPort: 80}   # the Service maps 80 to 8080: the endpoints have 8080",
    sources: &[
        "openshift/router: pkg/router/template/template_helper.go (endpointsForAlias)",
        "Contour: internal/dag/accessors.go (EnsureService)",
    ],
});

/// For one reference.
pub fn check(lead: &Lead<'_>, segment: &mut Segment) {
    let Target::Service(service, LeadPort::Missing) = &lead.target else { return };
    let ports: Vec<String> = service.spec.ports.iter().take(8).map(|port| words::brief(&port.describe())).collect();
    let declared = if ports.is_empty() { "no ports".to_owned() } else { ports.join(", ") };
    let name = words::brief(&lead.backend.name);
    let proof = service.shows(format!("declares {declared}, which is no {}", lead.asked));
    let message =
        format!("this {} asks for {} of the Service '{name}', which declares {declared}", lead.door.kind, lead.asked);
    let finding = DOC
        .finding(&proof, lead.door.clone(), message)
        .cause("No endpoint has such a port, so that nothing is dialled.")
        .relates(service.object(), "has other ports")
        .at(lead.origin, lead.field.iter().cloned());
    let command = words::kubectl("get service -o yaml", &service.object());
    segment.add(finding.next("Name a port that is there.", command));
}
