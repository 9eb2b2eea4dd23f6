//! `service/mixed-workloads`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::GroupKind;
use kubereach_model::snapshot::model::{Pod, WorkloadKind};
use std::collections::{BTreeMap, BTreeSet};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/mixed-workloads",
    segment: SegmentName::Endpoints,
    title: "Pods of several workloads are behind one Service",
    explanation: "The selector matches pods of more than one workload. That is intended for canaries and by \
         accident otherwise; requests are spread over all of them.",
    example: "A selector app: web that matches Deployment web and Deployment web-worker.",
    sources: &["core/v1 Service spec.selector"],
});

/// More than one owner.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let owners: BTreeSet<String> =
        if cx.view.declared_only { cx.view.workloads.owners.iter().map(|w| w.title()).collect() } else { owners(cx) };
    if owners.len() < 2 {
        return None;
    }
    let mut names: Vec<String> = owners.iter().take(4).cloned().collect();
    if owners.len() > names.len() {
        names.push(format!("{} more", owners.len() - names.len()));
    }
    Some(DOC.finding(cx.object(), format!("pods of several workloads are behind it: {}", names.join(", "))))
}

/// The owners of the pods, where there may be several. Replicas name the same one: it is looked up once.
fn owners(cx: &Context<'_, '_>) -> BTreeSet<String> {
    let mut named: BTreeMap<(&str, &str, Option<&str>), &Pod> = BTreeMap::new();
    let mut last: Option<&Pod> = None;
    for pod in &cx.view.selected.live {
        let pod = &pod.get().value;
        let meta = &pod.metadata;
        let as_last = |last: &Pod| {
            last.metadata.owner_references.is_shared(&meta.owner_references)
                && last.metadata.labels.is_shared(&meta.labels)
        };
        if last.replace(pod).is_some_and(as_last) {
            continue;
        }
        if let Some(reference) = meta.controller() {
            named.entry((&reference.kind, &reference.name, meta.label("pod-template-hash"))).or_insert(pod);
        }
    }
    if named.len() < 2 {
        return BTreeSet::new();
    }
    named.into_values().filter_map(|pod| owner(cx, pod)).collect()
}

/// The workload that made the pod; of a replica set, whoever made that.
fn owner(cx: &Context<'_, '_>, pod: &Pod) -> Option<String> {
    let reference = pod.metadata.controller()?;
    if !matches!(reference.kind.as_str(), "ReplicaSet" | "ReplicationController") {
        return Some(format!("{} {}", reference.kind, reference.name));
    }
    let mut sets = cx.cluster.snapshot.workloads.named(&pod.metadata.namespace, &reference.name);
    let set = sets.find(|set| matches!(set.kind, WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController));
    if let Some(parent) = set.and_then(|s| s.get().value.metadata.controller()) {
        let kind = GroupKind::of(&parent.api_version, &parent.kind);
        return Some(format!("{} {}", kind.kind, parent.name));
    }
    // Not read: a Deployment names its replica sets after itself and the template's hash.
    let hash = pod.metadata.label("pod-template-hash");
    let stem = hash.and_then(|hash| reference.name.strip_suffix(hash)).and_then(|s| s.strip_suffix('-'));
    Some(stem.map_or_else(|| format!("{} {}", reference.kind, reference.name), |stem| format!("Deployment {stem}")))
}
