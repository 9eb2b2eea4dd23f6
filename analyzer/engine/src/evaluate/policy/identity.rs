//! The pods behind a backend port, for who asks whether one certain caller is let in.

use kubereach_reports::report::{Backend, Port};

use crate::evaluate::Cluster;
use crate::evaluate::policy::targets::targets;
use crate::policy::{End, Protocol};
use crate::resolve::service::{PortView, ServiceView};
use kubereach_model::snapshot::model::ServicePort;

/// A pod, its own port, and the protocol.
pub type Behind<'s> = (End<'s>, Option<u16>, Protocol);

/// A Service that was read, and the port of it that a path leads to.
fn port_of<'w, 's>(cluster: &'w Cluster<'s>, backend: &Backend) -> Option<(&'w ServiceView<'s>, &'s ServicePort)> {
    let view = cluster.service_view(&backend.namespace, &backend.name).filter(|_| backend.kind == "Service")?;
    let port = view.service.get().value.spec.ports.iter().find(|port| match &backend.port {
        Some(Port::Number(number)) => port.port.known() == Some(number),
        Some(Port::Name(name)) => port.name == *name,
        None => false,
    })?;
    Some((view, port))
}

/// Those behind the port of a Service; none where the Service was not read.
pub fn behind_port<'s>(cluster: &Cluster<'s>, backend: &Backend) -> Vec<Behind<'s>> {
    let Some((view, port)) = port_of(cluster, backend) else { return Vec::new() };
    let protocol = Protocol::of(&port.protocol).unwrap_or(Protocol::Tcp);
    let behind = PortView::of(view, Some(port));
    targets(cluster, view, port, &behind).into_iter().map(|target| (target.end, target.port, protocol)).collect()
}

/// How many addresses behind the port receive traffic, where that is known.
pub fn ready_behind(cluster: &Cluster<'_>, backend: &Backend) -> Option<usize> {
    let (view, port) = port_of(cluster, backend)?;
    let behind = PortView::of(view, Some(port));
    behind.listed.then_some(behind.counts.ready)
}

/// The port of a Service that a path leads to, where it was read.
pub fn service_port<'s>(cluster: &Cluster<'s>, backend: &Backend) -> Option<&'s ServicePort> {
    port_of(cluster, backend).map(|(_, port)| port)
}
