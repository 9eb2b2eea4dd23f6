//! `istio/subset-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::DestinationContext;
use crate::resolve::istio::SubsetOf;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/subset-missing",
    segment: SegmentName::Reference,
    title: "No DestinationRule has the subset",
    explanation: "A subset is a name that a DestinationRule for the host gives to some of its pods. No rule has this \
                  one, so requests get 503. Raised only where the DestinationRules of the cluster were read \
                  completely.",
    example: "destination: {host: reviews, subset: v2}   # the DestinationRule has v1 only",
    sources: &["Istio: Destination.subset", "Istio: IST0101 ReferencedResourceNotFound"],
});

/// Adds it for one destination.
pub fn check(cx: &DestinationContext<'_, '_>, segment: &mut Segment) {
    let SubsetOf::Missing(absence) = cx.subset else { return };
    let (subset, host) = (words::brief(&cx.destination.subset), words::brief(&cx.destination.host));
    let message = format!("no DestinationRule for '{host}' has the subset '{subset}'");
    let finding = cx.at(DOC.finding(&absence.proof(), cx.of.object(), message), "subset");
    segment.add(finding.next(
        "Add the subset to the DestinationRule, or correct the name.",
        "kubectl get destinationrules.networking.istio.io -A",
    ));
}
