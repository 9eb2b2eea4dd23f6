//! The pods a Service selects, apart by what the endpoint controller makes of them.

use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::model::{Pod, Resource as _, Service};
use kubereach_model::snapshot::{Found, Gap};

/// Pods selected by a Service (source: endpoint slice controller; a finished pod or one without an
/// address is no endpoint, a terminating one stays until it is gone).
#[derive(Debug, Default)]
pub struct Selected<'s> {
    /// Pending or running, not being deleted.
    pub live: Vec<Found<'s, Pod>>,
    /// Being deleted, not finished.
    pub terminating: Vec<Found<'s, Pod>>,
    /// Ran to completion, also where a sidecar keeps the pod running.
    pub succeeded: Vec<Found<'s, Pod>>,
    /// Failed or evicted.
    pub failed: Vec<Found<'s, Pod>>,
    /// Why pods may exist that were not read.
    pub gap: Option<Gap>,
}

/// Does a pod show an address?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressed {
    /// Yes, or a collector masked it.
    Yes,
    /// Its status shows none.
    No,
    /// No status was collected.
    Unknown,
}

/// Does a pod show an address? A masked one counts.
pub fn addressed(pod: &Pod) -> Addressed {
    let Some(status) = &pod.status else { return Addressed::Unknown };
    let masked = status.pod_ip.is_redacted() || status.pod_ips.iter().any(|p| p.ip.is_redacted());
    if masked || pod.ips().next().is_some() { Addressed::Yes } else { Addressed::No }
}

impl<'s> Selected<'s> {
    pub(super) fn of(cluster: &ClusterIndex<'s>, service: &Service) -> Self {
        let namespace = service.metadata.namespace.as_str();
        let gap = cluster.snapshot.is_complete(Pod::KIND, Some(namespace)).err();
        let mut selected = Self { gap, ..Self::default() };
        if service.is_selectorless() {
            return selected;
        }
        for pod in cluster.pods_selected(namespace, &service.spec.selector) {
            let slot = match pod.phase() {
                "Succeeded" => &mut selected.succeeded,
                "Failed" => &mut selected.failed,
                _ if pod.is_outlived_by_sidecar() => &mut selected.succeeded,
                _ if pod.is_terminating() => &mut selected.terminating,
                _ => &mut selected.live,
            };
            slot.push(pod);
        }
        selected
    }

    /// Every selected pod.
    pub fn all(&self) -> impl Iterator<Item = Found<'s, Pod>> {
        [&self.live, &self.terminating, &self.succeeded, &self.failed].into_iter().flatten().copied()
    }

    /// None of any kind was read.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Pods that were read as ready.
    pub fn ready(&self) -> impl Iterator<Item = Found<'s, Pod>> {
        self.live.iter().copied().filter(|pod| pod.is_ready() == Some(true))
    }

    /// Pods that were read as not ready.
    pub fn not_ready(&self) -> impl Iterator<Item = Found<'s, Pod>> {
        self.live.iter().copied().filter(|pod| pod.is_ready() == Some(false))
    }
}
