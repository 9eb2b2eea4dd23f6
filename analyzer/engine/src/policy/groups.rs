//! Pods that no policy can tell apart, so that a matrix grows with the kinds of pods and not with pods.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::answer::Direction;
use super::ends::PodEnd;
use super::mesh::{PROXIES, service_account};
use super::selectors::NAMESPACE_NAME;
use super::set::Policies;
use kubereach_model::snapshot::LabelSelector;

/// Pods that every policy treats alike, both as subjects and as peers.
#[derive(Debug, Clone)]
pub struct Group {
    /// Indexes into the pods that were given, in their order; the first speaks for all.
    pub members: Vec<usize>,
}

/// What of a pod policies can look at.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Signature<'s> {
    namespace: &'s str,
    labels: Vec<(&'s str, &'s str)>,
    host_network: bool,
    on_virtual_node: bool,
    account: Option<&'s str>,
    /// Of pods in their node's network only.
    node: Option<&'s str>,
    /// Its name, where pods of one workload may differ.
    name: Option<&'s str>,
    ports: Vec<(&'s str, &'s str, Option<u16>)>,
    addresses: Vec<Vec<bool>>,
    /// Who it is in a mesh, where a policy asks for that: its account, containers and annotations.
    mesh: Option<(&'s str, Vec<&'s str>, Vec<(&'s str, &'s str)>)>,
}

/// What the policies of a cluster can see of a pod: gathered once, whatever number of pods is grouped by it.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that some policy looks at, noted by itself")]
pub struct Sight<'s> {
    every_label: bool,
    accounts: bool,
    every_pod: bool,
    keys: BTreeSet<&'s str>,
    /// Those that stand in expressions.
    expressed: BTreeSet<String>,
    /// Keys of labels by which peers choose namespaces, but for the name that all have.
    namespace_keys: BTreeSet<&'s str>,
    ports: BTreeSet<&'s str>,
    nets: Vec<IpNet>,
    /// A policy asks who a pod is in a mesh.
    mesh: bool,
}

impl<'s> Sight<'s> {
    /// One walk over the policies. `every_label`: somebody else looks at the pods as well, and at which of their
    /// labels, and at what of a mesh, is not known.
    pub fn of(policies: &Policies<'s>, every_label: bool) -> Self {
        let mut sight = Self { every_label, mesh: every_label, ..Self::default() };
        let mut nets: BTreeSet<IpNet> = BTreeSet::new();
        for policy in policies.all() {
            policy.rules.see(&mut sight);
            for direction in Direction::BOTH {
                policy.rules.ports(direction, &mut |port| sight.ports.extend(port.name()));
                policy.rules.ranges(direction, &mut |net| {
                    nets.insert(net);
                });
            }
        }
        sight.nets = nets.into_iter().collect();
        sight
    }

    /// Does any policy ask who has which address?
    pub const fn sees_addresses(&self) -> bool {
        !self.nets.is_empty()
    }

    /// May any policy ask for this label of a pod?
    pub fn sees_label(&self, key: &str) -> bool {
        self.every_label || self.keys.contains(key) || self.expressed.contains(key)
    }

    /// May a peer choose namespaces by this label?
    pub fn sees_namespace_label(&self, key: &str) -> bool {
        self.namespace_keys.contains(key)
    }

    /// A policy asks who a pod is in a mesh, and for these labels.
    pub(super) fn mesh(&mut self, keys: impl Iterator<Item = &'s str>) {
        self.mesh = true;
        self.keys.extend(keys);
    }

    /// A policy may ask for any label of a pod.
    pub(super) const fn every_label(&mut self) {
        self.every_label = true;
    }

    /// An expression asks for this label of a pod.
    pub(super) fn expressed(&mut self, key: &str) {
        self.expressed.insert(key.to_owned());
    }

    /// A policy may ask for the service account of a pod.
    pub(super) const fn accounts(&mut self) {
        self.accounts = true;
    }

    /// A policy tells every pod from every other.
    pub(super) const fn every_pod(&mut self) {
        self.every_pod = true;
    }

    /// A policy asks for this label of a pod.
    pub(super) fn label(&mut self, key: &'s str) {
        self.keys.insert(key);
    }

    /// A peer chooses namespaces by these labels.
    pub(super) fn namespace_labels(&mut self, selector: &'s LabelSelector) {
        let keys = selector.match_labels.keys().map(String::as_str);
        self.namespace_keys.extend(keys.filter(|key| *key != NAMESPACE_NAME));
    }

    /// A policy asks for these labels of a pod.
    pub(super) fn labels(&mut self, selector: &'s LabelSelector) {
        self.keys.extend(selector.match_labels.keys().map(String::as_str));
        self.keys.extend(selector.match_expressions.iter().map(|r| r.key.as_str()));
    }

    /// Groups pods that no policy tells apart; linear in pods (times the labels and ranges that policies name).
    pub fn group<'p>(&self, pods: impl IntoIterator<Item = &'p PodEnd<'s>>) -> Vec<Group>
    where
        's: 'p,
    {
        let mut groups: BTreeMap<Signature<'s>, Vec<usize>> = BTreeMap::new();
        for (index, pod) in pods.into_iter().enumerate() {
            groups.entry(self.signature(pod)).or_default().push(index);
        }
        let mut groups: Vec<Group> = groups.into_values().map(|members| Group { members }).collect();
        groups.sort_by_key(|group| group.members.first().copied());
        groups
    }

    fn signature(&self, pod: &PodEnd<'s>) -> Signature<'s> {
        let labels = pod
            .labels
            .iter()
            .filter(|(key, _)| self.sees_label(key))
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let mut ports: Vec<(&str, &str, Option<u16>)> = pod
            .spec
            .serving_containers()
            .flat_map(|c| &c.ports)
            .filter(|p| self.ports.contains(p.name.as_str()))
            .map(|p| (p.name.as_str(), p.protocol.as_str(), p.container_port.known().copied()))
            .collect();
        ports.sort_unstable();
        let membership = |address: &IpAddr| self.nets.iter().map(|net| net.contains(address)).collect::<Vec<bool>>();
        let mut addresses: Vec<Vec<bool>> =
            if self.nets.is_empty() { Vec::new() } else { pod.addresses.iter().map(membership).collect() };
        addresses.sort_unstable();
        Signature {
            namespace: pod.namespace,
            labels,
            host_network: pod.host_network,
            on_virtual_node: pod.on_virtual_node,
            account: pod.spec.service_account_name.as_deref().filter(|_| self.accounts),
            node: pod.node.filter(|_| pod.host_network),
            name: self.every_pod.then_some(pod.name),
            ports,
            addresses,
            mesh: self.mesh.then(|| identity(pod)),
        }
    }
}

/// Who a pod is in a mesh.
fn identity<'s>(pod: &PodEnd<'s>) -> (&'s str, Vec<&'s str>, Vec<(&'s str, &'s str)>) {
    let of_mesh = |key: &str| {
        ["istio.io/", "linkerd.io/", "kuma.io/", "consul.hashicorp.com/"].iter().any(|group| key.contains(group))
    };
    // What differs between pods of one workload says nothing: the whole status, and times.
    let says = |key: &str| of_mesh(key) && !key.ends_with("/status") && !key.ends_with("-at");
    let annotations = pod.annotations.into_iter().flatten().filter(|(key, _)| says(key));
    let containers = pod.spec.containers.iter().chain(pod.spec.init_containers.iter());
    (
        service_account(pod),
        containers.map(|container| container.name.as_str()).filter(|name| PROXIES.contains(name)).collect(),
        annotations.map(|(key, value)| (key.as_str(), value.as_str())).collect(),
    )
}
