//! The two ends of a connection.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;
use kubereach_reports::report::ObjectRef;

use crate::snapshot::model::{Node, Pod, PodSpec, Resource as _, Service, Workload};
use crate::snapshot::{Found, Snapshot};

/// A pod, or a workload's template standing in for its pods.
#[derive(Debug, Clone)]
pub struct PodEnd<'s> {
    /// The pod, or the workload whose template it is.
    pub object: ObjectRef,
    /// Its namespace.
    pub namespace: &'s str,
    /// Labels of the namespace, where the Namespace was read.
    pub namespace_labels: Option<&'s BTreeMap<String, String>>,
    /// Its labels.
    pub labels: &'s BTreeMap<String, String>,
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

impl PodEnd<'_> {
    /// Are these surely one and the same pod?
    pub fn is_same_pod(&self, other: &Self) -> bool {
        !self.is_template && !other.is_template && self.object == other.object
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
    /// Anyone at all: what is admitted for this end is admitted for every caller.
    Anyone,
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
    namespaces: HashMap<&'s str, &'s BTreeMap<String, String>>,
    nodes: HashMap<&'s str, Found<'s, Node>>,
    node_by_address: HashMap<IpAddr, Found<'s, Node>>,
    pod_by_address: HashMap<IpAddr, Vec<Found<'s, Pod>>>,
    pod_ranges: Vec<IpNet>,
    service_addresses: HashMap<IpAddr, Found<'s, Service>>,
}

fn addresses<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<IpAddr> {
    let mut all: Vec<IpAddr> = texts.filter_map(|text| text.parse().ok()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl<'s> Ends<'s> {
    /// Builds the indexes: linear in the snapshot.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        let mut node_by_address = HashMap::new();
        let mut pod_ranges: Vec<IpNet> = Vec::new();
        for node in snapshot.nodes.iter() {
            for address in node_addresses(node.get()) {
                node_by_address.entry(address).or_insert(node);
            }
            pod_ranges.extend(node.get().spec.pod_cidrs.iter().filter_map(|c| c.parse::<IpNet>().ok()));
        }
        let mut pod_by_address: HashMap<IpAddr, Vec<Found<'s, Pod>>> = HashMap::new();
        for pod in snapshot.pods.iter() {
            if pod.is_finished() {
                continue;
            }
            for address in addresses(pod.ips()) {
                pod_by_address.entry(address).or_default().push(pod);
                if !pod.spec.is_host_network() {
                    // Other pods live beside this one: an address next to it is not outside the cluster.
                    let length = if address.is_ipv4() { 16 } else { 64 };
                    if let Ok(around) = IpNet::new(address, length) {
                        pod_ranges.push(around.trunc());
                    }
                }
            }
        }
        pod_ranges = IpNet::aggregate(&pod_ranges);
        let mut service_addresses = HashMap::new();
        for service in snapshot.services.iter() {
            let spec = &service.spec;
            let all = spec.cluster_ips.iter().filter_map(|ip| ip.known()).chain(spec.cluster_ip.known());
            for address in all.filter_map(|ip| ip.parse::<IpAddr>().ok()) {
                service_addresses.entry(address).or_insert(service);
            }
        }
        Self {
            snapshot,
            namespaces: snapshot
                .namespaces
                .iter()
                .map(|ns| (ns.get().metadata.name.as_str(), &*ns.get().metadata.labels))
                .collect(),
            nodes: snapshot.nodes.iter().map(|node| (node.get().metadata.name.as_str(), node)).collect(),
            node_by_address,
            pod_by_address,
            pod_ranges,
            service_addresses,
        }
    }

    /// The snapshot behind it.
    pub const fn snapshot(&self) -> &'s Snapshot {
        self.snapshot
    }

    /// Labels of a namespace, where it was read.
    pub fn namespace_labels(&self, namespace: &str) -> Option<&'s BTreeMap<String, String>> {
        self.namespaces.get(namespace).copied()
    }

    /// A pod.
    pub fn pod(&self, pod: Found<'s, Pod>) -> PodEnd<'s> {
        let stored = pod.get();
        let node = stored.spec.node_name.as_deref().filter(|n| !n.is_empty());
        PodEnd {
            object: stored.object_ref(),
            namespace: &stored.metadata.namespace,
            namespace_labels: self.namespace_labels(&stored.metadata.namespace),
            labels: &stored.metadata.labels,
            spec: &stored.value.spec,
            addresses: addresses(stored.value.ips()),
            node,
            node_labels: node.and_then(|n| self.nodes.get(n)).map(|n| &*n.get().metadata.labels),
            host_network: stored.spec.is_host_network(),
            on_virtual_node: node.is_some_and(|node| self.is_virtual(node))
                || stored.metadata.label("eks.amazonaws.com/fargate-profile").is_some(),
            is_template: false,
        }
    }

    /// Virtual nodes say so by label or taint (EKS documentation, virtual-kubelet).
    fn is_virtual(&self, node: &str) -> bool {
        let Some(node) = self.nodes.get(node) else { return false };
        let label = |key: &str| node.metadata.label(key);
        label("eks.amazonaws.com/compute-type") == Some("fargate")
            || label("type") == Some("virtual-kubelet")
            || node.spec.taints.iter().any(|taint| taint.key == "virtual-kubelet.io/provider")
    }

    /// A workload's template.
    pub fn template(&self, workload: Found<'s, Workload>) -> Option<PodEnd<'s>> {
        let stored = workload.get();
        let template = stored.value.template()?;
        Some(PodEnd {
            object: stored.object_ref(),
            namespace: &stored.metadata.namespace,
            namespace_labels: self.namespace_labels(&stored.metadata.namespace),
            labels: &template.metadata.labels,
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
        let pods = self.pod_by_address.get(&address).map(Vec::as_slice).unwrap_or_default();
        if let Some(pod) = pods.iter().find(|p| !p.spec.is_host_network()) {
            return End::Pod(self.pod(*pod));
        }
        if let Some(node) = self.node_by_address.get(&address) {
            return End::Node(Self::node(*node));
        }
        match pods {
            [one] => End::Pod(self.pod(*one)),
            [] if !self.is_inside(address) => End::Address(address),
            _ => End::Unclear(address),
        }
    }

    /// The Service that has an address, if one has it.
    pub fn service_at(&self, address: IpAddr) -> Option<&Found<'s, Service>> {
        self.service_addresses.get(&address)
    }

    fn is_inside(&self, address: IpAddr) -> bool {
        self.service_addresses.contains_key(&address)
            || self.pod_ranges.iter().any(|range| range.contains(&address))
            || (self.pod_ranges.is_empty() && is_private(address))
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
