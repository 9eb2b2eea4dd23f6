//! The pods behind a Service port, as ends of connections.

use std::net::IpAddr;

use crate::evaluate::Cluster;
use crate::policy::{End, Protocol};
use crate::resolve::service::{Endpoint, PortView, ServiceView};
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Pod, ServicePort};
use kubereach_model::snapshot::{Found, are_alike};

/// What stands behind a port at one address, or at several that are alike.
#[derive(Debug)]
pub struct Target<'s> {
    /// As an end of a connection.
    pub end: End<'s>,
    /// The pod's own port.
    pub port: Option<u16>,
    /// For how many addresses it stands.
    pub count: usize,
}

/// How many addresses stand behind these.
pub(crate) fn count(targets: &[Target<'_>]) -> usize {
    targets.iter().map(|target| target.count).sum()
}

/// Does the pod report addresses, and not this one?
fn is_other(pod: Found<'_, Pod>, address: IpAddr) -> bool {
    let mut own = pod.ips().filter_map(|ip| ip.parse::<IpAddr>().ok()).peekable();
    own.peek().is_some() && !own.any(|ip| ip == address)
}

/// Those that receive traffic; where none does, all of them.
pub(crate) fn targets<'s>(
    cluster: &Cluster<'s>,
    view: &ServiceView<'s>,
    port: &ServicePort,
    behind: &PortView<'_, 's>,
) -> Vec<Target<'s>> {
    asked(behind).filter_map(|endpoint| target(cluster, view, port, endpoint)).collect()
}

/// How many kinds a pod is compared with, the last ones first. Pods that are unlike all others each make a kind of
/// their own, and must not be compared with each other.
const COMPARED: usize = 8;

/// As [`targets`], where pods of one workload that differ in nothing but name, address and node are asked about once:
/// for questions in which none of these matters. The first of them speaks for all.
pub(crate) fn kinds_of_targets<'s>(
    cluster: &Cluster<'s>,
    view: &ServiceView<'s>,
    port: &ServicePort,
    behind: &PortView<'_, 's>,
) -> Vec<Target<'s>> {
    let ends = &cluster.policies().ends;
    let mut kinds: Vec<(Option<&Endpoint<'s>>, Target<'s>)> = Vec::new();
    for endpoint in asked(behind) {
        // A pod in its node's network is asked about by itself, and so is what has another address than its own.
        let plain = |pod: Found<'s, Pod>| {
            let own = endpoint.is_own || endpoint.address.is_none();
            own && !pod.spec.is_host_network() && !ends.is_on_virtual_node(&pod.get().value)
        };
        let pod = endpoint.pod.filter(|pod| plain(*pod));
        let like = |known: &&mut (Option<&Endpoint<'s>>, Target<'s>)| {
            let Some(known) = known.0 else { return false };
            let alike = known.pod.zip(pod).is_some_and(|(known, pod)| are_alike(&known, &pod));
            alike && known.group == endpoint.group
        };
        if let Some((_, target)) = kinds.iter_mut().rev().take(COMPARED).find(like) {
            target.count += 1;
        } else if let Some(target) = target(cluster, view, port, endpoint) {
            kinds.push((pod.map(|_| endpoint), target));
        }
    }
    kinds.into_iter().map(|(_, target)| target).collect()
}

/// The addresses that receive traffic; where none does, all of them.
pub(crate) fn asked<'v, 's>(behind: &PortView<'v, 's>) -> impl Iterator<Item = &'v Endpoint<'s>> {
    let none_ready = behind.counts.ready == 0;
    behind.endpoints.iter().copied().filter(move |endpoint| endpoint.ready || none_ready)
}

/// Is everything behind the port surely a pod that no policy of any sort has ever to do with? Most pods are, and
/// nothing else has to be found out about them.
pub(crate) fn is_untouched<'s>(cluster: &Cluster<'s>, port: &ServicePort, behind: &PortView<'_, 's>) -> bool {
    let policies = cluster.policies();
    // Nearly always there is one namespace.
    let mut last: Option<&str> = None;
    let untouched = |endpoint: &Endpoint<'s>| {
        let Some(pod) = endpoint.pod.filter(|_| endpoint.is_own) else { return false };
        let namespace = pod.get().value.metadata.namespace.as_str();
        let free = last == Some(namespace) || policies.touches_none_in(namespace);
        last = Some(namespace);
        free
    };
    Protocol::of(&port.protocol).is_some() && asked(behind).next().is_some() && asked(behind).all(untouched)
}

fn target<'s>(
    cluster: &Cluster<'s>,
    view: &ServiceView<'s>,
    port: &ServicePort,
    endpoint: &Endpoint<'s>,
) -> Option<Target<'s>> {
    let protocol = Protocol::of(&port.protocol)?;
    let ends = &cluster.policies().ends;
    let end = match (endpoint.pod, endpoint.template, endpoint.address.and_then(|a| a.parse::<IpAddr>().ok())) {
        // A second interface of a pod: policies are not applied to it.
        (Some(pod), _, Some(address)) if is_other(pod, address) => End::Unclear(address),
        (Some(pod), ..) => End::Pod(ends.pod(pod)),
        (None, Some(workload), _) => ends.template(workload).map_or(End::UnnamedPod, End::Pod),
        (None, None, Some(address)) => ends.at(address),
        (None, None, None) => End::UnnamedPod,
    };
    Some(Target { end, port: number(view, port, protocol, endpoint), count: 1 })
}

/// The pod's own port behind an address.
pub(crate) fn number(
    view: &ServiceView<'_>,
    port: &ServicePort,
    protocol: Protocol,
    endpoint: &Endpoint<'_>,
) -> Option<u16> {
    let listed = view.groups.get(endpoint.group).into_iter().flat_map(|g| &g.ports);
    let listed = listed.filter(|p| p.name == port.name && p.protocol == port.protocol).find_map(|p| p.number);
    let worked_out = || match (&port.target_port, endpoint.spec()) {
        (Some(PortRef::Number(number)), _) => Some(*number),
        (Some(PortRef::Name(name)), Some(spec)) => spec.named_port(name, protocol.word()),
        _ => None,
    };
    listed.or_else(worked_out)
}
