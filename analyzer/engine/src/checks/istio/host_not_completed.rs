//! `istio/host-not-completed`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::DestinationContext;
use crate::resolve::istio::Target;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "istio/host-not-completed",
    segment: SegmentName::Reference,
    title: "A host with a dot is not completed",
    explanation: "Istio completes a name without a dot to a Service of the object's own namespace, and takes every \
                  other name as it is. The host has a dot and is no full name of a Service, and there is a Service \
                  that was perhaps meant. Where Istio knows the short name by other means it may work, so nothing is \
                  condemned.",
    example: "destination: {host: reviews.shop}   # reviews.shop.svc.cluster.local was meant",
    sources: &["Istio: Destination.host"],
});

/// Adds it for one destination.
pub fn check(cx: &DestinationContext<'_, '_>, segment: &mut Segment) {
    let Target::NotCompleted(service) = cx.target else { return };
    let host = words::brief(&cx.destination.host);
    let gap =
        Gap::investigate("whether Istio knows the host is not shown", "it does not complete a name that has a dot");
    let (name, namespace) = (&service.metadata.name, &service.metadata.namespace);
    let message =
        format!("the host '{host}' has a dot and is not completed; was {name}.{namespace}.svc.cluster.local meant?");
    let finding = cx.at(DOC.finding(&gap, cx.of.object(), message), "host").relates(service.object(), "perhaps meant");
    segment.add(finding.next("Write the full name.", words::get(&cx.of.object())));
}
