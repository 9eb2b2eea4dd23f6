//! What a Service leads to: the pods that `check` asks about, each with the port it listens on.

use std::net::IpAddr;
use std::sync::Arc;

use kubereach_reports::report::{Backend, Port};

use super::{Finder, Party, Target, Unresolved, shown};
use crate::evaluate::policy::{Behind, behind_port};
use crate::policy::{DNS_PORT, Dns, End, Protocol, ServiceEnd};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Service, ServicePort};

impl<'s> Finder<'_, 's> {
    /// Pods behind a Service, each with the port it listens on.
    pub(super) fn endpoints(
        &self,
        service: Found<'s, Service>,
        port: Option<&str>,
        protocol: Option<Protocol>,
    ) -> Result<Vec<Party<'s>>, Unresolved> {
        let stored = service.get();
        let name = shown(&service.object());
        if service.is_external_name() {
            let external = stored.value.spec.external_name.clone().unwrap_or_default();
            return Err(Unresolved::ExternalName(name, external));
        }
        let is_wanted = |p: &&ServicePort| {
            protocol.is_none_or(|wanted| Protocol::of(&p.protocol) == Some(wanted))
                && port.is_none_or(|port| {
                    p.name == port || p.port.known().is_some_and(|number| number.to_string() == port)
                })
        };
        let wanted: Vec<&ServicePort> = stored.value.spec.ports.iter().filter(is_wanted).collect();
        if wanted.is_empty() {
            let have: Vec<String> = stored.value.spec.ports.iter().map(ServicePort::describe).collect();
            let have = if have.is_empty() { "none".to_owned() } else { have.join(", ") };
            return Err(Unresolved::NoSuchPort(name, port.unwrap_or("of that protocol").to_owned(), have));
        }
        let mut parties = Vec::new();
        for port in wanted {
            let behind = self.behind_port_of(service, port);
            let by_address = (!service.is_headless()).then(|| {
                let pod = behind.iter().find_map(|(end, ..)| end.pod().cloned());
                Arc::new(self.view.ends.service(service, port.port.known().copied(), pod))
            });
            parties.extend(behind.into_iter().map(|(end, number, protocol)| Party {
                label: self.label(&end, &name),
                end,
                port: Some(Target { protocol, port: number }),
                service: by_address.clone(),
                dials_pods: false,
            }));
        }
        if parties.is_empty() { Err(Unresolved::NoPods(name)) } else { Ok(parties) }
    }

    /// Behind an address of a load balancer, or one of `externalIPs`, that a Service has with this port.
    pub(super) fn published(
        &self,
        words: &str,
        port: Option<&str>,
        protocol: Option<Protocol>,
    ) -> Option<Vec<Party<'s>>> {
        let mut services = self.view.ends.published_at(words.parse().ok()?);
        services.find_map(|service| self.endpoints(service, port, protocol).ok())
    }

    fn label(&self, end: &End<'s>, otherwise: &str) -> String {
        match end {
            End::Pod(pod) => shown(&pod.object()),
            End::Address(address) | End::Unclear(address) => address.to_string(),
            End::Node(node) => match node.addresses.first() {
                Some(address) => self.at(*address).label,
                None => format!("node {}", node.name),
            },
            _ => otherwise.to_owned(),
        }
    }

    /// The same as a path to that port is judged by; where nobody receives traffic, whoever would.
    fn behind_port_of(&self, service: Found<'s, Service>, port: &ServicePort) -> Vec<Behind<'s>> {
        let meta = &service.get().value.metadata;
        let named = match port.port.known() {
            Some(number) if port.name.is_empty() => Some(Port::Number(*number)),
            _ => Some(Port::Name(port.name.clone())),
        };
        let backend = Backend {
            kind: "Service".to_owned(),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            port: named,
        };
        let judged = behind_port(self.cluster, &backend);
        if !judged.is_empty() {
            return judged;
        }
        let Some(protocol) = Protocol::of(&port.protocol) else { return Vec::new() };
        let number = |end: &End<'s>| match (&port.target_port, end) {
            (Some(PortRef::Number(number)), _) => Some(*number),
            (Some(PortRef::Name(name)), End::Pod(pod)) => pod.spec.named_port(name, protocol.word()),
            _ => None,
        };
        self.selected(service).into_iter().map(|end| (end.clone(), number(&end), protocol)).collect()
    }

    /// Whom it selects, or who has the addresses that are kept for it.
    fn selected(&self, service: Found<'s, Service>) -> Vec<End<'s>> {
        let stored = service.get();
        let (namespace, selector) = (&stored.metadata.namespace, &stored.value.spec.selector);
        if !selector.is_empty() {
            let pods = self.cluster.pods_selected(namespace, selector);
            let mut ends: Vec<End<'s>> =
                pods.into_iter().filter(|p| !p.is_finished()).map(|pod| End::Pod(self.view.ends.pod(pod))).collect();
            if ends.is_empty() && self.cluster.is_manifests() {
                let templates = self.cluster.templates_in(namespace).iter();
                let ours = templates.filter_map(|w| self.view.ends.template(*w));
                ends.extend(
                    ours.filter(|t| kubereach_model::snapshot::matches_pairs(selector, t.labels)).map(End::Pod),
                );
            }
            return ends;
        }
        let mut addresses: Vec<IpAddr> = self
            .cluster
            .slices_of(&stored.value)
            .iter()
            .flat_map(|slice| slice.get().value.endpoints.iter())
            .flat_map(|endpoint| endpoint.addresses.iter())
            .filter_map(|address| address.known()?.parse().ok())
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses.into_iter().map(|address| self.view.ends.at(address)).collect()
    }

    /// The pods of the cluster's DNS, by UDP and by TCP on the port they listen on.
    pub(super) fn dns(&self, protocol: Option<Protocol>) -> Result<Vec<Party<'s>>, Unresolved> {
        let (udp, tcp, service) = match &self.view.dns {
            Dns::Servers { udp, tcp, service } => (udp, tcp, service),
            Dns::Unclear(why) | Dns::Cached(why) => return Err(Unresolved::Dns(why)),
        };
        let service = Arc::new(service.as_deref().cloned().unwrap_or(ServiceEnd::unread(DNS_PORT)));
        let asked = [(Protocol::Udp, udp), (Protocol::Tcp, tcp)].into_iter();
        let asked = asked.filter(|(own, _)| protocol.is_none_or(|wanted| wanted == *own));
        let parties = asked.flat_map(|(protocol, servers)| {
            let service = &service;
            servers.iter().map(move |(end, port)| Party {
                label: self.label(end, "the cluster's DNS"),
                end: end.clone(),
                port: Some(Target { protocol, port: Some(*port) }),
                service: Some(Arc::clone(service)),
                dials_pods: false,
            })
        });
        Ok(parties.collect())
    }
}
