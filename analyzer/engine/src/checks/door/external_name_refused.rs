//! `door/external-name-refused`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::lead::{Lead, LeadPort, Target};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "door/external-name-refused",
    segment: SegmentName::Reference,
    title: "ExternalName Services are refused unless the controller is told otherwise",
    explanation: "The Service is of type ExternalName. The controller refuses these unless its configuration allows \
                  them, and the configuration was not seen.",
    example: "type: ExternalName behind an HTTPProxy",
    sources: &["Contour: site configuration enableExternalNameService"],
});

/// For one reference.
pub fn check(lead: &Lead<'_>, segment: &mut Segment) {
    let Target::Service(service, LeadPort::RefusedUnless(gap)) = &lead.target else { return };
    let name = words::brief(&lead.backend.name);
    let message = format!("the Service '{name}' stands for a name elsewhere, which is refused by default");
    let finding = DOC
        .finding(gap, lead.door.clone(), message)
        .relates(service.object(), "of type ExternalName")
        .at(lead.origin, lead.field.iter().cloned());
    let command = words::kubectl("get service -o yaml", &service.object());
    segment.add(finding.next("Look at the controller's configuration.", command));
}
