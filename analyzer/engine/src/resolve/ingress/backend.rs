//! From a declared path to what it leads to.

use crate::resolve::ClusterIndex;
use crate::resolve::controllers::Product;
use kubereach_model::snapshot::model::lenient::{Field, PortRef};
use kubereach_model::snapshot::model::{IngressBackend, Service, ServicePort};
use kubereach_model::snapshot::{Absence, Found, Gap, Lookup};
use kubereach_reports::report::{Backend, Port};

use super::state::IngressState;

/// What a declared path leads to.
#[derive(Debug, Clone)]
pub enum Target<'s> {
    /// A Service that was read, and what its port came to.
    Service(Found<'s, Service>, PortAnswer<'s>),
    /// A Service that does not exist.
    Missing(String, Absence),
    /// A Service that was not read.
    Unseen(String, Gap),
    /// An action of the AWS Load Balancer Controller, by its name.
    Action(&'s str),
    /// An object of another kind.
    Resource(&'s str, &'s str),
    /// Names nothing complete: what is lacking.
    Incomplete(&'static str),
}

/// What the backend's port came to.
#[derive(Debug, Clone)]
pub enum PortAnswer<'s> {
    /// The Service declares it.
    Declared(&'s ServicePort),
    /// It is the target of a port the Service declares under another number or name.
    ByTarget(&'s ServicePort),
    /// The Service declares no such port.
    Missing,
    /// Masked on one side or the other.
    Masked,
    /// The Service stands for a name elsewhere; its ports need not be declared.
    External,
}

/// A reference to a Service port from an Ingress, after actions were resolved.
#[derive(Debug, Clone)]
pub struct Reference<'s> {
    /// Where it leads.
    pub target: Target<'s>,
    /// As the report names it.
    pub backend: Backend,
    /// Its port, as written.
    pub port: Option<PortRef>,
}

/// The port name with which the AWS Load Balancer Controller marks an action.
const USE_ANNOTATION: &str = "use-annotation";

/// Resolves a backend of an Ingress.
pub fn resolve<'s>(cluster: &ClusterIndex<'s>, state: &IngressState<'s>, backend: &'s IngressBackend) -> Reference<'s> {
    let namespace = state.ingress.metadata.namespace.as_str();
    let named = |kind: &str, name: &str, port: Option<&PortRef>| Backend {
        kind: kind.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        port: port.map(as_port),
    };
    let Some(service) = &backend.service else {
        return match &backend.resource {
            Some(resource) => Reference {
                target: Target::Resource(&resource.kind, &resource.name),
                backend: named(&resource.kind, &resource.name, None),
                port: None,
            },
            None => incomplete("neither a Service nor a resource", named("Service", "", None)),
        };
    };
    let port = service.port.clone().filter(|port| !matches!(port, PortRef::Name(name) if name.is_empty()));
    let is_action = matches!(&port, Some(PortRef::Name(name)) if name == USE_ANNOTATION);
    if is_action && state.may_be(Product::AwsAlb) {
        return Reference {
            target: Target::Action(&service.name),
            backend: named("Action", &service.name, None),
            port,
        };
    }
    let shown = named("Service", &service.name, port.as_ref());
    if service.name.is_empty() {
        return incomplete("no Service name", shown);
    }
    if port.is_none() {
        return incomplete("no port", shown);
    }
    Reference { target: lookup(cluster, namespace, &service.name, port.as_ref()), backend: shown, port }
}

fn incomplete<'s>(what: &'static str, backend: Backend) -> Reference<'s> {
    Reference { target: Target::Incomplete(what), backend, port: None }
}

/// Looks a Service up, and its port in it.
pub fn lookup<'s>(cluster: &ClusterIndex<'s>, namespace: &str, name: &str, port: Option<&PortRef>) -> Target<'s> {
    match cluster.snapshot.lookup::<Service>(namespace, name) {
        Lookup::Found(service) => {
            let answer = port.map_or(PortAnswer::Missing, |port| port_of(&service.get().value, port));
            Target::Service(service, answer)
        }
        Lookup::Absent(absence) => Target::Missing(name.to_owned(), absence),
        Lookup::Unknown(gap) => Target::Unseen(name.to_owned(), gap),
    }
}

fn as_port(port: &PortRef) -> Port {
    match port {
        PortRef::Number(n) => Port::Number(*n),
        PortRef::Name(name) => Port::Name(name.clone()),
        PortRef::Redacted => Port::Name("(masked)".to_owned()),
    }
}

/// By the API: the port's number or name. TCP is preferred where a number is declared twice.
fn port_of<'s>(service: &'s Service, wanted: &PortRef) -> PortAnswer<'s> {
    let ports = &service.spec.ports;
    let preferred = |matches: &dyn Fn(&ServicePort) -> bool| {
        let mut found = ports.iter().filter(|port| matches(port));
        let first = found.clone().find(|port| port.protocol != "UDP");
        first.or_else(|| found.next())
    };
    let declared = match wanted {
        PortRef::Number(n) => preferred(&|port| port.port.known() == Some(n)),
        PortRef::Name(name) => preferred(&|port| &port.name == name),
        PortRef::Redacted => return PortAnswer::Masked,
    };
    if let Some(port) = declared {
        return PortAnswer::Declared(port);
    }
    if service.is_external_name() {
        return PortAnswer::External;
    }
    let masked = |port: &ServicePort| matches!(port.port, Field::Redacted | Field::Invalid(_));
    if matches!(wanted, PortRef::Number(_)) && ports.iter().any(masked) {
        return PortAnswer::Masked;
    }
    preferred(&|port| port.target_port.as_ref() == Some(wanted)).map_or(PortAnswer::Missing, PortAnswer::ByTarget)
}
