//! `door/external-name`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::lead::{Lead, LeadPort, Target};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "door/external-name",
    segment: SegmentName::Reference,
    title: "The door does not serve a Service that stands for a name elsewhere",
    explanation: "The Service is of type ExternalName. It has no endpoints, and a proxy that reads endpoints finds \
                  nothing behind it: OpenShift's router answers with 503.",
    example: "type: ExternalName behind an OpenShift Route",
    sources: &[
        "core/v1 ServiceSpec.type ExternalName",
        "openshift/router: pkg/router/template/plugin.go (HandleEndpoints)",
    ],
});

/// For one reference.
pub fn check(lead: &Lead<'_>, segment: &mut Segment) {
    let Target::Service(service, LeadPort::Refused) = &lead.target else { return };
    let name = words::brief(&lead.backend.name);
    let message = format!("the Service '{name}' stands for a name elsewhere and has no endpoints");
    let finding = DOC
        .finding(&service.shows("is of type ExternalName"), lead.door.clone(), message)
        .cause("The proxy dials endpoints, and such a Service has none.")
        .relates(service.object(), "of type ExternalName")
        .at(lead.origin, lead.field.iter().cloned());
    let command = words::kubectl("get service -o yaml", &service.object());
    segment.add(finding.next("Point it at a Service with endpoints.", command));
}
