//! A bounded sample of the addresses behind a Service port, the oddest first.

use std::net::IpAddr;

use crate::resolve::service::{Doubt, Endpoint, PortView, ServiceView};
use kubereach_model::snapshot::model::ServicePort;
use kubereach_model::snapshot::model::lenient::PortRef;

/// Addresses that carry traffic and are dialled, per Service port.
const MOST_CARRYING: usize = 3;
/// Of these at most so many odd ones: a plain one shows what the odd ones differ from.
const MOST_ODD: usize = 2;
/// Addresses that carry nothing and are dialled as controls, per Service port.
const MOST_IDLE: usize = 2;

/// One address to dial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sampled {
    pub(super) address: IpAddr,
    pub(super) port: u16,
    /// Why it was chosen.
    pub(super) chosen: String,
    /// The pod that has this very address as its first, by which the API server relays to it.
    pub(super) pod: Option<(String, String)>,
}

/// The sample of a Service port.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// They receive the Service's traffic.
    pub(super) carrying: Vec<Sampled>,
    /// They do not: not ready, or on their way out.
    pub(super) ineffective: Vec<Sampled>,
    /// Carrying addresses beyond the sample.
    pub(super) more: usize,
    /// How many receive traffic at all.
    pub(super) ready: usize,
    /// Path and scheme of a readiness probe that asks this very port: the owner's own question.
    pub(super) probe: Option<(Option<String>, bool)>,
}

/// Chooses the sample. Costs as much as there are addresses.
pub(super) fn sample(view: &ServiceView<'_>, port: &ServicePort) -> Sample {
    let behind = PortView::of(view, Some(port));
    let number = |e: &Endpoint<'_>| {
        let group = view.groups.get(e.group)?;
        group.ports.iter().find(|p| p.name == port.name && p.protocol == port.protocol)?.number
    };
    // Where nothing is ready, kube-proxy falls back to terminating addresses that still serve (KEP-1669).
    let fallback = behind.counts.ready == 0;
    let carries = |e: &Endpoint<'_>| e.ready || (fallback && e.terminating && e.serving);
    let mut carrying: Vec<(u8, Sampled)> = Vec::new();
    let mut ineffective: Vec<(u8, Sampled)> = Vec::new();
    let mut sample = Sample { ready: behind.counts.ready, ..Sample::default() };
    for endpoint in &behind.endpoints {
        let Some(address) = endpoint.address.and_then(|a| a.parse::<IpAddr>().ok()) else { continue };
        let Some(port) = number(endpoint) else { continue };
        let (odd, why) = oddness(endpoint);
        let chosen = format!("{}, {why}", endpoint.name());
        let sampled = Sampled { address, port, chosen, pod: pod_at(endpoint, address) };
        if carries(endpoint) {
            sample.probe = sample.probe.take().or_else(|| asked_by_kubelet(endpoint, port));
            carrying.push((odd, sampled));
        } else {
            ineffective.push((odd, sampled));
        }
    }
    let order = |list: &mut Vec<(u8, Sampled)>| list.sort_by_key(|(odd, s)| (std::cmp::Reverse(*odd), s.address));
    order(&mut carrying);
    order(&mut ineffective);
    let odd = carrying.iter().filter(|(odd, _)| *odd > 0).count();
    let total = carrying.len();
    let from_odd = if odd < total { odd.min(MOST_ODD) } else { MOST_CARRYING };
    let plain = carrying.iter().skip(odd).cloned();
    sample.carrying =
        carrying.iter().take(odd.min(from_odd)).cloned().chain(plain).map(|(_, s)| s).take(MOST_CARRYING).collect();
    sample.more = total.saturating_sub(sample.carrying.len());
    sample.ineffective = ineffective.into_iter().map(|(_, s)| s).take(MOST_IDLE).collect();
    sample
}

/// The API server dials the first address of a pod, whichever was meant.
fn pod_at(endpoint: &Endpoint<'_>, address: IpAddr) -> Option<(String, String)> {
    let pod = &endpoint.pod?.get().value;
    let first = pod.status.as_ref()?.pod_ip.known()?.parse::<IpAddr>().ok()?;
    (first == address).then(|| (pod.metadata.namespace.clone(), pod.metadata.name.clone()))
}

/// How far an address is out of the ordinary, and in which way.
fn oddness(endpoint: &Endpoint<'_>) -> (u8, &'static str) {
    let pod_ready = endpoint.pod.and_then(|p| p.is_ready());
    match endpoint.doubt {
        Some(Doubt::StaleTarget) => return (5, "which a complete list of pods does not hold"),
        Some(Doubt::OtherAddress) => return (4, "whose pod has another address"),
        Some(Doubt::Readiness) => return (3, "whose readiness is disputed"),
        None => {}
    }
    if endpoint.terminating {
        (2, if endpoint.serving { "terminating and still serving" } else { "terminating" })
    } else if !endpoint.ready {
        (6, "not ready")
    } else if pod_ready == Some(false) {
        (3, "published although not ready")
    } else {
        (0, "ready")
    }
}

/// The readiness probe's path on this port, and whether it asks over TLS.
fn asked_by_kubelet(endpoint: &Endpoint<'_>, number: u16) -> Option<(Option<String>, bool)> {
    endpoint.spec()?.serving_containers().find_map(|container| {
        let get = container.readiness_probe.as_ref()?.http_get.as_ref()?;
        let port = match get.port.as_ref()? {
            PortRef::Number(n) => Some(*n),
            PortRef::Name(name) => {
                container.ports.iter().find(|p| p.name == *name).and_then(|p| p.container_port.known().copied())
            }
            PortRef::Redacted => None,
        };
        (port == Some(number)).then(|| {
            let path = get
                .path
                .as_deref()
                .filter(|p| p.starts_with('/') && *p != "/" && !kubereach_model::snapshot::is_masked(p));
            (path.map(str::to_owned), get.scheme.as_deref() == Some("HTTPS"))
        })
    })
}
