//! `door/service-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::lead::{Lead, Target};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "door/service-missing",
    segment: SegmentName::Reference,
    title: "The Service that a door leads to does not exist",
    explanation: "A Route, HTTPProxy or another door leads to a Service, and there is none of that name in the \
                  namespace where it is looked for. Nothing stands behind the reference: requests that take it are \
                  answered with an error. Raised only where the Services of the namespace were read completely. Where \
                  a rule has other Services beside it, these take all of its traffic and are judged for themselves.",
    example: "to: {kind: Service, name: web}   # kubectl get service lists no web",
    sources: &[
        "route.openshift.io/v1 RouteSpec.to",
        "Contour: internal/dag/httpproxy_processor.go (ServiceUnresolvedReference)",
    ],
});

/// For one reference.
pub fn check(lead: &Lead<'_>, segment: &mut Segment) {
    let Target::Missing(absence) = &lead.target else { return };
    let name = words::brief(&lead.backend.name);
    let kind = &lead.door.kind;
    let message = format!("this {kind} leads to the Service '{name}', which does not exist");
    let finding = DOC
        .finding(&absence.proof(), super::service(lead), message)
        .cause("Requests reach the proxy, which has nowhere to send them and answers with an error.")
        .relates(lead.door.clone(), "refers to it")
        .at(lead.origin, lead.field.iter().cloned());
    segment.add(finding.next(format!("Create the Service, or correct the name in the {kind}."), super::list(lead)));
}
