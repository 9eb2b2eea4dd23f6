//! Where a Job stands, from what the API server shows of it: a pure function of its pods, itself and events.
//!
//! The pod's own words come first, then the Job's. What is not an end and not an obstacle is waited for.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ContainerStateTerminated, ContainerStatus, Event, Pod, PodCondition, PodStatus};

use super::trouble::Trouble;
use crate::job::CONTAINER;

/// What was seen of one Job.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// None where it is gone.
    pub(super) job: Option<Job>,
    /// Its pods: one, or two where a Job started its program twice.
    pub(super) pods: Vec<Pod>,
    /// Warnings about it and its pods, where they may be listed.
    pub(super) events: Vec<Event>,
}

/// Where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing is wrong: it waits for this.
    Waiting(String),
    /// The prober runs.
    Running(String),
    /// Something is in the way; a row that may pass by itself is given time.
    Hindered(Trouble, String),
    /// The prober ended in this pod. Its log decides; where it holds no result, this is why, if it is known.
    Ended {
        /// Name of the pod.
        pod: String,
        /// Why there may be no result, with detail.
        why: Option<(Trouble, String)>,
        /// What did not end with it.
        stays: Option<String>,
    },
}

/// Containers that meshes prepare a pod with.
const MESH_INIT: [&str; 8] = [
    "istio-init",
    "istio-validation",
    "linkerd-init",
    "linkerd-network-validator",
    "kuma-init",
    "kuma-validation",
    "consul-connect-inject-init",
    "osm-init",
];

/// Events of the kubelet that say why a container does not come into being.
const SANDBOX: [&str; 3] = ["FailedCreatePodSandBox", "FailedCreatePodSandbox", "NetworkNotReady"];
const MOUNT: [&str; 2] = ["FailedMount", "FailedAttachVolume"];

pub(super) fn stage(seen: &Seen) -> Stage {
    // A pod that ended speaks before one that did not.
    let stages: Vec<Stage> = seen.pods.iter().map(|pod| of_pod(pod, &seen.events)).collect();
    let rank = |stage: &Stage| match stage {
        Stage::Ended { why: None, .. } => 0,
        Stage::Running(_) => 1,
        Stage::Waiting(_) => 2,
        Stage::Hindered(..) => 3,
        Stage::Ended { .. } => 4,
    };
    if let Some(best) = stages.into_iter().min_by_key(rank) {
        return best;
    }
    let Some(job) = &seen.job else {
        return Stage::Hindered(Trouble::PodGone, String::new());
    };
    of_job(job, &seen.events)
}

/// A Job without a pod.
fn of_job(job: &Job, events: &[Event]) -> Stage {
    if job.spec.as_ref().is_some_and(|spec| spec.suspend == Some(true)) {
        return Stage::Hindered(Trouble::Suspended, String::new());
    }
    if let Some(failed) = last(events, &["FailedCreate"]) {
        let trouble = Trouble::of_refusal(&failed).unwrap_or(Trouble::Forbidden);
        return Stage::Hindered(trouble, failed);
    }
    let conditions = job.status.iter().flat_map(|status| status.conditions.iter().flatten());
    if let Some(failed) = conditions.into_iter().find(|c| c.type_ == "Failed" && c.status == "True") {
        return Stage::Hindered(Trouble::PodGone, text(failed.reason.as_deref(), failed.message.as_deref()));
    }
    Stage::Waiting("the Job controller makes the pod".to_owned())
}

fn of_pod(pod: &Pod, events: &[Event]) -> Stage {
    let name = pod.metadata.name.clone().unwrap_or_default();
    let nothing = PodStatus::default();
    let status = pod.status.as_ref().unwrap_or(&nothing);
    let lost = lost(pod, status);
    let own = status.container_statuses.iter().flatten().find(|c| c.name == CONTAINER);
    let state = own.and_then(|c| c.state.as_ref());
    if let Some(ended) = state.and_then(|state| state.terminated.as_ref()) {
        return Stage::Ended { pod: name, why: lost.or_else(|| exit(ended)), stays: stays(status) };
    }
    // The kubelet may have gone before it could say how the container ended.
    if let Some((Trouble::NodeLost, detail)) = lost {
        return Stage::Hindered(Trouble::NodeLost, detail);
    }
    if lost.is_some() || matches!(status.phase.as_deref(), Some("Failed" | "Succeeded")) {
        let why = lost
            .or_else(|| init(pod, status))
            .unwrap_or_else(|| (Trouble::Exited, text(status.reason.as_deref(), status.message.as_deref())));
        return Stage::Ended { pod: name, why: Some(why), stays: None };
    }
    if state.is_some_and(|state| state.running.is_some()) {
        let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref()).unwrap_or("its node");
        return Stage::Running(format!("the prober measures on {node}"));
    }
    if let Some(waiting) = state.and_then(|state| state.waiting.as_ref())
        && let Some(trouble) =
            waits(waiting.reason.as_deref().unwrap_or_default(), &text(None, waiting.message.as_deref()))
    {
        return Stage::Hindered(trouble, text(waiting.reason.as_deref(), waiting.message.as_deref()));
    }
    if let Some((trouble, detail)) = init(pod, status) {
        return Stage::Hindered(trouble, detail);
    }
    before_start(pod, status, events)
}

/// A pod whose container is not there yet.
fn before_start(pod: &Pod, status: &PodStatus, events: &[Event]) -> Stage {
    let scheduled = condition(status, "PodScheduled");
    match scheduled {
        Some(c) if c.status == "False" => {
            let gated = c.reason.as_deref() == Some("SchedulingGated");
            let trouble = if gated { Trouble::Gated } else { Trouble::Unschedulable };
            return Stage::Hindered(trouble, text(None, c.message.as_deref()));
        }
        None if pod.spec.as_ref().is_none_or(|spec| spec.node_name.is_none()) => {
            return Stage::Hindered(Trouble::NoScheduler, String::new());
        }
        _ => {}
    }
    if let Some(why) = last(events, &SANDBOX) {
        return Stage::Hindered(Trouble::Sandbox, why);
    }
    if let Some(why) = last(events, &MOUNT) {
        return Stage::Hindered(Trouble::Mount, why);
    }
    Stage::Waiting("the node starts the container".to_owned())
}

/// Why a container waits, where that is an obstacle.
fn waits(reason: &str, message: &str) -> Option<Trouble> {
    Some(match reason {
        "ErrImagePull"
        | "ImagePullBackOff"
        | "RegistryUnavailable"
        | "ImageInspectError"
        | "SignatureValidationFailed" => {
            if message.contains("no match for platform") || message.contains("no matching manifest") {
                Trouble::ImagePlatform
            } else {
                Trouble::ImagePull
            }
        }
        "InvalidImageName" => Trouble::ImageName,
        "ErrImageNeverPull" => Trouble::ImageAbsent,
        "CreateContainerConfigError" if message.contains("runAsNonRoot") || message.contains("non-numeric user") => {
            Trouble::RunAsRoot
        }
        "CreateContainerConfigError" => Trouble::Config,
        "CreateContainerError" | "RunContainerError" | "StartError" | "PostStartHookError" | "CrashLoopBackOff" => {
            if message.contains("exec format error") {
                Trouble::ImagePlatform
            } else {
                Trouble::Create
            }
        }
        "CreatePodSandboxError" | "ConfigPodSandboxError" | "KillPodSandboxError" | "SetupNetworkError" => {
            Trouble::Sandbox
        }
        _ => return None,
    })
}

/// An init container that admission added (ours has none), where it is in the way.
fn init(pod: &Pod, status: &PodStatus) -> Option<(Trouble, String)> {
    let statuses: Vec<&ContainerStatus> = status.init_container_statuses.iter().flatten().collect();
    for container in pod.spec.iter().flat_map(|spec| spec.init_containers.iter().flatten()) {
        let name = &container.name;
        let sidecar = container.restart_policy.as_deref() == Some("Always");
        let own = statuses.iter().find(|s| s.name == *name);
        let state = own.and_then(|s| s.state.as_ref());
        let ended = state.and_then(|s| s.terminated.as_ref());
        if sidecar && own.is_some_and(|s| s.started == Some(true)) || ended.is_some_and(|e| e.exit_code == 0) {
            continue;
        }
        let waiting = state.and_then(|s| s.waiting.as_ref());
        let detail = ended
            .map(|e| text(e.reason.as_deref(), e.message.as_deref()))
            .or_else(|| waiting.map(|w| text(w.reason.as_deref(), w.message.as_deref())))
            .filter(|detail| !detail.is_empty())
            .map_or_else(|| name.clone(), |detail| format!("{name}: {detail}"));
        let trouble = if MESH_INIT.contains(&name.as_str()) {
            Trouble::MeshInit
        } else if sidecar {
            Trouble::Sidecar
        } else {
            Trouble::InjectedInit
        };
        return Some((trouble, detail));
    }
    None
}

/// Who took the pod away, or the node from it.
fn lost(pod: &Pod, status: &PodStatus) -> Option<(Trouble, String)> {
    let detail = || text(status.reason.as_deref(), status.message.as_deref());
    let by_reason = match status.reason.as_deref().unwrap_or_default() {
        "Evicted" | "NodeShutdown" | "Shutdown" | "Terminated" => Some(Trouble::Evicted),
        "Preempting" | "Preempted" => Some(Trouble::Preempted),
        "DeadlineExceeded" => Some(Trouble::Deadline),
        "NodeLost" => Some(Trouble::NodeLost),
        // What a kubelet's admission says (NodeAffinity, OutOfcpu, UnexpectedAdmissionError, …), before any container.
        "" => None,
        _ if status.phase.as_deref() == Some("Failed") && status.container_statuses.is_none() => {
            Some(Trouble::NodeRefused)
        }
        _ => None,
    };
    if let Some(trouble) = by_reason {
        return Some((trouble, detail()));
    }
    if let Some(target) = condition(status, "DisruptionTarget").filter(|c| c.status == "True") {
        let trouble = match target.reason.as_deref().unwrap_or_default() {
            "PreemptionByScheduler" => Trouble::Preempted,
            "DeletionByPodGC" => Trouble::NodeLost,
            _ => Trouble::Evicted,
        };
        return Some((trouble, text(target.reason.as_deref(), target.message.as_deref())));
    }
    let silent = condition(status, "Ready").filter(|c| c.status == "Unknown");
    if let Some(silent) = silent {
        return Some((Trouble::NodeLost, text(silent.reason.as_deref(), silent.message.as_deref())));
    }
    if status.phase.as_deref() == Some("Unknown") {
        return Some((Trouble::NodeLost, detail()));
    }
    pod.metadata.deletion_timestamp.as_ref().map(|_| (Trouble::PodGone, detail()))
}

/// Why a container that ended may have left no result; none where it ended well.
fn exit(ended: &ContainerStateTerminated) -> Option<(Trouble, String)> {
    let message = text(None, ended.message.as_deref());
    let with_code =
        || format!("exit code {} {}", ended.exit_code, text(ended.reason.as_deref(), ended.message.as_deref()));
    if message.contains("exec format error") {
        return Some((Trouble::ImagePlatform, message));
    }
    match ended.reason.as_deref().unwrap_or_default() {
        "OOMKilled" => return Some((Trouble::OutOfMemory, with_code())),
        "ContainerCannotRun" | "StartError" => return Some((Trouble::Create, message)),
        "DeadlineExceeded" => return Some((Trouble::Deadline, message)),
        "ContainerStatusUnknown" => return Some((Trouble::NodeLost, message)),
        _ => {}
    }
    match ended.exit_code {
        0 => None,
        1 => Some((Trouble::NotWritten, with_code())),
        2 => Some((Trouble::PlanRefused, with_code())),
        137 | 143 => Some((Trouble::Killed, with_code())),
        _ => Some((Trouble::Exited, with_code())),
    }
}

/// Containers beside the prober's that still run: they are not waited for, and not blamed.
fn stays(status: &PodStatus) -> Option<String> {
    let running = |c: &&ContainerStatus| c.state.as_ref().is_some_and(|s| s.running.is_some());
    let names: Vec<&str> =
        status.container_statuses.iter().flatten().filter(running).map(|c| c.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn condition<'s>(status: &'s PodStatus, which: &str) -> Option<&'s PodCondition> {
    status.conditions.iter().flatten().find(|condition| condition.type_ == which)
}

/// The message of the last event with one of these reasons.
fn last(events: &[Event], reasons: &[&str]) -> Option<String> {
    let is = |event: &&Event| event.reason.as_deref().is_some_and(|reason| reasons.contains(&reason));
    let when = |event: &&Event| event.last_timestamp.as_ref().map(|at| at.0);
    events.iter().filter(is).max_by_key(when).map(|event| text(None, event.message.as_deref()))
}

fn text(reason: Option<&str>, message: Option<&str>) -> String {
    let message = message.map(kubereach_model::evidence::said::quote);
    let all: Vec<&str> =
        [reason, message.as_deref()].into_iter().flatten().map(str::trim).filter(|part| !part.is_empty()).collect();
    all.join(": ")
}
