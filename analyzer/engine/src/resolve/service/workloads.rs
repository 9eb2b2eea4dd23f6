//! The workloads behind a Service, and whether they are at zero on purpose.

use kubereach_reports::report::ObjectRef;

use super::Selected;
use crate::resolve::ClusterIndex;
use kubereach_model::evidence::said;
use kubereach_model::snapshot::model::{ConditionStatus, UnmodelledRole, current};
use kubereach_model::snapshot::model::{Meta, OwnerReference, Service, Workload, WorkloadKind, unmodelled_role};
use kubereach_model::snapshot::{Found, Gap, GroupKind, Lookup, matches_pairs};

/// Is everything behind the Service at zero?
#[derive(Debug, Clone, Default)]
pub enum Zero<'s> {
    /// No, or nothing is behind it.
    #[default]
    No,
    /// Every workload whose template it selects is at zero.
    Yes,
    /// Only workloads at zero were read; what controls them was not, or is of a kind that nobody here knows.
    Uncertain(Gap),
    /// An autoscaler or activator starts the workload when traffic comes.
    OnDemand(ObjectRef),
    /// Knative starts the workload when traffic comes.
    Knative,
    /// A preview or canary Service of a Rollout that is not rolling out.
    UnusedPreview(&'s str),
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

enum Owner<'s> {
    /// Controls itself.
    Nobody,
    /// Was read.
    Read(Found<'s, Workload>),
    /// Does not exist any more.
    Gone,
    /// Was not read, or is of a kind whose wishes nobody here knows (an operator's).
    Unknown(Gap),
}

fn owner<'s>(cluster: &ClusterIndex<'s>, namespace: &str, reference: Option<&OwnerReference>) -> Owner<'s> {
    let Some(reference) = reference else { return Owner::Nobody };
    let kind = GroupKind::of(&reference.api_version, &reference.kind);
    let Some(kind) = WorkloadKind::of(&kind) else {
        return Owner::Unknown(Gap::investigate(
            format!("how many pods {} {} asks for", kind.kind, reference.name),
            format!("it controls what is at zero, and {} is not a kind that kubereach knows", kind.display()),
        ));
    };
    match cluster.snapshot.workload(kind, namespace, &reference.name) {
        Lookup::Found(found) => Owner::Read(found),
        Lookup::Absent(_) => Owner::Gone,
        Lookup::Unknown(gap) => Owner::Unknown(gap),
    }
}

/// The Rollout that makes pods of the template of this workload, which is then left at zero.
fn template_user<'s>(cluster: &ClusterIndex<'s>, workload: &Workload) -> Option<Found<'s, Workload>> {
    if workload.desired() != Some(0) || workload.metadata.controller().is_some() {
        return None;
    }
    cluster.snapshot.workloads.in_namespace(&workload.metadata.namespace).find(|user| uses_template(user, workload))
}

/// Does this Rollout name that workload in its `workloadRef`?
fn uses_template(rollout: &Workload, workload: &Workload) -> bool {
    let named = rollout.spec.workload_ref.as_ref();
    rollout.kind == WorkloadKind::Rollout
        && named.is_some_and(|named| named.name == workload.metadata.name && named.kind == workload.kind.word())
}

impl<'s> Workloads<'s> {
    /// What its owners control, then the owners.
    pub fn all(&self) -> impl Iterator<Item = Found<'s, Workload>> + '_ {
        self.controlled.iter().chain(&self.owners).copied()
    }

    /// What shows the pods: the owners, or the workload whose template an owner uses.
    pub fn templates(&self) -> impl Iterator<Item = Found<'s, Workload>> + '_ {
        let shown = |owner: &Found<'s, Workload>| match owner.template() {
            Some(_) => Some(*owner),
            None => self.controlled.iter().find(|workload| uses_template(owner, workload)).copied(),
        };
        self.owners.iter().filter_map(shown)
    }

    pub(super) fn of(cluster: &ClusterIndex<'s>, service: &Service, selected: &Selected<'s>) -> Self {
        if service.is_selectorless() {
            return Self::default();
        }
        let namespace = service.metadata.namespace.as_str();
        let selector = &service.spec.selector;
        let mut workloads = Self::default();
        let mut unknown: Option<Gap> = None;
        let mut preview: Option<&'s str> = None;
        for workload in cluster.templates_selected(namespace, selector) {
            let reference = workload.get().value.metadata.controller();
            let owner = match template_user(cluster, workload.get()) {
                Some(rollout) => Owner::Read(rollout),
                None => owner(cluster, namespace, reference),
            };
            match owner {
                Owner::Read(parent) => {
                    let by_hash = selector.contains_key("rollouts-pod-template-hash");
                    let same =
                        parent.get().value.template().is_some_and(|t| matches_pairs(selector, &t.metadata.labels));
                    if by_hash {
                        if parent.kind == WorkloadKind::Rollout && parent.desired() != Some(0) {
                            preview = Some(&parent.get().value.metadata.name);
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
                    } else if workload.desired() != Some(0) || parent.desired() == Some(0) {
                        // A generation that the Service names by a label of its own, or an older one that still runs
                        // while its owner's labels have moved on.
                        workloads.owners.push(workload);
                    }
                }
                Owner::Unknown(gap) => {
                    unknown = Some(gap);
                    workloads.owners.push(workload);
                }
                Owner::Nobody | Owner::Gone => workloads.owners.push(workload),
            }
        }
        workloads.zero = zero(cluster, service, selected, &workloads.owners, unknown, preview);
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
    unknown: Option<Gap>,
    preview: Option<&'s str>,
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
    unknown.map_or(Zero::Yes, Zero::Uncertain)
}

/// Only pods on their way out, and what they ask for is not known: this may be a scaling down to zero.
fn orphans<'s>(cluster: &ClusterIndex<'s>, service: &Service, selected: &Selected<'s>) -> Zero<'s> {
    if selected.live.is_empty() {
        for pod in &selected.terminating {
            let reference = pod.get().value.metadata.controller();
            if let Owner::Unknown(gap) = owner(cluster, &service.metadata.namespace, reference) {
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

/// The KEDA object that scales this workload: by its own words, or as the owner of the autoscaler it makes.
fn scaler_of(cluster: &ClusterIndex<'_>, service: &Service, workload: &Workload) -> Option<ObjectRef> {
    let namespace = service.metadata.namespace.as_str();
    let named = cluster.snapshot.unmodelled.in_namespace(namespace).find(|scaler| {
        let Some(kind) = scaler.group_kind.as_ref() else { return false };
        if unmodelled_role(kind) != Some(UnmodelledRole::Scaler) || is_paused(&scaler.metadata) {
            return false;
        }
        let text = |pointer: &str| scaler.spec.pointer(pointer).and_then(serde_json::Value::as_str);
        let of_kind = text("/scaleTargetRef/kind").unwrap_or("Deployment");
        let by_workload =
            text("/scaleTargetRef/name") == Some(workload.metadata.name.as_str()) && of_kind == workload.kind.word();
        let older = text("/scaleTargetRef/deployment") == Some(workload.metadata.name.as_str());
        by_workload || older || text("/scaleTargetRef/service") == Some(service.metadata.name.as_str())
    });
    let by_autoscaler = || {
        cluster.snapshot.autoscalers.in_namespace(namespace).find_map(|autoscaler| {
            let target = &autoscaler.spec.scale_target_ref;
            let owner = autoscaler.get().value.metadata.controller()?;
            let is_it = target.name == workload.metadata.name && target.kind.as_deref() == Some(workload.kind.word());
            let object = ObjectRef {
                kind: owner.kind.clone(),
                namespace: Some(namespace.to_owned()),
                name: owner.name.clone(),
                group: Some("keda.sh".to_owned()),
            };
            let read = cluster.snapshot.unmodelled.named(namespace, &owner.name).next().is_some();
            // One that was read has said itself what it scales.
            (is_it && !read && owner.api_version.starts_with("keda.sh/")).then_some(object)
        })
    };
    named.map(|scaler| scaler.object()).or_else(by_autoscaler)
}

/// Does KEDA leave the workload as it is? (KEDA: "Pausing autoscaling".)
fn is_paused(scaler: &Meta) -> bool {
    let says = |key, word| scaler.annotation(key).is_some_and(|value| value == word);
    says("autoscaling.keda.sh/paused", "true") || says("autoscaling.keda.sh/paused-replicas", "0")
}

/// Why the API server refuses new pods of a workload, in its own words; `None` where it does not.
pub fn refusal(cluster: &ClusterIndex<'_>, workload: Found<'_, Workload>) -> Option<String> {
    if workload.kind == WorkloadKind::Deployment && workload.desired() == Some(0) {
        return None;
    }
    let status = workload.get().value.status.as_ref()?;
    let condition = current(&status.conditions, "ReplicaFailure").filter(|c| c.status == ConditionStatus::True);
    if let Some(condition) = condition {
        return Some(said::quote(if condition.message().is_empty() {
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
    refused.filter(|_| missing).and_then(|e| e.message.as_deref()).map(said::quote)
}
