//! What a backendRef names (API reference: `BackendRef`, `BackendObjectReference`).

use kubereach_reports::report::{Backend, Port};

use crate::resolve::ClusterIndex;
use crate::resolve::gateway::GROUP;
use crate::resolve::gateway::grants::{End, Permission, permission};
use crate::resolve::route::delegation::delegates;
use kubereach_model::snapshot::model::lenient::Field;
use kubereach_model::snapshot::model::{BackendRef, Route, RouteKind, Service, ServicePort};
use kubereach_model::snapshot::{Absence, Found, Gap, Lookup};

/// Which port of a Service is meant.
#[derive(Debug, Clone)]
pub enum RefPort<'s> {
    /// One the Service declares.
    Declared(&'s ServicePort),
    /// The reference names none.
    Unspecified,
    /// The Service declares no such port.
    NotDeclared(u16),
    /// The Service declares it, for another transport than the route's.
    OtherProtocol(&'s ServicePort),
    /// A collector masked one of the two.
    Masked,
}

/// What a backendRef names.
#[derive(Debug, Clone)]
pub enum Named<'s> {
    /// A Service and one of its ports.
    Service(Found<'s, Service>, RefPort<'s>),
    /// A Service that does not exist.
    Missing(Absence),
    /// A Service that was not read.
    Unseen(Gap),
    /// A core kind that cannot be a backend.
    NotABackend,
    /// A kind whose meaning is the implementation's affair.
    ThirdParty,
}

/// A backendRef, followed.
#[derive(Debug, Clone)]
pub struct Target<'s> {
    /// Kind, defaulted.
    pub kind: String,
    /// API group, defaulted.
    pub group: String,
    /// Namespace, defaulted.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// May the route refer to it?
    pub permission: Permission<'s>,
    /// What it is.
    pub named: Named<'s>,
    /// The port as written.
    pub port: Option<u16>,
}

impl Target<'_> {
    /// For a path's key.
    pub fn key(&self) -> Backend {
        Backend {
            kind: self.kind.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            port: self.port.map(Port::Number),
        }
    }

    /// Does the configuration show that no controller can resolve the reference?
    pub fn is_unusable(&self) -> bool {
        let no_port = |port: &RefPort<'_>| matches!(port, RefPort::NotDeclared(_) | RefPort::Unspecified);
        matches!(self.permission, Permission::Refused { .. })
            || match &self.named {
                Named::Missing(_) | Named::NotABackend => true,
                Named::Service(_, port) => no_port(port),
                Named::Unseen(_) | Named::ThirdParty => false,
            }
    }

    /// `Service shop/cart port 80`, for prose.
    pub fn describe(&self) -> String {
        let port = self.port.map_or_else(String::new, |p| format!(" port {p}"));
        format!("{} {}/{}{port}", self.kind, self.namespace, self.name)
    }
}

/// Follows a backendRef of a route (of a rule or of a mirror filter).
pub fn follow<'s>(cluster: &ClusterIndex<'s>, route: &Route, reference: &BackendRef) -> Target<'s> {
    let group = reference.group.clone().unwrap_or_default();
    let kind = reference.kind.clone().filter(|k| !k.is_empty()).unwrap_or_else(|| "Service".to_owned());
    let own = &route.metadata.namespace;
    let namespace = reference.namespace.clone().filter(|n| !n.is_empty()).unwrap_or_else(|| own.clone());
    let from = End { group: GROUP, kind: route.kind.word(), namespace: own };
    let to = End { group: &group, kind: &kind, namespace: &namespace };
    let permission = if delegates(&group, &kind) {
        Permission::SameNamespace
    } else {
        permission(cluster, from, to, &reference.name)
    };
    let named = match (group.as_str(), kind.as_str()) {
        ("", "Service") => match cluster.snapshot.lookup::<Service>(&namespace, &reference.name) {
            Lookup::Found(service) => Named::Service(service, port_of(service.get(), route.kind, &reference.port)),
            Lookup::Absent(absence) => Named::Missing(absence),
            Lookup::Unknown(gap) => Named::Unseen(gap),
        },
        ("" | "apps", _) => Named::NotABackend,
        _ => Named::ThirdParty,
    };
    Target {
        port: reference.port.known().copied(),
        permission,
        named,
        name: reference.name.clone(),
        kind,
        group,
        namespace,
    }
}

fn port_of<'s>(service: &'s Service, kind: RouteKind, wanted: &Field<u16>) -> RefPort<'s> {
    let number = match wanted {
        Field::Known(number) => *number,
        Field::Redacted => return RefPort::Masked,
        Field::Absent | Field::Invalid(_) => return RefPort::Unspecified,
    };
    let transport = if kind == RouteKind::Udp { "UDP" } else { "TCP" };
    let ports: Vec<&ServicePort> = service.spec.ports.iter().filter(|p| p.port.known() == Some(&number)).collect();
    if let Some(port) = ports.iter().find(|p| p.protocol == transport) {
        return RefPort::Declared(port);
    }
    match ports.first() {
        Some(port) => RefPort::OtherProtocol(port),
        None if service.spec.ports.iter().any(|p| p.port.is_redacted()) => RefPort::Masked,
        None => RefPort::NotDeclared(number),
    }
}
