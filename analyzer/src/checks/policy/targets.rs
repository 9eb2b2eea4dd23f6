//! The pods behind a Service port, as ends of connections.

use std::net::IpAddr;

use crate::paths::World;
use crate::paths::service::{Endpoint, PortView, ServiceView};
use crate::policy::{End, Protocol};
use crate::snapshot::Found;
use crate::snapshot::model::lenient::PortRef;
use crate::snapshot::model::{Pod, ServicePort};

/// One address behind a port.
pub(super) struct Target<'s> {
    pub(super) end: End<'s>,
    /// The pod's own port.
    pub(super) port: Option<u16>,
}

/// Does the pod report addresses, and not this one?
fn is_other(pod: Found<'_, Pod>, address: IpAddr) -> bool {
    let mut own = pod.ips().filter_map(|ip| ip.parse::<IpAddr>().ok()).peekable();
    own.peek().is_some() && !own.any(|ip| ip == address)
}

/// Those that receive traffic; where none does, all of them.
pub(super) fn targets<'s>(
    world: &World<'s>,
    view: &ServiceView<'s>,
    port: &ServicePort,
    behind: &PortView<'_, 's>,
) -> Vec<Target<'s>> {
    asked(behind).filter_map(|endpoint| target(world, view, port, endpoint)).collect()
}

/// The addresses that receive traffic; where none does, all of them.
pub(super) fn asked<'v, 's>(behind: &PortView<'v, 's>) -> impl Iterator<Item = &'v Endpoint<'s>> {
    let none_ready = behind.counts.ready == 0;
    behind.endpoints.iter().copied().filter(move |endpoint| endpoint.ready || none_ready)
}

/// Is everything behind the port surely a pod that no policy of any sort has ever to do with? Most pods are, and
/// nothing else has to be found out about them.
pub(super) fn is_untouched<'s>(world: &World<'s>, port: &ServicePort, behind: &PortView<'_, 's>) -> bool {
    let policies = world.policies();
    let untouched = |endpoint: &Endpoint<'s>| {
        let (Some(pod), Some(address)) = (endpoint.pod, endpoint.address) else { return false };
        pod.ips().any(|ip| ip == address) && policies.touches_none_in(&pod.metadata.namespace)
    };
    Protocol::of(&port.protocol).is_some() && asked(behind).next().is_some() && asked(behind).all(untouched)
}

fn target<'s>(
    world: &World<'s>,
    view: &ServiceView<'s>,
    port: &ServicePort,
    endpoint: &Endpoint<'s>,
) -> Option<Target<'s>> {
    let protocol = Protocol::of(&port.protocol)?;
    let ends = &world.policies().ends;
    let end = match (endpoint.pod, endpoint.template, endpoint.address.and_then(|a| a.parse::<IpAddr>().ok())) {
        // A second interface of a pod: policies are not applied to it.
        (Some(pod), _, Some(address)) if is_other(pod, address) => End::Unclear(address),
        (Some(pod), ..) => End::Pod(ends.pod(pod)),
        (None, Some(workload), _) => ends.template(workload).map_or(End::UnnamedPod, End::Pod),
        (None, None, Some(address)) => ends.at(address),
        (None, None, None) => End::UnnamedPod,
    };
    Some(Target { end, port: number(view, port, protocol, endpoint) })
}

/// The pod's own port behind an address.
pub(super) fn number(
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
