//! `istio/subset-empty`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::DestinationContext;
use crate::resolve::istio::SubsetOf;
use crate::resolve::istio::Target;
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
    let (SubsetOf::Found(subset, rule), Target::Service(service)) = (cx.subset, cx.target) else { return };
    let places = subset.labels.keys().any(|key| key.starts_with("topology."));
    let cluster = cx.of.cluster;
    if places || service.is_selectorless() || cluster.is_manifests() || cluster.is_simulated(service) {
        return;
    }
    let namespace = service.metadata.namespace.as_str();
    let of_service = cluster.pods_selected(namespace, &service.spec.selector);
    let selected = |pod: &Pod| subset.labels.iter().all(|(key, value)| pod.metadata.label(key) == Some(value));
    if of_service.is_empty() || of_service.iter().any(|pod| selected(pod)) {
        return;
    }
    let what = format!("a pod of Service {} in the subset {}", service.metadata.name, subset.name);
    let Ok(absence) = cluster.snapshot.nothing_else::<Pod>(Some(namespace), what) else { return };
    let message = format!(
        "the subset '{}' selects none of the {} pods of Service {}",
        words::brief(&subset.name),
        of_service.len(),
        service.metadata.name
    );
    let finding = DOC.finding(&absence.proof(), rule.object(), message).relates(cx.of.object(), "leads to it");
    segment.add(cx.at(finding, "subset").next("Correct the labels of the subset.", words::get(&rule.object())));
}
