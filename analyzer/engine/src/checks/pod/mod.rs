//! Why a pod is not ready: the culprit container and the one command to run.

pub mod config_error;
pub mod crash_loop;
pub mod evicted_leftovers;
pub mod flapping;
pub mod image_pull;
pub mod init_stuck;
pub mod no_network;
pub mod node_not_ready;
pub mod out_of_memory;
pub mod readiness_failing;
pub mod readiness_gate;
pub mod scheduling_gated;
pub mod startup_pending;
pub mod unschedulable;
pub mod volume_pending;

use crate::evaluate::service::PodCheck;
use kubereach_model::evidence::CatalogueEntry;
use kubereach_model::snapshot::model::{Condition, ConditionStatus, ContainerStatus, Pod, PodSpec, current};

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    config_error::DOC.entry(),
    crash_loop::DOC.entry(),
    evicted_leftovers::DOC.entry(),
    flapping::DOC.entry(),
    image_pull::DOC.entry(),
    init_stuck::DOC.entry(),
    no_network::DOC.entry(),
    node_not_ready::DOC.entry(),
    out_of_memory::DOC.entry(),
    readiness_failing::DOC.entry(),
    readiness_gate::DOC.entry(),
    scheduling_gated::DOC.entry(),
    startup_pending::DOC.entry(),
    unschedulable::DOC.entry(),
    volume_pending::DOC.entry(),
];

/// Causes in the order in which they decide: the first that fits is the diagnosis of the pod.
pub const CAUSES: &[PodCheck] = &[
    out_of_memory::finding,
    crash_loop::finding,
    image_pull::finding,
    config_error::finding,
    node_not_ready::finding,
    no_network::finding,
    scheduling_gated::finding,
    volume_pending::finding,
    unschedulable::finding,
    init_stuck::finding,
    readiness_gate::finding,
    startup_pending::finding,
    readiness_failing::finding,
];

/// The statuses of all containers, init containers first, and whether it is an ordinary init container.
fn containers(pod: &Pod) -> impl Iterator<Item = (&ContainerStatus, bool)> {
    let status = pod.status.as_ref();
    let init = status.into_iter().flat_map(|s| &s.init_container_statuses).map(|c| (c, !sidecar(&pod.spec, &c.name)));
    let app = status.into_iter().flat_map(|s| &s.container_statuses).map(|c| (c, false));
    init.chain(app)
}

/// Is this init container a native sidecar (KEP-753)?
fn sidecar(spec: &PodSpec, name: &str) -> bool {
    spec.init_containers.iter().any(|c| c.name == name && c.restart_policy.as_deref() == Some("Always"))
}

/// The first container that waits for one of these reasons, with the reason and its words.
fn waiting<'p>(pod: &'p Pod, reasons: &[&str]) -> Option<(&'p ContainerStatus, &'p str, String)> {
    containers(pod).find_map(|(container, _)| {
        let waiting = container.state.waiting.as_ref()?;
        let reason = waiting.reason.as_deref().filter(|r| reasons.contains(r))?;
        Some((
            container,
            reason,
            kubereach_model::evidence::said::quote(waiting.message.as_deref().unwrap_or_default()),
        ))
    })
}

/// The `PodScheduled` condition, where it is not True.
fn scheduled(pod: &Pod) -> Option<&Condition> {
    current(&pod.status.as_ref()?.conditions, "PodScheduled").filter(|c| c.status != ConditionStatus::True)
}

/// `, restarted 4 times`, or nothing.
fn restarts(container: &ContainerStatus) -> String {
    match container.restart_count.known() {
        Some(1) => ", restarted once".to_owned(),
        Some(n) if *n > 1 => format!(", restarted {n} times"),
        _ => String::new(),
    }
}
