//! What all policies of Istio share: the configuration, what Services say of ports, and the waypoints.

use std::collections::BTreeSet;

use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Gateway, Service, ServicePort};
use kubereach_model::snapshot::{Found, Index, Lookup, Snapshot, matches_pairs};

use super::config::{Config, Tls};
use super::members::{GATEWAY_NAME, PORT_ANNOTATIONS, Proxy, leaves_out, proxy};
use super::peer::Peers;
use crate::policy::answer::{Missing, Truth};
use crate::policy::ends::{End, PodEnd};
use crate::policy::engine::Asked;
use crate::policy::mesh::{Identity, listed_ports, service_account};

/// What all policies share.
#[derive(Debug)]
pub(super) struct Mesh<'s> {
    snapshot: &'s Snapshot,
    pub(super) config: Config<'s>,
    pub(super) peers: Peers<'s>,
    services: Index<&'s str, Vec<Found<'s, Service>>>,
    /// The accounts of the pods of each Gateway: by its namespace and name.
    gateways: Index<(&'s str, &'s str), &'s str>,
    /// Numbers of ports at which the protocol may change.
    ports: BTreeSet<u16>,
    /// Names by which Services lead to ports of their pods.
    port_names: BTreeSet<&'s str>,
    /// Ports that annotations take out.
    annotated: BTreeSet<(u16, u16)>,
}

/// What is spoken at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speech {
    /// HTTP, as the Service declares.
    Http,
    /// Something else, as the Service declares.
    Tcp,
    /// Nothing is declared: the proxy looks at what comes.
    Looked,
}

/// A waypoint that leads to a pod.
#[derive(Debug, Clone, Copy)]
pub(super) struct Via<'s> {
    pub(super) namespace: &'s str,
    pub(super) name: &'s str,
    /// The Service that uses it; none where the workload itself does.
    pub(super) service: Option<&'s str>,
    /// Whoever asks for a Service in front of the workload passes it by.
    pub(super) is_passed_by: bool,
}

const USE_WAYPOINT: &str = "istio.io/use-waypoint";
const WAYPOINT_NAMESPACE: &str = "istio.io/use-waypoint-namespace";

impl<'s> Mesh<'s> {
    pub(super) fn of(snapshot: &'s Snapshot, peers: Peers<'s>) -> Self {
        let mut services = Index::<_, Vec<Found<'s, Service>>>::default();
        let (mut ports, mut port_names, mut annotated) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for service in snapshot.services.iter().filter(|service| !service.spec.selector.is_empty()) {
            let stored = service.get();
            services.entry(stored.value.metadata.namespace.as_str()).or_default().push(service);
            for port in &stored.value.spec.ports {
                match &port.target_port {
                    Some(PortRef::Number(number)) => drop(ports.insert(*number)),
                    Some(PortRef::Name(name)) => drop(port_names.insert(name.as_str())),
                    _ => {}
                }
            }
        }
        let mut gateways = Index::default();
        for pod in snapshot.pods.iter().filter(|pod| !pod.is_finished()) {
            let stored = pod.get();
            let lists = PORT_ANNOTATIONS.into_iter().filter_map(|key| stored.value.metadata.annotation(key));
            annotated.extend(lists.flat_map(listed_ports));
            let Some(name) = stored.value.metadata.label(GATEWAY_NAME) else { continue };
            let account = stored.value.spec.service_account_name.as_deref().unwrap_or("default");
            gateways.entry((stored.value.metadata.namespace.as_str(), name)).or_insert(account);
        }
        Self { snapshot, config: Config::of(snapshot), peers, services, gateways, ports, port_names, annotated }
    }

    /// Numbers of ports at which the protocol may change.
    pub(super) const fn ports(&self) -> &BTreeSet<u16> {
        &self.ports
    }

    /// Names by which Services lead to ports of their pods.
    pub(super) fn port_names(&self) -> impl Iterator<Item = &'s str> {
        self.port_names.iter().copied()
    }

    /// Ports that annotations take out.
    pub(super) const fn annotated_ports(&self) -> &BTreeSet<(u16, u16)> {
        &self.annotated
    }

    /// The keys of labels by which Services choose their pods.
    pub(super) fn service_labels(&self) -> impl Iterator<Item = &'s str> {
        self.services
            .values()
            .flatten()
            .flat_map(|service| service.get().value.spec.selector.keys())
            .map(String::as_str)
    }

    /// The Services that lead to a pod.
    pub(super) fn services_of(&self, pod: &PodEnd<'s>) -> Vec<Found<'s, Service>> {
        let all = self.services.get(pod.namespace).map(Vec::as_slice).unwrap_or_default();
        all.iter().copied().filter(|service| matches_pairs(&service.get().value.spec.selector, pod.labels)).collect()
    }

    /// Their ports that lead to this one of the pod.
    fn service_ports(&self, pod: &PodEnd<'s>, port: u16) -> Vec<(Found<'s, Service>, &'s ServicePort)> {
        let leads = |own: &ServicePort| match &own.target_port {
            Some(PortRef::Number(number)) => *number == port,
            Some(PortRef::Name(name)) => pod.spec.named_port(name, "TCP") == Some(port),
            Some(PortRef::Redacted) => false,
            None => own.port.known() == Some(&port),
        };
        let of = |service: Found<'s, Service>| {
            let ports = service.get().value.spec.ports.iter();
            ports.filter(|own| own.protocol == "TCP" && leads(own)).map(move |own| (service, own))
        };
        self.services_of(pod).into_iter().flat_map(of).collect()
    }

    /// What is spoken at a port of a pod: what its Services declare, where they agree.
    /// (Istio documentation: protocol selection)
    pub(super) fn speech(&self, pod: &PodEnd<'s>, port: Option<u16>) -> Speech {
        let Some(port) = port else { return Speech::Looked };
        let mut all = self.service_ports(pod, port).into_iter().map(|(_, own)| declared(own));
        let Some(first) = all.next() else { return Speech::Looked };
        if all.all(|other| other == first) { first } else { Speech::Looked }
    }

    /// The waypoint that leads to a port of a pod: that of a Service it stands behind, or its own.
    /// (Istio documentation: ambient, use waypoints)
    pub(super) fn via(&self, pod: &PodEnd<'s>, port: Option<u16>) -> Result<Option<Via<'s>>, Missing<'s>> {
        if proxy(pod) != Proxy::Ztunnel {
            return Ok(None);
        }
        let of_namespace = || pod.namespace_labels.and_then(|labels| labels.get(USE_WAYPOINT));
        for (service, _) in port.map(|port| self.service_ports(pod, port)).unwrap_or_default() {
            let meta = &service.get().value.metadata;
            let named = meta.label(USE_WAYPOINT).or_else(|| of_namespace().map(String::as_str));
            let beside = meta.label(WAYPOINT_NAMESPACE).unwrap_or(pod.namespace);
            if let Some(name) = named.filter(|name| *name != "none")
                && let Some(via) = self.waypoint(beside, name, Some(meta.name.as_str()))?
            {
                return Ok(Some(via));
            }
        }
        let own = pod.labels.get(USE_WAYPOINT).or_else(of_namespace).map(String::as_str);
        let beside = pod.labels.get(WAYPOINT_NAMESPACE).map_or(pod.namespace, String::as_str);
        match own.filter(|name| *name != "none") {
            Some(name) => {
                let by_service = port.is_some_and(|port| !self.service_ports(pod, port).is_empty());
                let via = self.waypoint(beside, name, None)?;
                Ok(via.map(|via| Via { is_passed_by: by_service, ..via }))
            }
            None => Ok(None),
        }
    }

    /// It serves Services unless its label says workloads too.
    fn waypoint(
        &self,
        namespace: &'s str,
        name: &'s str,
        service: Option<&'s str>,
    ) -> Result<Option<Via<'s>>, Missing<'s>> {
        match self.snapshot.lookup::<Gateway>(namespace, name) {
            Lookup::Found(gateway) => {
                let serves = gateway.get().value.metadata.label("istio.io/waypoint-for").unwrap_or("service");
                let ours = serves == "all" || serves == if service.is_some() { "service" } else { "workload" };
                Ok(ours.then_some(Via { namespace, name, service, is_passed_by: false }))
            }
            Lookup::Absent(_) => Ok(None),
            Lookup::Unknown(_) => Err(Missing::Waypoint(name)),
        }
    }

    /// Whom the destination sees where the connection comes through a waypoint.
    pub(super) fn identity_of_waypoint(&self, via: &Via<'s>) -> Identity<'s> {
        let account = self.gateways.get(&(via.namespace, via.name)).copied().unwrap_or(via.name);
        Identity::Proven(self.config.identity(via.namespace, account))
    }

    /// Does a client go through the waypoint? Those without a proxy dial the pod itself.
    pub(super) fn goes_through(client: &End<'s>, via: &Via<'s>) -> Truth<'s> {
        match client {
            End::Pod(pod) => match proxy(pod) {
                Proxy::Ztunnel if via.is_passed_by => Truth::Unknown(Missing::Waypoint(via.name)),
                Proxy::Ztunnel => Truth::Yes,
                Proxy::None => Truth::No,
                Proxy::Waypoint => Truth::of(pod.labels.get(GATEWAY_NAME).map(String::as_str) != Some(via.name)),
                Proxy::Sidecar | Proxy::Gateway => Truth::Unknown(Missing::Waypoint(via.name)),
                Proxy::Unknown(missing) => Truth::Unknown(missing),
            },
            End::Node(_) | End::Address(_) | End::Outside | End::Service(_) => Truth::No,
            End::Unclear(_) | End::UnnamedPod => Truth::Unknown(Missing::UnnamedPod),
            End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
        }
    }

    /// Who the client proves to be, as its own proxy connects.
    pub(super) fn identity(&self, asked: &Asked<'_, 's>) -> Identity<'s> {
        if let Some(principal) = asked.request.and_then(|request| request.principal.as_deref()) {
            return Identity::Proven(principal.trim_start_matches("spiffe://").to_owned());
        }
        let End::Pod(client) = asked.other else { return Identity::of_no_pod(asked.other) };
        let proven = || Identity::Proven(self.config.identity(client.namespace, service_account(client)));
        match proxy(client) {
            Proxy::None => Identity::Nobody,
            Proxy::Ztunnel | Proxy::Waypoint => proven(),
            Proxy::Unknown(missing) => Identity::Unknown(missing),
            Proxy::Sidecar if asked.port.is_some_and(|port| leaves_out(client, port)) => Identity::Nobody,
            Proxy::Sidecar | Proxy::Gateway => {
                match self.config.sends(client.namespace, &self.services_of(asked.pod)) {
                    Some(Tls::Mesh) => proven(),
                    Some(Tls::Plain) => Identity::Nobody,
                    Some(Tls::Other) | None => Identity::Unknown(Missing::ClientTls),
                }
            }
        }
    }
}

/// What a port of a Service declares: by `appProtocol`, else by the beginning of its name.
fn declared(port: &ServicePort) -> Speech {
    let said = port.app_protocol.as_deref().filter(|word| !word.is_empty());
    let word = said.unwrap_or_else(|| port.name.split('-').next().unwrap_or_default()).to_ascii_lowercase();
    match word.as_str() {
        "http" | "http2" | "grpc" | "kubernetes.io/h2c" | "kubernetes.io/ws" => Speech::Http,
        "https" | "tcp" | "tls" | "mongo" | "mysql" | "redis" | "kubernetes.io/wss" => Speech::Tcp,
        // Servers that speak first cannot be looked at.
        _ if matches!(port.port.known(), Some(25 | 53 | 3306 | 27017)) => Speech::Tcp,
        _ => Speech::Looked,
    }
}
