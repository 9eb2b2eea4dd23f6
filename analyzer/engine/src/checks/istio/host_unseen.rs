//! `istio/host-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::DestinationContext;
use crate::resolve::istio::Target;
use kubereach_model::evidence::{Assumes, CheckDoc, Obstacle, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "istio/host-unseen",
    segment: SegmentName::Reference,
    title: "The host of a destination was not read",
    explanation: "A destination is a Service, or a host that a ServiceEntry adds. It was not read, and these kinds \
                  were not read completely; or Istio reads other clusters, which are not in the input. In manifests it \
                  is assumed to be in the cluster.",
    example: "destination: {host: reviews.other.svc.cluster.local}   # a dump of one namespace",
    sources: &["Istio: Destination.host"],
});

/// Adds it for one destination.
pub fn check(cx: &DestinationContext<'_, '_>, segment: &mut Segment) {
    let Target::Unseen(gap) = cx.target else { return };
    let message = format!("what has the host '{}' was not read", words::brief(&cx.destination.host));
    if let Some(obstacle) = Obstacle::of_cluster(cx.of.manifests(), "Service", "hosts of the mesh", gap.clone()) {
        let assumption =
            DOC.assumption(obstacle, cx.of.object(), message).could("be missing, so that requests get 503");
        return segment.assume(assumption.read_by(words::reading("serviceentries")), cx.of.cluster.snapshot.strict);
    }
    let finding = cx.at(DOC.finding(gap, cx.of.object(), message), "host");
    segment.add(finding.next("Read its namespace as well.", "kubectl get services -A"));
}
