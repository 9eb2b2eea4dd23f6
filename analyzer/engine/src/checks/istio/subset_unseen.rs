//! `istio/subset-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::DestinationContext;
use crate::resolve::istio::SubsetOf;
use kubereach_model::evidence::{Assumes, CheckDoc, Obstacle, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "istio/subset-unseen",
    segment: SegmentName::Reference,
    title: "Whether a subset exists is not shown",
    explanation: "A subset is a name that a DestinationRule for the host gives to some of its pods. No rule for the \
                  host was read, and DestinationRules were not read completely. In manifests it is assumed to be in \
                  the cluster.",
    example: "destination: {host: reviews, subset: v2}   # a dump without DestinationRules",
    sources: &["Istio: Destination.subset"],
});

/// Adds it for one destination.
pub fn check(cx: &DestinationContext<'_, '_>, segment: &mut Segment) {
    let SubsetOf::Unseen(gap) = cx.subset else { return };
    let message = format!("whether the subset '{}' exists is not shown", words::brief(&cx.destination.subset));
    if let Some(obstacle) = Obstacle::of_cluster(cx.of.manifests(), "DestinationRule", "destination rules", gap.clone())
    {
        let assumption =
            DOC.assumption(obstacle, cx.of.object(), message).could("lack the subset, so that requests get 503");
        return segment.assume(assumption.read_by(words::reading("destinationrules")), cx.of.cluster.snapshot.strict);
    }
    let finding = cx.at(DOC.finding(gap, cx.of.object(), message), "subset");
    segment
        .add(finding.next("Read the DestinationRules as well.", "kubectl get destinationrules.networking.istio.io -A"));
}
