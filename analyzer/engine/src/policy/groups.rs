//! Pods that no policy can tell apart, so that a matrix grows with the kinds of pods and not with pods.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::answer::Direction;
use super::core::Peer;
use super::ends::PodEnd;
use super::selectors::NAMESPACE_NAME;
use super::set::{Policies, Rules};
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
    /// Of pods in their node's network only.
    node: Option<&'s str>,
    ports: Vec<(&'s str, &'s str, Option<u16>)>,
    addresses: Vec<Vec<bool>>,
}

/// What the policies of a cluster can see of a pod: gathered once, whatever number of pods is grouped by it.
#[derive(Debug, Default)]
pub struct Sight<'s> {
    every_label: bool,
    keys: BTreeSet<&'s str>,
    /// Keys of labels by which peers choose namespaces, but for the name that all have.
    namespace_keys: BTreeSet<&'s str>,
    ports: BTreeSet<&'s str>,
    nets: Vec<IpNet>,
}

impl<'s> Sight<'s> {
    /// One walk over the policies. `every_label`: somebody else looks at the pods as well, and at which of their
    /// labels is not known.
    pub fn of(policies: &Policies<'s>, every_label: bool) -> Self {
        let mut sight = Self { every_label, ..Self::default() };
        let mut blocks: Vec<&super::Block> = Vec::new();
        for policy in policies.all() {
            match &policy.rules {
                Rules::Core(core) => {
                    sight.collect(core.selector);
                    for rule in Direction::BOTH.iter().flat_map(|d| core.rules_of(*d).unwrap_or_default()) {
                        sight.ports.extend(rule.ports.iter().filter_map(super::ports::PortEntry::name));
                        for peer in &rule.peers {
                            match peer {
                                Peer::Selected { pods, namespaces } => {
                                    if let Some(selector) = pods {
                                        sight.collect(selector);
                                    }
                                    let keys = namespaces.iter().flat_map(|selector| selector.match_labels.keys());
                                    let keys = keys.map(String::as_str).filter(|key| *key != NAMESPACE_NAME);
                                    sight.namespace_keys.extend(keys);
                                }
                                Peer::Block(block) => blocks.push(block),
                                Peer::Unreadable => {}
                            }
                        }
                    }
                }
                Rules::Admin(admin) => {
                    // Few, and with several selectors each: every label counts.
                    sight.every_label = true;
                    for rule in Direction::BOTH.iter().flat_map(|d| admin.rules_of(*d)) {
                        sight.ports.extend(rule.ports.iter().filter_map(super::ports::PortEntry::name));
                        for peer in &rule.peers {
                            if let super::admin::Peer::Networks(networks) = peer {
                                blocks.extend(networks);
                            }
                        }
                    }
                }
            }
        }
        let nets: BTreeSet<IpNet> = blocks.iter().flat_map(|block| block.ranges()).collect();
        sight.nets = nets.into_iter().collect();
        sight
    }

    /// Does any policy ask who has which address?
    pub const fn sees_addresses(&self) -> bool {
        !self.nets.is_empty()
    }

    /// May any policy ask for this label of a pod?
    pub fn sees_label(&self, key: &str) -> bool {
        self.every_label || self.keys.contains(key)
    }

    /// May a peer choose namespaces by this label?
    pub fn sees_namespace_label(&self, key: &str) -> bool {
        self.namespace_keys.contains(key)
    }

    fn collect(&mut self, selector: &'s LabelSelector) {
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
            node: pod.node.filter(|_| pod.host_network),
            ports,
            addresses,
        }
    }
}
