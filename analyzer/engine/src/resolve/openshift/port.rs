//! From a Route's `targetPort` to the Service ports whose endpoints have it.
//!
//! Source: `openshift/router` `pkg/router/template/template_helper.go` (`endpointsForAlias`): the name or the number of
//! the endpoint's port, never the number of the Service's; without one, every port of every endpoint.

use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Service, ServicePort};
use kubereach_model::snapshot::{Found, Gap};

use crate::resolve::ClusterIndex;

/// What a `targetPort` comes to.
#[derive(Debug, Clone)]
pub enum Ports<'s> {
    /// The ports of the Service whose endpoints have it.
    Of(Vec<&'s ServicePort>),
    /// No endpoint can have it: the Service declares ports with other targets.
    None,
    /// It cannot be told.
    Unknown(Gap),
}

/// The ports of a Service that a Route's `targetPort` means.
pub fn of<'s>(cluster: &ClusterIndex<'s>, service: Found<'s, Service>, wanted: Option<&PortRef>) -> Ports<'s> {
    let service = service.get();
    let declared: &'s [ServicePort] = &service.value.spec.ports;
    let tcp = || declared.iter().filter(|port| port.protocol != "UDP" && port.protocol != "SCTP");
    let Some(wanted) = wanted else { return Ports::Of(tcp().collect()) };
    if matches!(wanted, PortRef::Redacted) {
        return Ports::Unknown(Gap::investigate("the Route's targetPort was masked", "a collector hid it"));
    }
    // Endpoints carry the names of the Service's ports.
    if let PortRef::Name(name) = wanted {
        let named: Vec<_> = tcp().filter(|port| port.name == *name).collect();
        return if named.is_empty() { Ports::None } else { Ports::Of(named) };
    }
    let PortRef::Number(number) = wanted else { return Ports::None };
    let text = number.to_string();
    let mut found: Vec<&'s ServicePort> = tcp().filter(|port| port.name == text).collect();
    let mut names = Vec::new();
    let mut seen = false;
    for slice in cluster.slices_of(&service.value) {
        seen |= slice.get().value.ports.iter().any(|port| port.port.known().is_some());
        let ports = slice.get().value.ports.iter().filter(|port| port.port.known() == Some(number));
        names.extend(ports.map(|port| port.name.as_str()));
    }
    found.extend(tcp().filter(|port| names.contains(&port.name.as_str())));
    if found.is_empty() {
        let target = |port: &&ServicePort| match &port.target_port {
            Some(PortRef::Number(target)) => target == number,
            // Without a target it is the port itself (API reference: `ServicePort.targetPort`).
            None => port.port.known() == Some(number),
            Some(PortRef::Name(_) | PortRef::Redacted) => false,
        };
        found.extend(tcp().filter(target));
    }
    let by_name = |port: &ServicePort| matches!(port.target_port, Some(PortRef::Name(_) | PortRef::Redacted));
    let free = service.value.spec.selector.is_empty();
    if !found.is_empty() {
        Ports::Of(found)
    } else if seen || !(free || tcp().any(by_name)) {
        Ports::None
    } else {
        let why = "the Service leaves it to its pods, and no endpoint shows the number";
        Ports::Unknown(Gap::investigate(format!("whether an endpoint listens on {number}"), why))
    }
}
