//! The workloads behind a Service, and whether they are at zero on purpose.

use super::Selected;
use crate::resolve::ClusterIndex;
use kubereach_model::evidence::command;
use kubereach_model::snapshot::model::{ConditionStatus, UnmodelledRole, current};
use kubereach_model::snapshot::model::{
    OwnerReference, Resource as _, Service, Unmodelled, Workload, WorkloadKind, unmodelled_role,
};
use kubereach_model::snapshot::{Found, Gap, GroupKind, Lookup, matches_pairs};

/// Is everything behind the Service at zero?
#[derive(Debug, Clone, Default)]
pub enum Zero<'s> {
    /// No, or nothing is behind it.
    #[default]
    No,
    /// Every workload whose template it selects is at zero.
    Yes,
    /// Only replica sets at zero were read; whoever owns them was not.
    Uncertain(Gap),
    /// An autoscaler or activator starts the workload when traffic comes.
    OnDemand(Found<'s, Unmodelled>),
    /// Knative starts the workload when traffic comes.
    Knative,
    /// A preview or canary Service of a Rollout that is not rolling out.
    UnusedPreview(String),
}

/// What stands behind a Service.
#[derive(Debug, Default)]
pub struct Workloads<'s> {
    /// Workloads whose pod template the selector matches; of an owner and its replica sets, the owner.
    pub owners: Vec<Found<'s, Workload>>,
    /// Replica sets and jobs that one of them controls (and whose template the selector matches).
    pub controlled: Vec<Found<'s, Workload>>,
    /// At zero on purpose?
    pub zero: Zero<'s>,
}

impl<'s> Workloads<'s> {
    /// What its owners control, then the owners.
    pub fn all(&self) -> impl Iterator<Item = Found<'s, Workload>> + '_ {
        self.controlled.iter().chain(&self.owners).copied()
    }
}

enum Owner<'s> {
    /// Controls itself.
    Nobody,
    /// Was read.
    Read(Found<'s, Workload>),
    /// Does not exist any more.
    Gone,
    /// Was not read.
    Unseen(Gap),
    /// Not a kind of workload the model knows (an operator's).
    ThirdParty,
}

fn owner<'s>(cluster: &ClusterIndex<'s>, namespace: &str, reference: Option<&OwnerReference>) -> Owner<'s> {
    let Some(reference) = reference else { return Owner::Nobody };
    let kind = GroupKind::of(&reference.api_version, &reference.kind);
    let Some(kind) = WorkloadKind::ALL.into_iter().find(|k| k.group_kind() == kind) else { return Owner::ThirdParty };
    match cluster.snapshot.workload(kind, namespace, &reference.name) {
        Lookup::Found(found) => Owner::Read(found),
        Lookup::Absent(_) => Owner::Gone,
        Lookup::Unknown(gap) => Owner::Unseen(gap),
    }
}

impl<'s> Workloads<'s> {
    pub(super) fn of(cluster: &ClusterIndex<'s>, service: &Service, selected: &Selected<'s>) -> Self {
        if service.is_selectorless() {
            return Self::default();
        }
        let namespace = service.metadata.namespace.as_str();
        let selector = &service.spec.selector;
        let mut workloads = Self::default();
        let mut unseen: Option<Gap> = None;
        let mut preview: Option<String> = None;
        for workload in cluster.templates_selected(namespace, selector) {
            let reference = workload.get().value.metadata.controller();
            match owner(cluster, namespace, reference) {
                Owner::Read(parent) => {
                    let by_hash = selector.contains_key("rollouts-pod-template-hash");
                    let same =
                        parent.get().value.template().is_some_and(|t| matches_pairs(selector, &t.metadata.labels));
                    if by_hash {
                        if parent.kind == WorkloadKind::Rollout && parent.desired() != Some(0) {
                            preview = Some(parent.metadata.name.clone());
                        }
                        workloads.owners.push(workload);
                    } else if same || parent.get().value.template().is_none() {
                        workloads.controlled.push(workload);
                        if !same
                            && !workloads
                                .owners
                                .iter()
                                .any(|w| w.metadata.name == parent.metadata.name && w.kind == parent.kind)
                        {
                            workloads.owners.push(parent);
                        }
                    } else if workload.desired() != Some(0) {
                        // An older generation that still runs, while its owner's labels have moved on.
                        workloads.owners.push(workload);
                    }
                }
                Owner::Unseen(gap) => {
                    unseen = Some(gap);
                    workloads.owners.push(workload);
                }
                Owner::Nobody | Owner::Gone | Owner::ThirdParty => workloads.owners.push(workload),
            }
        }
        workloads.zero = zero(cluster, service, selected, &workloads.owners, unseen, preview);
        workloads
    }

    /// How many pods all of them together ask for; `None` where one does not say.
    pub fn desired(&self) -> Option<i64> {
        if self.owners.is_empty() {
            return None;
        }
        self.owners.iter().map(|w| w.desired()).sum()
    }
}

fn zero<'s>(
    cluster: &ClusterIndex<'s>,
    service: &Service,
    selected: &Selected<'s>,
    workloads: &[Found<'s, Workload>],
    unseen: Option<Gap>,
    preview: Option<String>,
) -> Zero<'s> {
    if knative_private(service) {
        return if selected.live.is_empty() { Zero::Knative } else { Zero::No };
    }
    if workloads.is_empty() {
        return orphans(cluster, service, selected);
    }
    if !selected.live.is_empty() || !workloads.iter().all(|w| at_zero(w)) {
        return Zero::No;
    }
    if let Some(rollout) = preview {
        return Zero::UnusedPreview(rollout);
    }
    for workload in workloads {
        if workload.metadata.label("serving.knative.dev/revision").is_some() {
            return Zero::Knative;
        }
        if let Some(scaler) = scaler_of(cluster, service, workload) {
            return Zero::OnDemand(scaler);
        }
    }
    unseen.map_or(Zero::Yes, Zero::Uncertain)
}

/// Only pods on their way out, and whoever owned them was not read: this may be a scaling down to zero.
fn orphans<'s>(cluster: &ClusterIndex<'s>, service: &Service, selected: &Selected<'s>) -> Zero<'s> {
    if selected.live.is_empty() {
        for pod in &selected.terminating {
            let reference = pod.get().value.metadata.controller();
            if let Owner::Unseen(gap) = owner(cluster, &service.metadata.namespace, reference) {
                return Zero::Uncertain(gap);
            }
        }
    }
    Zero::No
}

/// Does the workload ask for no pod, on purpose?
fn at_zero(workload: &Workload) -> bool {
    match workload.kind {
        WorkloadKind::Job => workload.spec.suspend.0 == Some(true),
        // Between two runs a CronJob has no pod, suspended or not.
        WorkloadKind::CronJob => true,
        _ => workload.desired() == Some(0),
    }
}

/// Knative's private Service of a revision: empty at zero, while the public one leads to the activator.
fn knative_private(service: &Service) -> bool {
    let label = |key| service.metadata.label(key);
    label("networking.internal.knative.dev/serviceType") == Some("Private")
        || (service.metadata.name.ends_with("-private") && label("serving.knative.dev/revision").is_some())
}

/// A KEDA object that scales this workload.
fn scaler_of<'s>(cluster: &ClusterIndex<'s>, service: &Service, workload: &Workload) -> Option<Found<'s, Unmodelled>> {
    cluster.snapshot.unmodelled.in_namespace(&service.metadata.namespace).find(|scaler| {
        let Some(kind) = scaler.group_kind.as_ref() else { return false };
        if unmodelled_role(kind) != Some(UnmodelledRole::Scaler) {
            return false;
        }
        let text = |pointer: &str| scaler.spec.pointer(pointer).and_then(serde_json::Value::as_str);
        let of_kind = text("/scaleTargetRef/kind").unwrap_or("Deployment");
        let by_workload = text("/scaleTargetRef/name") == Some(workload.metadata.name.as_str())
            && of_kind == workload.object_ref().kind;
        let older = text("/scaleTargetRef/deployment") == Some(workload.metadata.name.as_str());
        by_workload || older || text("/scaleTargetRef/service") == Some(service.metadata.name.as_str())
    })
}

/// Why the API server refuses new pods of a workload, in its own words; `None` where it does not.
pub fn refusal(cluster: &ClusterIndex<'_>, workload: Found<'_, Workload>) -> Option<String> {
    if workload.kind == WorkloadKind::Deployment && workload.desired() == Some(0) {
        return None;
    }
    let status = workload.get().value.status.as_ref()?;
    let condition = current(&status.conditions, "ReplicaFailure").filter(|c| c.status == ConditionStatus::True);
    if let Some(condition) = condition {
        return Some(command::cut(if condition.message().is_empty() {
            condition.reason()
        } else {
            condition.message()
        }));
    }
    // Stateful and daemon sets have no such condition; their controllers say it in an event. An event is
    // history: it counts only while pods are missing.
    let missing = workload.desired() > status.replicas.known().or(status.number_ready.known()).copied();
    let events = cluster.events_about(workload.kind.word(), &workload.metadata.namespace, &workload.metadata.name);
    let refused =
        events.iter().filter(|e| e.reason.as_deref() == Some("FailedCreate")).max_by_key(|e| e.last_timestamp.0);
    refused.filter(|_| missing).and_then(|e| e.message.as_deref()).map(command::cut)
}
