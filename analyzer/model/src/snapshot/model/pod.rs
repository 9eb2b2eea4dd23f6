//! core/v1 Pod and the templates that stand in for it.

use serde::{Deserialize, Deserializer};

use super::Sharing;
use super::lenient::{Field, Flag, List, PortRef, Time, null_default};
use super::remember::{Remembered, remembered};
use super::{Condition, ConditionStatus, Labels, Meta, OwnerReference, Text, current};
use crate::snapshot::defaults::{default_text, each};
use crate::snapshot::kinds::{ApiRules, Applied, Stays, keep, or_live};
use crate::snapshot::{is_placeholder, is_word_to_fill};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Pod {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: PodSpec,
    pub status: Option<PodStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PodTemplate {
    #[serde(deserialize_with = "null_default")]
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: PodSpec,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    pub node_name: Option<Text>,
    pub host_network: Flag,
    pub containers: List<Container>,
    pub init_containers: List<Container>,
    pub readiness_gates: List<ReadinessGate>,
    pub scheduling_gates: List<SchedulingGate>,
    pub volumes: List<Volume>,
    pub node_selector: Labels,
    pub service_account_name: Option<Text>,
    /// `ClusterFirst` unless given.
    pub dns_policy: Option<Text>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReadinessGate {
    pub condition_type: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SchedulingGate {
    pub name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Volume {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub persistent_volume_claim: Option<ClaimSource>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimSource {
    pub claim_name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub image: Option<Text>,
    /// Kept for controllers only (flags decide what they watch); empty otherwise.
    #[serde(deserialize_with = "remembered")]
    pub args: List<Field<String>>,
    /// Only what says how a network plugin enforces policies: anything else may be a secret and is not kept.
    #[serde(deserialize_with = "of_plugins")]
    pub env: List<EnvVar>,
    #[serde(deserialize_with = "remembered")]
    pub ports: List<ContainerPort>,
    #[serde(deserialize_with = "remembered")]
    pub readiness_probe: Option<Probe>,
    #[serde(deserialize_with = "remembered")]
    pub liveness_probe: Option<Probe>,
    #[serde(deserialize_with = "remembered")]
    pub startup_probe: Option<Probe>,
    /// `Always` on an init container makes it a native sidecar (KEP-753).
    pub restart_policy: Option<String>,
}

/// A variable of the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EnvVar {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub value: Field<String>,
}

/// Variables that are kept.
const OF_PLUGINS: [&str; 1] = ["NETWORK_POLICY_ENFORCING_MODE"];

fn of_plugins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<List<EnvVar>, D::Error> {
    let mut all = Option::<Vec<EnvVar>>::deserialize(deserializer)?.unwrap_or_default();
    all.retain(|variable| OF_PLUGINS.contains(&variable.name.as_str()));
    Ok(all.into())
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerPort {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub container_port: Field<u16>,
    pub host_port: Field<u16>,
    /// After defaulting: `TCP`, `UDP` or `SCTP`.
    #[serde(deserialize_with = "null_default")]
    pub protocol: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Probe {
    pub http_get: Option<ProbePort>,
    pub tcp_socket: Option<ProbePort>,
    pub grpc: Option<ProbePort>,
    pub exec: Option<ExecProbe>,
}

/// An exec probe; its command is not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ExecProbe {}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ProbePort {
    pub port: Option<PortRef>,
    pub path: Option<Text>,
    pub scheme: Option<Text>,
}

impl Remembered for List<Field<String>> {
    const NAME: &'static str = "kubereach:arguments";
}

impl Remembered for List<ContainerPort> {
    const NAME: &'static str = "kubereach:ports";
}

impl Remembered for Option<Probe> {
    const NAME: &'static str = "kubereach:probe";
}

impl Probe {
    /// The port the kubelet dials, if it dials one.
    pub fn port(&self) -> Option<&PortRef> {
        [&self.http_get, &self.tcp_socket, &self.grpc].into_iter().flatten().find_map(|p| p.port.as_ref())
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    pub phase: Option<Text>,
    pub reason: Option<Text>,
    pub message: Option<Box<str>>,
    #[serde(rename = "podIP")]
    pub pod_ip: Field<String>,
    #[serde(rename = "podIPs")]
    pub pod_ips: List<PodIp>,
    pub conditions: List<Condition>,
    pub container_statuses: List<ContainerStatus>,
    pub init_container_statuses: List<ContainerStatus>,
    /// The newest time that was read in the status, where the times themselves are not kept.
    #[serde(skip)]
    pub newest: Time,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PodIp {
    pub ip: Field<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStatus {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub ready: Flag,
    pub started: Flag,
    pub restart_count: Field<i64>,
    pub image: Option<Text>,
    #[serde(deserialize_with = "null_default")]
    pub state: ContainerState,
    #[serde(deserialize_with = "null_default")]
    pub last_state: ContainerState,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    pub waiting: Option<Box<Waiting>>,
    pub running: Option<Running>,
    pub terminated: Option<Box<Terminated>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Waiting {
    pub reason: Option<String>,
    pub message: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Running {
    pub started_at: Time,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Terminated {
    pub exit_code: Field<i64>,
    pub signal: Field<i64>,
    pub reason: Option<String>,
    pub message: Option<String>,
    pub finished_at: Time,
}

impl PodStatus {
    /// The newest time of its conditions and running containers.
    pub fn newest_time(&self) -> Option<jiff::Timestamp> {
        let conditions = self.conditions.iter().filter_map(|c| c.last_transition_time.0);
        let started = self.container_statuses.iter().filter_map(|c| c.state.running.as_ref()?.started_at.0);
        conditions.chain(started).max().max(self.newest.0)
    }
}

impl PodSpec {
    /// Containers that serve while the pod runs: ordinary ones and native sidecars (KEP-753).
    pub fn serving_containers(&self) -> impl Iterator<Item = &Container> {
        let sidecars = self.init_containers.iter().filter(|c| c.restart_policy.as_deref() == Some("Always"));
        self.containers.iter().chain(sidecars)
    }

    /// The number a named port stands for, by name *and* protocol, as the endpoint controller looks it up.
    pub fn named_port(&self, name: &str, protocol: &str) -> Option<u16> {
        self.serving_containers()
            .flat_map(|c| &c.ports)
            .find(|p| p.name == name && p.protocol == protocol)
            .and_then(|p| p.container_port.known().copied())
    }

    /// Does a port that is declared hold no number, or a placeholder for its name? Then nothing shows which names are
    /// missing.
    pub fn has_unreadable_port(&self) -> bool {
        let unreadable = |p: &ContainerPort| {
            matches!(p.container_port, Field::Invalid(_) | Field::Redacted)
                || is_placeholder(&p.name)
                || is_word_to_fill(&p.name)
        };
        self.serving_containers().flat_map(|c| &c.ports).any(unreadable)
    }

    pub fn is_host_network(&self) -> bool {
        self.host_network.0 == Some(true)
    }
}

impl Pod {
    pub fn phase(&self) -> &str {
        self.status.as_ref().and_then(|s| s.phase.as_deref()).unwrap_or_default()
    }

    /// Succeeded or Failed: no endpoint any more.
    pub fn is_finished(&self) -> bool {
        matches!(self.phase(), "Succeeded" | "Failed")
    }

    /// Has its work ended while a sidecar keeps it running? A container of a Job that ended well is not started again
    /// (a Job's pods restart on failure or never: batch/v1 `JobSpec` template), so the pod is never ready any more.
    pub fn is_outlived_by_sidecar(&self) -> bool {
        let of_a_job = |owner: &OwnerReference| owner.kind == "Job" && owner.api_version.starts_with("batch/");
        let ended = |c: &ContainerStatus| c.state.terminated.as_ref().is_some_and(|t| t.exit_code.known() == Some(&0));
        !self.is_finished()
            && self.metadata.controller().is_some_and(of_a_job)
            && self.status.as_ref().is_some_and(|status| status.container_statuses.iter().any(ended))
    }

    pub fn is_terminating(&self) -> bool {
        self.metadata.deletion_timestamp.0.is_some()
    }

    /// The Ready condition; `None` where no status was collected.
    pub fn is_ready(&self) -> Option<bool> {
        let status = self.status.as_ref()?;
        Some(current(&status.conditions, "Ready").is_some_and(|c| c.status == ConditionStatus::True))
    }

    /// Every address of the pod that was read.
    pub fn ips(&self) -> impl Iterator<Item = &str> {
        let status = self.status.as_ref();
        let first = status.and_then(|s| s.pod_ip.known());
        let all = status.into_iter().flat_map(|s| &s.pod_ips).filter_map(|p| p.ip.known());
        all.chain(first).map(String::as_str)
    }
}

impl ApiRules for Pod {
    fn apply_defaults(&mut self) {
        self.spec.apply_defaults();
    }

    fn has_status(&self) -> bool {
        self.status.as_ref().is_some_and(|s| s.phase.is_some() || !s.conditions.is_empty())
    }

    fn drop_status(&mut self) {
        self.status = None;
    }

    fn newest_time(&self) -> Option<jiff::Timestamp> {
        self.status.as_ref().and_then(PodStatus::newest_time)
    }

    fn share(&mut self, sharing: &mut Sharing) {
        sharing.pod(self);
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |new, live| {
            new.status.clone_from(&live.status);
            or_live(&mut new.spec.node_name, &live.spec.node_name);
            or_live(&mut new.spec.service_account_name, &live.spec.service_account_name);
        })
    }
}

impl PodSpec {
    /// The defaults of a pod, for pods and templates.
    pub(super) fn apply_defaults(&mut self) {
        // Lists that many pods share stay shared where there is nothing to change.
        for containers in [&mut self.containers, &mut self.init_containers] {
            if containers.iter().flat_map(|c| &c.ports).any(|p| p.protocol.is_empty()) {
                each(containers, |c| each(&mut c.ports, |p| default_text(&mut p.protocol, "TCP")));
            }
        }
    }
}
