//! `istio/host-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::DestinationContext;
use crate::resolve::istio::Target;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/host-missing",
    segment: SegmentName::Reference,
    title: "The host of a destination is none of the mesh",
    explanation: "A destination is a Service, or a host that a ServiceEntry adds. A name without a dot means a Service \
                  of the namespace of the object that names it; any other name is taken as it is. Nothing has this \
                  host, so requests get 503. Raised only where Services and ServiceEntries were read completely, and \
                  not where Istio reads other clusters as well.",
    example: "destination: {host: reviews}   # the Service is in another namespace",
    sources: &["Istio: Destination.host", "Istio: IST0101 ReferencedResourceNotFound"],
});

/// Adds it for one destination.
pub fn check(cx: &DestinationContext<'_, '_>, segment: &mut Segment) {
    let Target::Missing(absence) = cx.target else { return };
    let message = format!("nothing in the mesh has the host '{}'", words::brief(&cx.destination.host));
    let finding = cx.at(DOC.finding(&absence.proof(), cx.of.object(), message), "host");
    let finding = finding.cause("Requests of this rule get 503: there is nobody to send them to.");
    segment.add(finding.next("Correct the host, or create the Service or ServiceEntry.", "kubectl get services -A"));
}
