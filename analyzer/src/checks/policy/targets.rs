//! The pods behind a Service port, as ends of connections.

use std::net::IpAddr;

use crate::paths::World;
use crate::paths::service::{PortView, ServiceView};
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
    let Some(protocol) = Protocol::of(&port.protocol) else { return Vec::new() };
    let ends = &world.policies().ends;
    let none_ready = behind.counts.ready == 0;
    behind
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.ready || none_ready)
        .map(|endpoint| {
            let end = match (endpoint.pod, endpoint.template, endpoint.address.and_then(|a| a.parse::<IpAddr>().ok())) {
                // A second interface of a pod: policies are not applied to it.
                (Some(pod), _, Some(address)) if is_other(pod, address) => End::Unclear(address),
                (Some(pod), ..) => End::Pod(ends.pod(pod)),
                (None, Some(workload), _) => ends.template(workload).map_or(End::UnnamedPod, End::Pod),
                (None, None, Some(address)) => ends.at(address),
                (None, None, None) => End::UnnamedPod,
            };
            let listed = view.groups.get(endpoint.group).into_iter().flat_map(|g| &g.ports);
            let listed = listed.filter(|p| p.name == port.name && p.protocol == port.protocol).find_map(|p| p.number);
            let worked_out = || match (&port.target_port, endpoint.spec()) {
                (Some(PortRef::Number(number)), _) => Some(*number),
                (Some(PortRef::Name(name)), Some(spec)) => spec.named_port(name, protocol.word()),
                _ => None,
            };
            Target { end, port: listed.or_else(worked_out) }
        })
        .collect()
}
