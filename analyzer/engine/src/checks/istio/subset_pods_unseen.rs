//! `istio/subset-pods-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::DestinationContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::model::{Pod, Resource as _};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "istio/subset-pods-unseen",
    segment: SegmentName::Reference,
    title: "Whether a subset selects a pod is not shown",
    explanation: "A subset is those pods of a Service that carry its labels. No pod that was read does, and the pods \
                  of the namespace were not read completely.",
    example: "subsets: [{name: v2, labels: {version: v2}}]   # in a dump without all pods",
    sources: &["Istio: Subset.labels"],
});

/// Adds it for one destination.
pub fn check(cx: &DestinationContext<'_, '_>, segment: &mut Segment) {
    let Some((service, subset, _)) = cx.without_pods() else { return };
    let namespace = service.metadata.namespace.as_str();
    let Err(gap) = cx.of.cluster.snapshot.is_complete(Pod::KIND, Some(namespace)) else { return };
    let message = format!("whether the subset '{}' selects a pod is not shown", words::brief(&subset.name));
    let finding = cx.at(DOC.finding(&gap, cx.of.object(), message), "subset");
    segment.add(finding.next("Read the pods of its namespace as well.", words::get(&cx.of.object())));
}
