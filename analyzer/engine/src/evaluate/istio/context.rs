//! What the checks of Istio's Gateways and VirtualServices look at.

use kubereach_reports::report::ObjectRef;

use crate::evaluate::Cluster;
use crate::resolve::istio::objects::{Destination, GatewaySpec, Server, Subset, VirtualServiceSpec};
use crate::resolve::istio::{Istio, Read, SubsetOf, Target, Tier, hosts};
use kubereach_model::evidence::{FieldPath, Finding};
use kubereach_model::snapshot::model::{Gateway, Pod, Service, ServicePort, Unmodelled};
use kubereach_model::snapshot::{Absence, Found, Gap, ManifestsOnly};

/// A Gateway.
pub struct GatewayContext<'a, 's> {
    /// The snapshot.
    pub cluster: &'a Cluster<'s>,
    /// It.
    pub gateway: &'a Read<'s, GatewaySpec>,
    /// Its pods.
    pub tier: &'a Tier<'s>,
}

impl<'a, 's> GatewayContext<'a, 's> {
    /// One of them.
    pub fn of(cluster: &'a Cluster<'s>, all: &'a Istio<'s>, at: usize) -> Option<Self> {
        Some(Self { cluster, gateway: all.gateways.get(at)?, tier: all.tiers.get(at)? })
    }

    /// Its name.
    pub fn object(&self) -> ObjectRef {
        self.gateway.found.object()
    }

    /// Nothing but manifests was read.
    pub fn manifests(&self) -> Option<ManifestsOnly> {
        self.cluster.manifests_only()
    }

    /// Its servers with their places.
    pub fn servers(&self) -> impl Iterator<Item = (usize, &'a Server)> {
        let gateway = self.gateway;
        gateway.spec.iter().flat_map(|spec| spec.servers.iter()).enumerate()
    }

    /// The servers that a host of an object of this namespace is served at.
    pub fn serving(&self, host: &str, namespace: &str) -> Vec<(usize, &'a Server)> {
        let own = self.gateway.namespace();
        let takes = |server: &Server| {
            server.hosts.iter().any(|pattern| {
                let (pattern, may) = hosts::of_server(pattern, own, namespace);
                may && hosts::meet(pattern, host)
            })
        };
        self.servers().filter(|(_, server)| takes(server)).collect()
    }
}

/// A server of a Gateway.
pub struct ServerContext<'a, 's> {
    /// The Gateway.
    pub of: &'a GatewayContext<'a, 's>,
    /// Its place.
    pub index: usize,
    /// The server.
    pub server: &'a Server,
}

/// Where a VirtualService is served.
#[derive(Debug, Clone)]
pub enum Binding<'s> {
    /// By the sidecars of clients.
    Mesh,
    /// At a Gateway: its place among them.
    Gateway(usize),
    /// At a Gateway of the Gateway API.
    Standard(Found<'s, Gateway>),
    /// At one that does not exist.
    Missing(Absence),
    /// At one that was not read.
    Unseen(Gap),
}

/// A VirtualService.
pub struct VirtualContext<'a, 's> {
    /// The snapshot.
    pub cluster: &'a Cluster<'s>,
    /// Everything of Istio.
    pub all: &'a Istio<'s>,
    /// It.
    pub service: &'a Read<'s, VirtualServiceSpec>,
}

impl VirtualContext<'_, '_> {
    /// Its name.
    pub fn object(&self) -> ObjectRef {
        self.service.found.object()
    }

    /// Nothing but manifests was read.
    pub fn manifests(&self) -> Option<ManifestsOnly> {
        self.cluster.manifests_only()
    }
}

/// A host of a VirtualService where it is served.
pub struct BoundContext<'a, 's> {
    /// The VirtualService.
    pub of: &'a VirtualContext<'a, 's>,
    /// The host.
    pub host: &'a str,
    /// Where.
    pub binding: &'a Binding<'s>,
    /// As it is named.
    pub named: &'a str,
    /// The place of the name among its gateways.
    pub index: usize,
    /// The servers that take the host.
    pub servers: Vec<(usize, &'a Server)>,
}

/// A destination of a rule.
pub struct DestinationContext<'a, 's> {
    /// The VirtualService whose rule it is.
    pub of: &'a VirtualContext<'a, 's>,
    /// The destination.
    pub destination: &'a Destination,
    /// What names it: a delegate may be another object.
    pub naming: Found<'s, Unmodelled>,
    /// Where.
    pub field: FieldPath,
    /// What it leads to.
    pub target: &'a Target<'s>,
    /// What became of its port.
    pub port: Port<'s>,
    /// Its subset.
    pub subset: &'a SubsetOf<'a, 's>,
}

/// What became of the port of a destination.
#[derive(Debug, Clone, Copy)]
pub enum Port<'s> {
    /// The Service declares it.
    Declared(&'s ServicePort),
    /// A host that a ServiceEntry adds has it.
    OfEntry(u16),
    /// There is no such port.
    Missing(u16),
    /// None is named and several are there, none of which is the one that is asked for.
    Unsaid,
    /// Whichever the client asks for, or it does not matter.
    Any,
}

impl<'a, 's> DestinationContext<'a, 's> {
    /// Service, subset and DestinationRule where no pod of the Service that was read is in the subset. Labels of
    /// places are not those of pods, and what only templates show is not judged.
    pub fn without_pods(&self) -> Option<(Found<'s, Service>, &'a Subset, Found<'s, Unmodelled>)> {
        let (SubsetOf::Found(subset, rule), Target::Service(service)) = (self.subset, self.target) else { return None };
        let cluster = self.of.cluster;
        let places = subset.labels.keys().any(|key| key.starts_with("topology."));
        if places || service.is_selectorless() || cluster.is_manifests() || cluster.is_simulated(service) {
            return None;
        }
        let of_service = cluster.pods_selected(&service.metadata.namespace, &service.spec.selector);
        let selected = |pod: &Pod| subset.labels.iter().all(|(key, value)| pod.metadata.label(key) == Some(value));
        let none = !of_service.is_empty() && !of_service.iter().any(|pod| selected(pod));
        none.then_some((*service, *subset, *rule))
    }

    /// Points a finding at a field of the destination.
    pub fn at(&self, finding: Finding, key: &str) -> Finding {
        let mut field = self.field.clone();
        field.push(key.into());
        finding.at(self.naming.get().origin, field)
    }
}
