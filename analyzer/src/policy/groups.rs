//! Pods that no policy can tell apart, so that a matrix grows with the kinds of pods and not with pods.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::answer::Direction;
use super::core::Peer;
use super::ends::PodEnd;
use super::set::{Policies, Rules};

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

/// Groups pods; linear in pods (times the labels and ranges that policies name).
pub fn group<'s>(policies: &Policies<'s>, pods: &[PodEnd<'s>]) -> Vec<Group> {
    let mut keys: BTreeSet<String> = BTreeSet::new();
    let mut every_label = false;
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut blocks: Vec<&super::Block> = Vec::new();
    for policy in policies.all() {
        match &policy.rules {
            Rules::Core(core) => {
                collect(core.selector, &mut keys);
                for rule in Direction::BOTH.iter().flat_map(|d| core.rules_of(*d).unwrap_or_default()) {
                    names.extend(rule.ports.iter().filter_map(super::ports::PortEntry::name));
                    for peer in &rule.peers {
                        match peer {
                            Peer::Selected { pods: Some(selector), .. } => collect(selector, &mut keys),
                            Peer::Block(block) => blocks.push(block),
                            Peer::Selected { pods: None, .. } | Peer::Unreadable => {}
                        }
                    }
                }
            }
            Rules::Admin(admin) => {
                // Few, and with several selectors each: every label counts.
                every_label = true;
                for rule in Direction::BOTH.iter().flat_map(|d| admin.rules_of(*d)) {
                    names.extend(rule.ports.iter().filter_map(super::ports::PortEntry::name));
                    for peer in &rule.peers {
                        if let super::admin::Peer::Networks(networks) = peer {
                            blocks.extend(networks);
                        }
                    }
                }
            }
        }
    }
    let nets: BTreeSet<ipnet::IpNet> = blocks.iter().flat_map(|block| block.ranges()).collect();
    let membership = |address: &IpAddr| nets.iter().map(|net| net.contains(address)).collect::<Vec<bool>>();
    let mut groups: BTreeMap<Signature<'s>, Vec<usize>> = BTreeMap::new();
    for (index, pod) in pods.iter().enumerate() {
        let labels = pod
            .labels
            .iter()
            .filter(|(key, _)| every_label || keys.contains(*key))
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let mut ports: Vec<(&str, &str, Option<u16>)> = pod
            .spec
            .serving_containers()
            .flat_map(|c| &c.ports)
            .filter(|p| names.contains(p.name.as_str()))
            .map(|p| (p.name.as_str(), p.protocol.as_str(), p.container_port.known().copied()))
            .collect();
        ports.sort_unstable();
        let mut addresses: Vec<Vec<bool>> =
            if nets.is_empty() { Vec::new() } else { pod.addresses.iter().map(membership).collect() };
        addresses.sort_unstable();
        let signature = Signature {
            namespace: pod.namespace,
            labels,
            host_network: pod.host_network,
            on_virtual_node: pod.on_virtual_node,
            node: pod.node.filter(|_| pod.host_network),
            ports,
            addresses,
        };
        groups.entry(signature).or_default().push(index);
    }
    let mut groups: Vec<Group> = groups.into_values().map(|members| Group { members }).collect();
    groups.sort_by_key(|group| group.members.first().copied());
    groups
}

fn collect(selector: &crate::snapshot::LabelSelector, into: &mut BTreeSet<String>) {
    into.extend(selector.match_labels.keys().cloned());
    into.extend(selector.match_expressions.iter().map(|r| r.key.clone()));
}
