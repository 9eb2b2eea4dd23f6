//! The two ends of a connection.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;
use std::sync::{LazyLock, OnceLock};

use ipnet::IpNet;
use kubereach_reports::report::ObjectRef;

use kubereach_model::snapshot::model::{Meta, Node, Pod, PodSpec, Resource as _, Service, Workload};
use kubereach_model::snapshot::{Found, Index, Snapshot};

/// A pod, or a workload's template standing in for its pods.
#[derive(Debug, Clone)]
pub struct PodEnd<'s> {
    /// `Pod`, or the kind of the workload whose template it is.
    pub kind: &'s str,
    /// Its name, or the workload's.
    pub name: &'s str,
    /// Its namespace.
    pub namespace: &'s str,
    /// Labels of the namespace, where the Namespace was read.
    pub namespace_labels: Option<&'s BTreeMap<String, String>>,
    /// Annotations of the namespace, where the Namespace was read.
    pub namespace_annotations: Option<&'s BTreeMap<String, String>>,
    /// Its labels.
    pub labels: &'s BTreeMap<String, String>,
    /// Its annotations, where they are known.
    pub annotations: Option<&'s BTreeMap<String, String>>,
    /// Its containers and their ports.
    pub spec: &'s PodSpec,
    /// Its addresses; empty where they are not known.
    pub addresses: Vec<IpAddr>,
    /// The node it runs on.
    pub node: Option<&'s str>,
    /// Labels of that node, where it was read.
    pub node_labels: Option<&'s BTreeMap<String, String>>,
    /// Is it in the node's own network?
    pub host_network: bool,
    /// Is it on a virtual node (AWS Fargate, virtual-kubelet)?
    pub on_virtual_node: bool,
    /// A template stands for several pods.
    pub is_template: bool,
}

impl ServiceEnd<'_> {
    /// Some Service with this port, of which nothing else was read.
    pub const fn unread(port: u16) -> Self {
        Self {
            namespace: "",
            namespace_labels: None,
            selector: &NO_LABELS,
            addresses: Vec::new(),
            port: Some(port),
            pod: None,
            hides_clients: false,
        }
    }
}

impl PodEnd<'_> {
    /// The pod, or the workload whose template it is.
    pub fn object(&self) -> ObjectRef {
        ObjectRef {
            kind: self.kind.to_owned(),
            namespace: Some(self.namespace.to_owned()),
            name: self.name.to_owned(),
            group: None,
        }
    }

    /// Are these surely one and the same pod?
    pub fn is_same_pod(&self, other: &Self) -> bool {
        !self.is_template
            && !other.is_template
            && (self.kind, self.namespace, self.name) == (other.kind, other.namespace, other.name)
    }
}

/// A node, as the kubelet or another process in its own network.
#[derive(Debug, Clone)]
pub struct NodeEnd<'s> {
    /// Its name.
    pub name: &'s str,
    /// Its labels.
    pub labels: &'s BTreeMap<String, String>,
    /// The addresses it reports.
    pub addresses: Vec<IpAddr>,
}

impl<'s> NodeEnd<'s> {
    /// As a subject of policies that speak of nodes.
    pub(super) fn as_pod(&self) -> PodEnd<'s> {
        static NO_CONTAINERS: LazyLock<PodSpec> = LazyLock::new(PodSpec::default);
        PodEnd {
            kind: "Node",
            name: self.name,
            namespace: "",
            namespace_labels: None,
            labels: self.labels,
            annotations: None,
            namespace_annotations: None,
            spec: &NO_CONTAINERS,
            addresses: self.addresses.clone(),
            node: Some(self.name),
            node_labels: Some(self.labels),
            host_network: true,
            on_virtual_node: false,
            is_template: false,
        }
    }
}

/// One end of a connection.
#[derive(Debug, Clone)]
pub enum End<'s> {
    /// A pod.
    Pod(PodEnd<'s>),
    /// A node's own network.
    Node(NodeEnd<'s>),
    /// An address outside the cluster.
    Address(IpAddr),
    /// An address that may belong to a pod or node which the snapshot does not hold.
    Unclear(IpAddr),
    /// Somewhere outside the cluster.
    Outside,
    /// Some pod of which nothing is known.
    UnnamedPod,
    /// The proxy of the network plugin's own Ingress and Gateways, on the nodes: Cilium gives it an identity of its
    /// own, elsewhere it may be anyone.
    OwnProxy,
    /// A Service by its own address, as plugins see it that look before it is translated.
    Service(Box<ServiceEnd<'s>>),
    /// Anyone at all: what is admitted for this end is admitted for every caller.
    Anyone,
}

static NO_LABELS: BTreeMap<String, String> = BTreeMap::new();

/// The cluster address of a Service.
#[derive(Debug, Clone)]
pub struct ServiceEnd<'s> {
    /// Its namespace.
    pub namespace: &'s str,
    /// Labels of the namespace, where the Namespace was read.
    pub namespace_labels: Option<&'s BTreeMap<String, String>>,
    /// What it selects pods by.
    pub selector: &'s BTreeMap<String, String>,
    /// Its cluster addresses.
    pub addresses: Vec<IpAddr>,
    /// Its own port; none where it is not known.
    pub port: Option<u16>,
    /// One of the pods behind it, for names of ports.
    pub pod: Option<PodEnd<'s>>,
    /// May a node stand for clients outside, which come in by it?
    pub hides_clients: bool,
}

impl<'s> End<'s> {
    /// The pod, if it is one.
    pub const fn pod(&self) -> Option<&PodEnd<'s>> {
        match self {
            Self::Pod(pod) => Some(pod),
            _ => None,
        }
    }

    /// Is it in a node's own network?
    pub const fn is_on_node(&self) -> bool {
        match self {
            Self::Pod(pod) => pod.host_network,
            Self::Node(_) => true,
            _ => false,
        }
    }
}

/// Makes ends from what the snapshot holds.
#[derive(Debug)]
pub struct Ends<'s> {
    snapshot: &'s Snapshot,
    namespaces: Index<&'s str, &'s Meta>,
    nodes: Index<&'s str, Found<'s, Node>>,
    virtual_nodes: HashSet<&'s str>,
    by_address: OnceLock<ByAddress>,
}

/// Who has which address, by their positions in the snapshot: worked out when it is first asked for, since most
/// questions name pods.
#[derive(Debug)]
struct ByAddress {
    nodes: Index<IpAddr, usize>,
    pods: Index<IpAddr, Vec<usize>>,
    pod_ranges: Vec<IpNet>,
    services: Index<IpAddr, usize>,
    /// Addresses outside the cluster by which Services are reached: of load balancers, and `externalIPs`.
    published: Index<IpAddr, Vec<usize>>,
}

fn addresses<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<IpAddr> {
    let mut all: Vec<IpAddr> = texts.filter_map(|text| text.parse().ok()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl ByAddress {
    fn of(snapshot: &Snapshot) -> Self {
        let (mut nodes, mut pod_ranges) = (Index::default(), Vec::<IpNet>::new());
        for (position, node) in snapshot.nodes.iter().enumerate() {
            for address in node_addresses(node.get()) {
                nodes.entry(address).or_insert(position);
            }
            pod_ranges.extend(node.get().spec.pod_cidrs.iter().filter_map(|c| c.parse::<IpNet>().ok()));
        }
        let mut pods: Index<IpAddr, Vec<usize>> = Index::default();
        for (position, pod) in snapshot.pods.iter().enumerate() {
            if pod.is_finished() {
                continue;
            }
            for address in addresses(pod.ips()) {
                pods.entry(address).or_default().push(position);
                if !pod.spec.is_host_network() {
                    // Other pods live beside this one: an address next to it is not outside the cluster.
                    let length = if address.is_ipv4() { 16 } else { 64 };
                    if let Ok(around) = IpNet::new(address, length) {
                        pod_ranges.push(around.trunc());
                    }
                }
            }
        }
        let mut services = Index::default();
        for (position, service) in snapshot.services.iter().enumerate() {
            let spec = &service.spec;
            let all = spec.cluster_ips.iter().filter_map(|ip| ip.known()).chain(spec.cluster_ip.known());
            for address in all.filter_map(|ip| ip.parse::<IpAddr>().ok()) {
                services.entry(address).or_insert(position);
            }
        }
        let published = published(snapshot);
        Self { nodes, pods, pod_ranges: IpNet::aggregate(&pod_ranges), services, published }
    }
}

/// kube-proxy and its replacements send what goes to such an address straight to the pods (core/v1 `Service`
/// `spec.externalIPs`; `status.loadBalancer.ingress[].ipMode`, which is `VIP` unless it says `Proxy`).
fn published(snapshot: &Snapshot) -> Index<IpAddr, Vec<usize>> {
    let mut published: Index<IpAddr, Vec<usize>> = Index::default();
    for (position, service) in snapshot.services.iter().enumerate() {
        let status = service.status.as_ref();
        let balanced = status.into_iter().flat_map(|status| &status.load_balancer.ingress);
        let balanced = balanced.filter(|ingress| ingress.ip_mode.as_deref() != Some("Proxy"));
        let balanced = balanced.filter_map(|ingress| ingress.ip.known()).map(String::as_str);
        for address in addresses(balanced.chain(service.spec.external_ips.iter().map(String::as_str))) {
            published.entry(address).or_default().push(position);
        }
    }
    published
}

/// Virtual nodes say so by label or taint (EKS documentation, virtual-kubelet).
fn is_virtual(node: &Node) -> bool {
    let label = |key: &str| node.metadata.label(key);
    label("eks.amazonaws.com/compute-type") == Some("fargate")
        || label("type") == Some("virtual-kubelet")
        || node.spec.taints.iter().any(|taint| taint.key == "virtual-kubelet.io/provider")
}

impl<'s> Ends<'s> {
    /// Builds the indexes of namespaces and nodes.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        let of_namespaces = snapshot.namespaces.iter();
        let name = |node: Found<'s, Node>| node.get().metadata.name.as_str();
        Self {
            snapshot,
            namespaces: of_namespaces.map(|ns| (ns.get().metadata.name.as_str(), &ns.get().value.metadata)).collect(),
            nodes: snapshot.nodes.iter().map(|node| (name(node), node)).collect(),
            virtual_nodes: snapshot.nodes.iter().filter(|node| is_virtual(node)).map(name).collect(),
            by_address: OnceLock::new(),
        }
    }

    fn by_address(&self) -> &ByAddress {
        self.by_address.get_or_init(|| ByAddress::of(self.snapshot))
    }

    /// The snapshot behind it.
    pub const fn snapshot(&self) -> &'s Snapshot {
        self.snapshot
    }

    /// Labels of a namespace, where it was read.
    pub fn namespace_labels(&self, namespace: &str) -> Option<&'s BTreeMap<String, String>> {
        self.namespaces.get(namespace).map(|meta| &*meta.labels)
    }

    /// Annotations of a namespace, where it was read.
    pub fn namespace_annotations(&self, namespace: &str) -> Option<&'s BTreeMap<String, String>> {
        self.namespaces.get(namespace).map(|meta| &*meta.annotations)
    }

    /// A pod.
    pub fn pod(&self, pod: Found<'s, Pod>) -> PodEnd<'s> {
        let stored = pod.get();
        let node = stored.spec.node_name.as_deref().filter(|n| !n.is_empty());
        PodEnd {
            kind: &Pod::KIND.kind,
            name: &stored.metadata.name,
            namespace: &stored.metadata.namespace,
            namespace_labels: self.namespace_labels(&stored.metadata.namespace),
            namespace_annotations: self.namespace_annotations(&stored.metadata.namespace),
            labels: &stored.metadata.labels,
            annotations: Some(&stored.metadata.annotations),
            spec: &stored.value.spec,
            addresses: addresses(stored.value.ips()),
            node,
            node_labels: node.and_then(|n| self.nodes.get(n)).map(|n| &*n.get().metadata.labels),
            host_network: stored.spec.is_host_network(),
            on_virtual_node: self.is_on_virtual_node(&stored.value),
            is_template: false,
        }
    }

    fn is_virtual(&self, node: &str) -> bool {
        !self.virtual_nodes.is_empty() && self.virtual_nodes.contains(node)
    }

    /// Is this pod on a virtual node (AWS Fargate, virtual-kubelet)?
    pub fn is_on_virtual_node(&self, pod: &Pod) -> bool {
        pod.spec.node_name.as_deref().is_some_and(|node| self.is_virtual(node))
            || pod.metadata.label("eks.amazonaws.com/fargate-profile").is_some()
    }

    /// A workload's template.
    pub fn template(&self, workload: Found<'s, Workload>) -> Option<PodEnd<'s>> {
        let stored = workload.get();
        let template = stored.value.template()?;
        Some(PodEnd {
            kind: stored.kind.word(),
            name: &stored.metadata.name,
            namespace: &stored.metadata.namespace,
            namespace_labels: self.namespace_labels(&stored.metadata.namespace),
            namespace_annotations: self.namespace_annotations(&stored.metadata.namespace),
            labels: &template.metadata.labels,
            annotations: Some(&template.metadata.annotations),
            spec: &template.spec,
            addresses: Vec::new(),
            node: None,
            node_labels: None,
            host_network: template.spec.is_host_network(),
            on_virtual_node: false,
            is_template: true,
        })
    }

    /// A node.
    pub fn node(node: Found<'s, Node>) -> NodeEnd<'s> {
        let stored = node.get();
        NodeEnd { name: &stored.metadata.name, labels: &stored.metadata.labels, addresses: node_addresses(stored) }
    }

    /// Whoever has an address. Where a pod has vanished its address is not taken for one outside.
    pub fn at(&self, address: IpAddr) -> End<'s> {
        let known = self.by_address();
        let positions = known.pods.get(&address).map(Vec::as_slice).unwrap_or_default();
        let mut pods = positions.iter().filter_map(|position| self.snapshot.pods.get(*position));
        if let Some(pod) = pods.clone().find(|p| !p.spec.is_host_network()) {
            return End::Pod(self.pod(pod));
        }
        if let Some(node) = known.nodes.get(&address).and_then(|position| self.snapshot.nodes.get(*position)) {
            return End::Node(Self::node(node));
        }
        match (pods.next(), pods.next()) {
            (Some(one), None) => End::Pod(self.pod(one)),
            (None, _) if !self.is_inside(address) => End::Address(address),
            _ => End::Unclear(address),
        }
    }

    /// The cluster address of a Service with a port of its own; `pod` is one of those behind it.
    pub fn service(&self, service: Found<'s, Service>, port: Option<u16>, pod: Option<PodEnd<'s>>) -> ServiceEnd<'s> {
        let stored = service.get();
        let spec = &stored.value.spec;
        let all = spec.cluster_ips.iter().filter_map(|ip| ip.known()).chain(spec.cluster_ip.known());
        ServiceEnd {
            namespace: &stored.metadata.namespace,
            namespace_labels: self.namespace_labels(&stored.metadata.namespace),
            selector: &spec.selector,
            addresses: addresses(all.map(String::as_str)),
            port,
            pod,
            hides_clients: matches!(spec.kind.as_str(), "NodePort" | "LoadBalancer")
                && spec.external_traffic_policy.as_deref() != Some("Local"),
        }
    }

    /// A node by its name, where it was read.
    pub(super) fn node_named(&self, name: &str) -> Option<NodeEnd<'s>> {
        self.nodes.get(name).map(|node| Self::node(*node))
    }

    /// Services that are reached by an address outside the cluster which is no node's; several may share one.
    pub fn published_at(&self, address: IpAddr) -> impl Iterator<Item = Found<'s, Service>> {
        let known = self.by_address();
        let is_free = !known.nodes.contains_key(&address) && !known.pods.contains_key(&address);
        let positions = known.published.get(&address).filter(|_| is_free).map(Vec::as_slice).unwrap_or_default();
        positions.iter().filter_map(|position| self.snapshot.services.get(*position))
    }

    /// The Service that has an address, if one has it.
    pub fn service_at(&self, address: IpAddr) -> Option<Found<'s, Service>> {
        self.snapshot.services.get(*self.by_address().services.get(&address)?)
    }

    fn is_inside(&self, address: IpAddr) -> bool {
        let known = self.by_address();
        known.services.contains_key(&address)
            || known.pod_ranges.iter().any(|range| range.contains(&address))
            || (known.pod_ranges.is_empty() && is_private(address))
    }
}

/// Ranges from which clusters give their pods addresses (RFC 1918, RFC 6598, RFC 4193).
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || (v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1])),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

fn node_addresses(node: &Node) -> Vec<IpAddr> {
    let status = node.status.as_ref();
    addresses(status.into_iter().flat_map(|s| &s.addresses).filter_map(|a| a.address.known()).map(String::as_str))
}
