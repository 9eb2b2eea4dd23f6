//! What makes pods, in one shape: the kinds of Kubernetes, Argo Rollout, OpenShift `DeploymentConfig`, the workloads
//! of OpenKruise, and the virtual machines of KubeVirt.

use serde::Deserialize;

use super::Sharing;
use super::lenient::{Field, Flag, List, null_default};
use super::{Condition, Meta, PodSpec, PodTemplate};
use crate::snapshot::kinds::{ApiRules, Applied, Served, Stays, Variant, WORKLOADS, field_or_live, keep, or_live};
use crate::snapshot::{GroupKind, LabelSelector};

/// Which kind of workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum WorkloadKind {
    #[default]
    Deployment,
    ReplicaSet,
    StatefulSet,
    DaemonSet,
    ReplicationController,
    Job,
    CronJob,
    Rollout,
    DeploymentConfig,
    CloneSet,
    /// StatefulSet of OpenKruise.
    AdvancedStatefulSet,
    /// DaemonSet of OpenKruise.
    AdvancedDaemonSet,
    VirtualMachine,
    /// Its pods carry its own labels: it is its own template.
    VirtualMachineInstance,
}

impl WorkloadKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Deployment,
        Self::ReplicaSet,
        Self::StatefulSet,
        Self::DaemonSet,
        Self::ReplicationController,
        Self::Job,
        Self::CronJob,
        Self::Rollout,
        Self::DeploymentConfig,
        Self::CloneSet,
        Self::AdvancedStatefulSet,
        Self::AdvancedDaemonSet,
        Self::VirtualMachine,
        Self::VirtualMachineInstance,
    ];

    /// The kind of a controller, if it is one that the model knows.
    pub fn of(kind: &GroupKind) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.group_kind() == *kind)
    }

    /// Is it a part of Kubernetes? Of the others a cluster without them is not incomplete.
    pub fn is_built_in(self) -> bool {
        WORKLOADS.get(self as usize).is_some_and(|row| row.served == Served::BuiltIn)
    }

    /// Does its template show the containers of its pods? That of a virtual machine shows a machine.
    pub const fn shows_containers(self) -> bool {
        !matches!(self, Self::VirtualMachine | Self::VirtualMachineInstance)
    }

    /// Its kind, as the API spells it.
    pub const fn word(self) -> &'static str {
        WORKLOADS[self as usize].kind
    }

    /// Its group and kind.
    pub const fn group_kind(self) -> GroupKind {
        WORKLOADS[self as usize].group_kind()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Workload {
    /// Set by the builder from the object's kind.
    #[serde(skip)]
    pub kind: WorkloadKind,
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: WorkloadSpec,
    pub status: Option<WorkloadStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadSpec {
    /// Absent means one for kinds that have it.
    pub replicas: Field<i64>,
    #[serde(deserialize_with = "selector")]
    pub selector: Option<LabelSelector>,
    pub template: Option<PodTemplate>,
    pub job_template: Option<JobTemplate>,
    pub paused: Flag,
    pub suspend: Flag,
    pub service_name: Option<String>,
    /// Of a Rollout: the workload whose template it uses.
    pub workload_ref: Option<WorkloadRef>,
    /// Of a `DeploymentConfig`: pods only while a roll-out is tried.
    pub test: Flag,
    /// Of a `DeploymentConfig`: what begins a roll-out.
    pub triggers: List<Trigger>,
    /// Of a virtual machine; `run_strategy` took its place.
    pub running: Flag,
    /// Of a virtual machine: `Always`, `Halted`, `Manual`, `RerunOnFailure`, `Once`.
    pub run_strategy: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WorkloadRef {
    #[serde(deserialize_with = "null_default")]
    pub kind: String,
    #[serde(deserialize_with = "null_default")]
    pub name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Trigger {
    /// `ConfigChange`, `ImageChange`.
    #[serde(rename = "type", deserialize_with = "null_default")]
    pub kind: String,
    pub image_change_params: Option<ImageChange>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageChange {
    #[serde(deserialize_with = "null_default")]
    pub from: WorkloadRef,
    /// Empty until the tag has led to an image.
    pub last_triggered_image: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct JobTemplate {
    #[serde(deserialize_with = "null_default")]
    pub spec: JobTemplateSpec,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct JobTemplateSpec {
    pub template: Option<PodTemplate>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadStatus {
    pub replicas: Field<i64>,
    pub ready_replicas: Field<i64>,
    pub available_replicas: Field<i64>,
    pub updated_replicas: Field<i64>,
    pub desired_number_scheduled: Field<i64>,
    pub number_ready: Field<i64>,
    pub observed_generation: Field<i64>,
    pub conditions: List<Condition>,
    /// Of a `DeploymentConfig`: how many roll-outs were begun.
    pub latest_version: Field<i64>,
    /// Of a virtual machine: `Running`, `Stopped`, `Provisioning`, ….
    pub printable_status: Option<String>,
    /// Of an instance of a virtual machine: `Running`, `Succeeded`, `Failed`, ….
    pub phase: Option<String>,
}

/// A `LabelSelector`, or the bare map of a `ReplicationController`.
fn selector<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<LabelSelector>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Map(std::collections::BTreeMap<String, String>),
        Full(LabelSelector),
    }
    Ok(Option::<Either>::deserialize(d)?.map(|either| match either {
        Either::Full(selector) => selector,
        Either::Map(match_labels) => LabelSelector { match_labels, ..LabelSelector::default() },
    }))
}

impl Workload {
    /// `Deployment web`, for prose.
    pub fn title(&self) -> String {
        format!("{} {}", self.kind.word(), self.metadata.name)
    }

    /// The pod template, wherever the kind keeps it.
    pub fn template(&self) -> Option<&PodTemplate> {
        self.spec.template.as_ref().or_else(|| self.spec.job_template.as_ref()?.spec.template.as_ref())
    }

    /// The spec of its pods, where its template shows one.
    pub fn pod_spec(&self) -> Option<&PodSpec> {
        self.template().filter(|_| self.kind.shows_containers()).map(|template| &template.spec)
    }

    /// Replicas asked for. `None` for kinds that have no such number, or if masked.
    pub fn desired(&self) -> Option<i64> {
        // Left out, most kinds default to one; a DeploymentConfig has no default (openshift/api apps/v1).
        let replicas = |left_out| match &self.spec.replicas {
            Field::Known(n) => Some(*n),
            Field::Absent => Some(left_out),
            Field::Redacted | Field::Invalid(_) => None,
        };
        match self.kind {
            WorkloadKind::DaemonSet | WorkloadKind::AdvancedDaemonSet => {
                self.status.as_ref()?.desired_number_scheduled.known().copied()
            }
            WorkloadKind::Job | WorkloadKind::CronJob => None,
            WorkloadKind::DeploymentConfig if self.spec.test.0 == Some(true) => Some(0),
            WorkloadKind::DeploymentConfig => replicas(0),
            WorkloadKind::VirtualMachine => Some(i64::from(self.is_wanted_running())),
            WorkloadKind::VirtualMachineInstance => Some(i64::from(!self.has_ended())),
            _ => replicas(1),
        }
    }

    /// Shall the virtual machine run? By the strategies that leave it to a person or to the guest, one that has stopped
    /// was stopped on purpose (kubevirt.io/v1 `VirtualMachineSpec` runStrategy; without one it is `Halted`).
    fn is_wanted_running(&self) -> bool {
        let stopped = || self.status.as_ref().and_then(|s| s.printable_status.as_deref()) == Some("Stopped");
        match (self.spec.running.0, self.spec.run_strategy.as_deref()) {
            (Some(running), _) => running,
            (None, None | Some("" | "Halted")) => false,
            (None, Some("Manual" | "RerunOnFailure" | "Once" | "WaitAsReceiver")) => !stopped(),
            (None, Some(_)) => true,
        }
    }

    /// Has the instance of a virtual machine ended?
    fn has_ended(&self) -> bool {
        let phase = self.status.as_ref().and_then(|s| s.phase.as_deref());
        matches!(phase, Some("Succeeded" | "Failed"))
    }
}

impl ApiRules for Workload {
    fn set_kind(&mut self, _: GroupKind, variant: Variant) {
        if let Variant::Workload(kind) = variant {
            self.kind = kind;
        }
    }

    fn own_kind(&self) -> Option<GroupKind> {
        Some(self.kind.group_kind())
    }

    fn apply_defaults(&mut self) {
        if self.kind == WorkloadKind::VirtualMachineInstance && self.spec.template.is_none() {
            let metadata = Meta { labels: self.metadata.labels.clone(), ..Meta::default() };
            self.spec.template = Some(PodTemplate { metadata, ..PodTemplate::default() });
        }
        let of_jobs = self.spec.job_template.as_mut().and_then(|j| j.spec.template.as_mut());
        for template in [self.spec.template.as_mut(), of_jobs].into_iter().flatten() {
            template.spec.apply_defaults();
        }
    }

    fn has_status(&self) -> bool {
        self.status.as_ref().is_some_and(|s| {
            !s.replicas.is_absent() || !s.conditions.is_empty() || s.printable_status.is_some() || s.phase.is_some()
        })
    }

    fn drop_status(&mut self) {
        self.status = None;
    }

    fn share(&mut self, sharing: &mut Sharing) {
        sharing.meta(&mut self.metadata);
        if let Some(template) = &mut self.spec.template {
            sharing.spec(&mut template.spec);
        }
    }

    fn apply_over(&mut self, live: &Self, stays: Stays<'_>) -> Applied {
        keep(self, live, |new, live| new.keep_left_out(live, stays))
    }
}

impl Workload {
    fn keep_left_out(&mut self, live: &Self, stays: Stays<'_>) {
        self.kind = live.kind;
        self.status.clone_from(&live.status);
        // Left out of a manifest, the number is an autoscaler's or a person's.
        field_or_live(&mut self.spec.replicas, &live.spec.replicas);
        or_live(&mut self.spec.selector, &live.spec.selector);
        if self.spec.paused.0.is_none() {
            self.spec.paused = live.spec.paused;
        }
        if self.spec.suspend.0.is_none() {
            self.spec.suspend = live.spec.suspend;
        }
        if let (Some(old), Some(template)) = (&live.spec.template, &mut self.spec.template) {
            template.fill_from(old);
            if let Some(stays) = stays {
                template.spec.keep_items_of(&old.spec, stays);
            }
        }
    }
}
