//! What a person or a query file asks about, found in the snapshot: pods, workloads, Services, addresses.

mod answers;
mod assumptions;
mod behind;
mod data;
mod doors;
mod portable;
mod queries;

pub use answers::Answers;
pub use data::{Addresses, Because, Considered, Elsewhere, Matrix, MatrixRow, PARTLY, Ports, Query, QueryAnswer, Row};
pub use portable::portable;

pub use queries::Seen;

use std::net::IpAddr;
use std::sync::Arc;

use kubereach_reports::report::ObjectRef;

use crate::evaluate::Cluster;
use crate::policy::{End, PodEnd, PolicyView, Protocol, ServiceEnd};
use kubereach_model::snapshot::kinds::{self, Variant};
use kubereach_model::snapshot::model::{Service, Workload, WorkloadKind};
use kubereach_model::snapshot::{Found, LabelSelector, Lookup, nearest};

/// One end that was asked about, under the name it is shown by.
#[derive(Debug, Clone)]
pub struct Party<'s> {
    /// `shop/web-1`, `10.0.0.1`, `external`.
    pub label: String,
    /// It.
    pub end: End<'s>,
    /// Where a Service names the port: the one its endpoint listens on.
    pub port: Option<Target>,
    /// The Service that leads there, where it is reached by the address of one.
    pub service: Option<Arc<ServiceEnd<'s>>>,
    /// As a source: it dials the pods themselves, whatever address a Service has.
    pub dials_pods: bool,
}

/// A port at a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its protocol.
    pub protocol: Protocol,
    /// Its number; `None` where a name could not be resolved.
    pub port: Option<u16>,
}

/// Why a name could not be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The words do not name anything.
    #[error(
        "'{0}' is not a [NAMESPACE/]KIND/NAME (a pod, a workload, a Service, or an Ingress, Gateway or route as the source), NAMESPACE/POD, an IP address, 'external' or 'dns'"
    )]
    Words(String),
    /// There is no such object.
    #[error("{0} does not exist in the input")]
    Absent(String),
    /// It cannot be told whether there is such an object.
    #[error("{0} is not in the input: {1}")]
    Unread(String, String),
    /// A Service cannot be the source of a connection.
    #[error("a Service does not connect to anything; name the pods or the workload behind it")]
    ServiceAsSource,
    /// A door is where connections come in, not where they end.
    #[error("{0} lets traffic in; ask about the Service behind it, or 'kubereach request' what happens to a request")]
    DoorAsDestination(String),
    /// It is not known who carries the traffic of a door.
    #[error("who carries the traffic of {0} is not in the input; name the pods of its controller")]
    NoCarriers(String),
    /// It cannot be told whom pods ask for names.
    #[error("{0}")]
    Dns(&'static str),
    /// A Service has no such port.
    #[error("{0} has no port {1}; it has {2}")]
    NoSuchPort(String, String, String),
    /// A Service that stands for a name.
    #[error("{0} stands for the name {1} and has no pods of its own; ask about the address of that name")]
    ExternalName(String, String),
    /// Not a number of a port.
    #[error("{0} is not a port: give a number from 1 to 65535, or a name the pods declare")]
    NotAPort(String),
    /// Nothing stands behind it.
    #[error("{0} has no pods in the input")]
    NoPods(String),
}

/// The kind of workload that a word of the command line names.
fn workload_of(word: &str) -> Option<WorkloadKind> {
    match kinds::by_name(word)?.variant {
        Variant::Workload(kind) => Some(kind),
        _ => None,
    }
}

/// Splits `DEST[:PORT]`; an IPv6 address with a port stands in brackets.
pub fn split_port(text: &str) -> (&str, Option<&str>) {
    if let Some(inner) = text.strip_prefix('[')
        && let Some((address, rest)) = inner.split_once(']')
    {
        return (address, rest.strip_prefix(':').filter(|port| !port.is_empty()));
    }
    if text.parse::<IpAddr>().is_ok() {
        return (text, None);
    }
    match text.rsplit_once(':') {
        Some((head, port)) if !head.is_empty() && !port.is_empty() && !port.contains('/') => (head, Some(port)),
        _ => (text, None),
    }
}

/// Finds ends by their words.
#[derive(Debug)]
pub struct Finder<'v, 's> {
    view: &'v PolicyView<'s>,
    cluster: &'v Cluster<'s>,
}

fn shown(object: &ObjectRef) -> String {
    match (&object.namespace, object.kind.as_str()) {
        (Some(namespace), "Pod") => format!("{namespace}/{}", object.name),
        (Some(namespace), kind) => format!("{namespace}/{}/{}", kind.to_lowercase(), object.name),
        (None, kind) => format!("{}/{}", kind.to_lowercase(), object.name),
    }
}

impl<'s> Party<'s> {
    /// A pod, under its own name.
    pub fn of_pod(pod: PodEnd<'s>) -> Self {
        Self { label: shown(&pod.object()), end: End::Pod(pod), port: None, service: None, dials_pods: false }
    }
}

impl<'v, 's> Finder<'v, 's> {
    /// Over one cluster.
    pub const fn new(view: &'v PolicyView<'s>, cluster: &'v Cluster<'s>) -> Self {
        Self { view, cluster }
    }

    /// Every pod that runs, or every template where the input is manifests.
    pub fn everyone(&self) -> Vec<PodEnd<'s>> {
        let snapshot = self.cluster.snapshot;
        let mut all: Vec<PodEnd<'s>> =
            snapshot.pods.iter().filter(|pod| !pod.is_finished()).map(|pod| self.view.ends.pod(pod)).collect();
        if self.cluster.is_manifests() {
            all.extend(snapshot.workloads.iter().filter_map(|workload| self.view.ends.template(workload)));
        }
        all
    }

    /// The source that the words name: one party per pod.
    pub fn source(&self, words: &str, namespace: &str) -> Result<Vec<Party<'s>>, Unresolved> {
        match self.named(words, namespace)? {
            Named::Parties(parties) => Ok(parties),
            Named::Door(_, carriers) => Ok(carriers),
            Named::Service(_) | Named::Dns => Err(Unresolved::ServiceAsSource),
        }
    }

    /// The destination that the words name: one party per pod and, of a Service, per port.
    pub fn destination(
        &self,
        words: &str,
        port: Option<&str>,
        protocol: Option<Protocol>,
        namespace: &str,
    ) -> Result<Vec<Party<'s>>, Unresolved> {
        if let Some(parties) = self.published(words, port, protocol) {
            return Ok(parties);
        }
        match self.named(words, namespace)? {
            Named::Service(service) => self.endpoints(service, port, protocol),
            Named::Dns => self.dns(protocol),
            Named::Door(door, _) => Err(Unresolved::DoorAsDestination(door)),
            Named::Parties(mut parties) => {
                let Some(port) = port else { return Ok(parties) };
                let mut found = false;
                for party in &mut parties {
                    let target = own_port(&party.end, port, protocol)?;
                    found |= target.is_some();
                    let unknown = Target { protocol: protocol.unwrap_or(Protocol::Tcp), port: None };
                    party.port = Some(target.unwrap_or(unknown));
                }
                if found {
                    return Ok(parties);
                }
                let has: Vec<String> = parties.iter().filter_map(|party| party.end.pod()).flat_map(declared).collect();
                let has: std::collections::BTreeSet<String> = has.into_iter().collect();
                let has: Vec<String> = has.into_iter().collect();
                let has = if has.is_empty() { "none by name".to_owned() } else { has.join(", ") };
                let name = parties.first().map_or(words, |party| party.label.as_str()).to_owned();
                Err(Unresolved::NoSuchPort(name, port.to_owned(), has))
            }
        }
    }

    /// A pod by namespace and name; where the input has none of that name, a workload.
    pub fn pod_or_workload(&self, namespace: &str, name: &str) -> Result<Vec<Party<'s>>, Unresolved> {
        match self.cluster.snapshot.lookup::<kubereach_model::snapshot::model::Pod>(namespace, name) {
            Lookup::Found(pod) => Ok(vec![Party::of_pod(self.view.ends.pod(pod))]),
            missing => {
                if let Some(workload) = self.cluster.snapshot.workloads.named(namespace, name).next() {
                    return self.of_workload(workload);
                }
                let what = self.elsewhere("pod", namespace, name);
                match missing {
                    Lookup::Unknown(gap) => Err(Unresolved::Unread(what, gap.sentence())),
                    _ => Err(Unresolved::Absent(what)),
                }
            }
        }
    }

    fn named(&self, words: &str, namespace: &str) -> Result<Named<'s>, Unresolved> {
        let parts: Vec<&str> = words.split('/').collect();
        match parts.as_slice() {
            ["external"] => {
                let (label, end) = ("external".to_owned(), End::Outside);
                Ok(Named::Parties(vec![Party { label, end, port: None, service: None, dials_pods: false }]))
            }
            ["dns"] => Ok(Named::Dns),
            [one] => match one.parse::<IpAddr>() {
                Ok(address) => Ok(match self.view.ends.service_at(address) {
                    // Policies see a connection after the Service has translated it.
                    Some(service) => Named::Service(service),
                    None => Named::Parties(vec![self.at(address)]),
                }),
                Err(_) if one.is_empty() => Err(Unresolved::Words(words.to_owned())),
                Err(_) => self.pod_or_workload(namespace, one).map(Named::Parties),
            },
            [kind, name] => {
                self.kind(kind, namespace, name).unwrap_or_else(|| self.pod_or_workload(kind, name).map(Named::Parties))
            }
            [namespace, kind, name] => {
                self.kind(kind, namespace, name).unwrap_or_else(|| Err(Unresolved::Words(words.to_owned())))
            }
            _ => Err(Unresolved::Words(words.to_owned())),
        }
    }

    /// Where else the input has an object of that name: most often the namespace was forgotten.
    fn elsewhere(&self, what: &str, namespace: &str, name: &str) -> String {
        let snapshot = self.cluster.snapshot;
        let mut others: Vec<&str> = match what {
            "pod" => snapshot
                .pods
                .iter()
                .filter(|o| o.metadata.name == name)
                .map(|o| o.get().metadata.namespace.as_str())
                .collect(),
            "service" => snapshot
                .services
                .iter()
                .filter(|o| o.metadata.name == name)
                .map(|o| o.get().metadata.namespace.as_str())
                .collect(),
            _ => snapshot
                .workloads
                .iter()
                .filter(|o| o.metadata.name == name)
                .map(|o| o.get().metadata.namespace.as_str())
                .collect(),
        };
        others.dedup();
        others.truncate(3);
        let named = format!("{what} {namespace}/{name}");
        if !others.is_empty() {
            return format!("{named} (did you mean -n {}?)", others.join(" or -n "));
        }
        match self.nearest(what, namespace, name) {
            Some(near) => format!("{named} (did you mean {near}?)"),
            None => named,
        }
    }

    /// The name that comes closest in the namespace; where the namespace holds none, the closest namespace.
    fn nearest(&self, what: &str, namespace: &str, name: &str) -> Option<String> {
        let snapshot = self.cluster.snapshot;
        let names: Vec<&str> = match what {
            "pod" => snapshot.pods.in_namespace(namespace).map(|o| o.get().metadata.name.as_str()).collect(),
            "service" => snapshot.services.in_namespace(namespace).map(|o| o.get().metadata.name.as_str()).collect(),
            _ => snapshot.workloads.in_namespace(namespace).map(|o| o.get().metadata.name.as_str()).collect(),
        };
        if let Some(near) = nearest(name, names) {
            return Some(format!("{what}/{near}"));
        }
        let mut namespaces: Vec<&str> = snapshot.services.iter().map(|o| o.get().metadata.namespace.as_str()).collect();
        namespaces.extend(snapshot.pods.iter().map(|o| o.get().metadata.namespace.as_str()));
        namespaces.sort_unstable();
        namespaces.dedup();
        if namespaces.contains(&namespace) {
            return None;
        }
        nearest(namespace, namespaces).map(|near| format!("-n {near}"))
    }

    /// Whoever has an address.
    pub fn at(&self, address: IpAddr) -> Party<'s> {
        let end = self.view.ends.at(address);
        let label = match &end {
            End::Pod(pod) => format!("{address} ({})", shown(&pod.object())),
            End::Node(node) => format!("{address} (node {})", node.name),
            _ => address.to_string(),
        };
        Party { label, end, port: None, service: None, dials_pods: false }
    }

    fn kind(&self, kind: &str, namespace: &str, name: &str) -> Option<Result<Named<'s>, Unresolved>> {
        let lower = kind.to_ascii_lowercase();
        match lower.as_str() {
            "pod" | "pods" | "po" => {
                return Some(match self.cluster.snapshot.lookup(namespace, name) {
                    Lookup::Found(pod) => Ok(Named::Parties(vec![Party::of_pod(self.view.ends.pod(pod))])),
                    Lookup::Absent(_) => Err(Unresolved::Absent(self.elsewhere("pod", namespace, name))),
                    Lookup::Unknown(gap) => {
                        Err(Unresolved::Unread(self.elsewhere("pod", namespace, name), gap.sentence()))
                    }
                });
            }
            "service" | "services" | "svc" => {
                return Some(match self.cluster.snapshot.lookup(namespace, name) {
                    Lookup::Found(service) => Ok(Named::Service(service)),
                    Lookup::Absent(_) => Err(Unresolved::Absent(self.elsewhere("service", namespace, name))),
                    Lookup::Unknown(gap) => {
                        Err(Unresolved::Unread(self.elsewhere("service", namespace, name), gap.sentence()))
                    }
                });
            }
            _ => {}
        }
        if let Some(carriers) = self.door(&lower, namespace, name) {
            return Some(carriers.map(|carriers| Named::Door(format!("{lower} {namespace}/{name}"), carriers)));
        }
        let workload = workload_of(&lower)?;
        Some(match self.cluster.snapshot.workload(workload, namespace, name) {
            Lookup::Found(workload) => self.of_workload(workload).map(Named::Parties),
            Lookup::Absent(_) => Err(Unresolved::Absent(self.elsewhere(&lower, namespace, name))),
            Lookup::Unknown(gap) => Err(Unresolved::Unread(self.elsewhere(&lower, namespace, name), gap.sentence())),
        })
    }

    /// Pods of a workload by its selector; its template where there are none.
    fn of_workload(&self, workload: Found<'s, Workload>) -> Result<Vec<Party<'s>>, Unresolved> {
        let stored = workload.get();
        let selector: Option<&LabelSelector> = stored.value.spec.selector.as_ref().filter(|s| !s.is_empty());
        let pods: Vec<Party<'s>> = selector
            .into_iter()
            .flat_map(|selector| {
                let pods = self.cluster.snapshot.pods.in_namespace(&stored.metadata.namespace);
                pods.filter(|pod| !pod.is_finished() && selector.matches(&pod.metadata.labels) == Some(true))
            })
            .map(|pod| Party::of_pod(self.view.ends.pod(pod)))
            .collect();
        if !pods.is_empty() {
            return Ok(pods);
        }
        let template = self.view.ends.template(workload).map(Party::of_pod);
        template.map(|t| vec![t]).ok_or_else(|| Unresolved::NoPods(shown(&workload.object())))
    }
}

/// A port that was given for a pod: a number, or a name the pod declares. `None` where it declares no such
/// name; a name whose number was masked has none.
fn own_port(end: &End<'_>, port: &str, protocol: Option<Protocol>) -> Result<Option<Target>, Unresolved> {
    if port.bytes().all(|b| b.is_ascii_digit()) {
        let number = port.parse::<u16>().ok().filter(|number| *number > 0);
        let number = number.ok_or_else(|| Unresolved::NotAPort(port.to_owned()))?;
        return Ok(Some(Target { protocol: protocol.unwrap_or(Protocol::Tcp), port: Some(number) }));
    }
    let named = end.pod().into_iter().flat_map(|pod| pod.spec.serving_containers()).flat_map(|c| &c.ports);
    let mut named = named.filter(|p| p.name == port).filter_map(|p| Some((Protocol::of(&p.protocol)?, p)));
    let found = named.find(|(p, _)| protocol.is_none_or(|wanted| wanted == *p));
    Ok(found.map(|(protocol, p)| Target { protocol, port: p.container_port.known().copied() }))
}

/// The named ports of a pod, for a message.
fn declared(pod: &PodEnd<'_>) -> Vec<String> {
    let ports = pod.spec.serving_containers().flat_map(|c| &c.ports).filter(|p| !p.name.is_empty());
    ports.map(|p| kubereach_model::evidence::command::cut(&p.name)).collect()
}

enum Named<'s> {
    Parties(Vec<Party<'s>>),
    Service(Found<'s, Service>),
    /// A door: how it is called, and who carries its traffic.
    Door(String, Vec<Party<'s>>),
    /// Whom pods ask for names.
    Dns,
}

#[cfg(test)]
mod tests {
    use super::split_port;

    #[test]
    fn a_port_is_told_from_an_address() {
        for (text, expected) in [
            ("service/web:80", ("service/web", Some("80"))),
            ("service/web:http", ("service/web", Some("http"))),
            ("service/web", ("service/web", None)),
            ("10.0.0.1:53", ("10.0.0.1", Some("53"))),
            ("10.0.0.1", ("10.0.0.1", None)),
            ("2001:db8::1", ("2001:db8::1", None)),
            ("[2001:db8::1]:443", ("2001:db8::1", Some("443"))),
            ("shop/web-1:8080", ("shop/web-1", Some("8080"))),
        ] {
            assert_eq!(split_port(text), expected, "{text}");
        }
    }
}
