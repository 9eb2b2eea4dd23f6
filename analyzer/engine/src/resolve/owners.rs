//! Which workload a live pod belongs to.

use std::collections::HashMap;

use kubereach_reports::report::ObjectRef;

use kubereach_model::snapshot::model::{OwnerReference, Pod, Resource as _, Workload, WorkloadKind};
use kubereach_model::snapshot::{Found, GroupKind, Snapshot};

/// A workload by kind, namespace and name.
pub type WorkloadKey = (WorkloadKind, String, String);

/// Live pods by the workload that stands at the top of their owners.
pub fn pods_by_workload(snapshot: &Snapshot) -> HashMap<WorkloadKey, Vec<Found<'_, Pod>>> {
    let mut all: HashMap<WorkloadKey, Vec<Found<'_, Pod>>> = HashMap::new();
    for pod in snapshot.pods.iter() {
        for key in owners_of(snapshot, &pod.get().value) {
            all.entry(key).or_default().push(pod);
        }
    }
    all
}

/// The name of a workload.
pub fn key(workload: &Workload) -> WorkloadKey {
    (workload.kind, workload.meta().namespace.clone(), workload.meta().name.clone())
}

fn kind_of(reference: &OwnerReference) -> Option<WorkloadKind> {
    WorkloadKind::of(&GroupKind::of(&reference.api_version, &reference.kind))
}

/// The controller of a pod, and that controller's controller.
fn owners_of(snapshot: &Snapshot, pod: &Pod) -> Vec<WorkloadKey> {
    let namespace = pod.metadata.namespace.as_str();
    let Some(owner) = pod.metadata.controller() else { return Vec::new() };
    let Some(kind) = kind_of(owner) else { return Vec::new() };
    let mut all = vec![(kind, namespace.to_owned(), owner.name.clone())];
    let controlled = matches!(
        kind,
        WorkloadKind::ReplicaSet
            | WorkloadKind::Job
            | WorkloadKind::ReplicationController
            | WorkloadKind::VirtualMachineInstance
    );
    if !controlled {
        return all;
    }
    let parent = snapshot.workload(kind, namespace, &owner.name).found();
    match parent.as_ref().and_then(|p| p.get().value.metadata.controller()) {
        Some(top) => all.extend(kind_of(top).map(|kind| (kind, namespace.to_owned(), top.name.clone()))),
        // Where replica sets were not collected, their name is the Deployment's and the template's hash.
        None if parent.is_none() && kind == WorkloadKind::ReplicaSet => {
            let hash = pod.metadata.label("pod-template-hash");
            let top = hash.and_then(|hash| owner.name.strip_suffix(hash)?.strip_suffix('-'));
            all.extend(top.map(|name| (WorkloadKind::Deployment, namespace.to_owned(), name.to_owned())));
        }
        None => {}
    }
    all
}

/// What stands at the top of a pod's owners: the workload, or whatever else controls it. None for a pod of its own, and
/// for one that its node made.
pub fn top(snapshot: &Snapshot, pod: &Pod) -> Option<ObjectRef> {
    let namespace = || Some(pod.metadata.namespace.clone());
    if let Some((kind, _, name)) = owners_of(snapshot, pod).pop() {
        let group = kind.group_kind().other_group();
        return Some(ObjectRef { kind: kind.word().to_owned(), namespace: namespace(), name, group });
    }
    let owner = pod.metadata.controller().filter(|owner| owner.kind != "Node")?;
    let group = GroupKind::of(&owner.api_version, &owner.kind).other_group();
    Some(ObjectRef { kind: owner.kind.clone(), namespace: namespace(), name: owner.name.clone(), group })
}
