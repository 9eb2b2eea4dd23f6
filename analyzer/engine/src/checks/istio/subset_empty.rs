//! `istio/subset-empty`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::DestinationContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::snapshot::model::Pod;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/subset-empty",
    segment: SegmentName::Reference,
    title: "The subset selects no pod",
    explanation: "A subset is those pods of a Service that carry its labels. No pod of the Service does, so requests \
                  get 503. Raised only where the pods of the namespace were read completely. Labels of places \
                  (topology.…) are not those of pods and are not judged.",
    example: "subsets: [{name: v2, labels: {version: v2}}]   # every pod has version: v1",
    sources: &["Istio: Subset.labels", "Istio: IST0173 DestinationRuleSubsetNotSelectPods"],
});

/// Adds it for one destination.
pub fn check(cx: &DestinationContext<'_, '_>, segment: &mut Segment) {
    let Some((service, subset, rule)) = cx.without_pods() else { return };
    let namespace = service.metadata.namespace.as_str();
    let what = format!("a pod of Service {} in the subset {}", service.metadata.name, subset.name);
    let Ok(absence) = cx.of.cluster.snapshot.nothing_else::<Pod>(Some(namespace), what) else { return };
    let (subset, name) = (words::brief(&subset.name), &service.metadata.name);
    let message = format!("the subset '{subset}' selects no pod of Service {name}");
    let finding = DOC.finding(&absence.proof(), rule.object(), message).relates(cx.of.object(), "leads to it");
    segment.add(cx.at(finding, "subset").next("Correct the labels of the subset.", words::get(&rule.object())));
}
