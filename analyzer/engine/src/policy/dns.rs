//! The pods of the cluster's DNS, found once per cluster.

use super::ends::{End, Ends, ServiceEnd};
use kubereach_model::snapshot::model::{Pod, Service};
use kubereach_model::snapshot::{Found, matches_pairs};

/// Pods of the cluster's DNS, each with the port it listens on.
pub type Servers<'s> = Vec<(End<'s>, u16)>;

/// The cluster's DNS as pods ask it.
#[derive(Debug)]
pub enum Dns<'s> {
    /// These pods answer.
    Servers {
        /// By UDP.
        udp: Servers<'s>,
        /// By TCP.
        tcp: Servers<'s>,
        /// The Service that leads to them, where it was read.
        service: Option<Box<ServiceEnd<'s>>>,
    },
    /// It cannot be told whom pods ask: the sentence says why.
    Unclear(&'static str),
    /// The same, since a cache on every node may answer.
    Cached(&'static str),
}

impl<'s> Dns<'s> {
    /// One walk over the pods of the namespaces in which it runs.
    pub(super) fn of(ends: &Ends<'s>) -> Self {
        let pods = &ends.snapshot().pods;
        let cache = |pod: &Found<'s, Pod>| pod.metadata.label("k8s-app") == Some("node-local-dns");
        if pods.in_namespace("kube-system").any(|pod| cache(&pod)) {
            return Self::Cached(
                "Nothing shows whether they may ask DNS: a cache on every node (node-local-dns) may answer, and how \
                 policies see it depends on the network plugin.",
            );
        }
        let is_dns = |pod: &Found<'s, Pod>| {
            pod.metadata.label("k8s-app") == Some("kube-dns")
                || pod.metadata.label("dns.operator.openshift.io/daemonset-dns").is_some()
        };
        let servers: Vec<Found<'s, Pod>> = ["kube-system", "openshift-dns"]
            .into_iter()
            .flat_map(|namespace| pods.in_namespace(namespace))
            .filter(|pod| is_dns(pod) && !pod.is_finished())
            .collect();
        if servers.is_empty() {
            return Self::Unclear(
                "The pods of the cluster's DNS were not read, so nothing shows whether these may ask it.",
            );
        }
        // The server listens on one number for both protocols; containers need not declare either.
        let udp = |pod: &Found<'s, Pod>| pod.spec.named_port("dns", "UDP");
        let tcp = |pod: &Found<'s, Pod>| pod.spec.named_port("dns-tcp", "TCP");
        let of = |first: &dyn Fn(&Found<'s, Pod>) -> Option<u16>, second: &dyn Fn(&Found<'s, Pod>) -> Option<u16>| {
            let port = |pod: &Found<'s, Pod>| first(pod).or_else(|| second(pod)).unwrap_or(53);
            servers.iter().map(|pod| (End::Pod(ends.pod(*pod)), port(pod))).collect()
        };
        Self::Servers { udp: of(&udp, &tcp), tcp: of(&tcp, &udp), service: service(ends, &servers).map(Box::new) }
    }
}

/// The port of DNS (RFC 1035), which the Service has wherever the pods listen.
pub const DNS_PORT: u16 = 53;

/// The Service that leads to these pods.
fn service<'s>(ends: &Ends<'s>, servers: &[Found<'s, Pod>]) -> Option<ServiceEnd<'s>> {
    let first = servers.first()?;
    let leads = |service: &Found<'s, Service>| {
        let spec = &service.spec;
        let has_port = spec.ports.iter().any(|port| port.port.known() == Some(&DNS_PORT));
        has_port && !spec.selector.is_empty() && matches_pairs(&spec.selector, &first.metadata.labels)
    };
    let services = ends.snapshot().services.in_namespace(&first.metadata.namespace);
    // A headless one beside it leads to the pods themselves.
    let found = services.into_iter().find(|service| leads(service) && !service.is_headless())?;
    Some(ends.service(found, Some(DNS_PORT), Some(ends.pod(*first))))
}
