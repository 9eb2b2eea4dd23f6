//! What makes pods: Deployment, ReplicaSet, StatefulSet, DaemonSet, `ReplicationController`, Job, `CronJob`
//! and Argo Rollout, in one shape.

use serde::Deserialize;

use super::Sharing;
use super::lenient::{Field, Flag, List, null_default};
use super::{Condition, Meta, PodTemplate};
use crate::snapshot::kinds::{ApiRules, Applied, Stays, Variant, WORKLOADS, field_or_live, keep, or_live};
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
}

impl WorkloadKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Deployment,
        Self::ReplicaSet,
        Self::StatefulSet,
        Self::DaemonSet,
        Self::ReplicationController,
        Self::Job,
        Self::CronJob,
        Self::Rollout,
    ];

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

    /// Replicas asked for; absent means one. `None` for kinds that have no such number, or if masked.
    pub fn desired(&self) -> Option<i64> {
        match self.kind {
            WorkloadKind::DaemonSet => self.status.as_ref()?.desired_number_scheduled.known().copied(),
            WorkloadKind::Job | WorkloadKind::CronJob => None,
            _ => match &self.spec.replicas {
                Field::Known(n) => Some(*n),
                Field::Absent => Some(1),
                Field::Redacted | Field::Invalid(_) => None,
            },
        }
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
        let of_jobs = self.spec.job_template.as_mut().and_then(|j| j.spec.template.as_mut());
        for template in [self.spec.template.as_mut(), of_jobs].into_iter().flatten() {
            template.spec.apply_defaults();
        }
    }

    fn has_status(&self) -> bool {
        self.status.as_ref().is_some_and(|s| !s.replicas.is_absent() || !s.conditions.is_empty())
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
