//! Whom a rule of Antrea means, and to whom it applies.

use std::net::IpAddr;

use crate::policy::answer::{Direction, Missing, Truth};
use crate::policy::ends::{End, PodEnd};
use crate::policy::engine::Asked;
use crate::policy::groups::Sight;
use crate::policy::network::{Block, on_addresses};
use crate::policy::selectors::{on_labels, on_namespace};
use crate::policy::words::{of_namespaces, of_pods};
use kubereach_model::snapshot::LabelSelector;

/// Somebody.
#[derive(Debug, Clone)]
pub(super) enum Peer<'s> {
    Pods {
        pods: Option<LabelSelector>,
        namespaces: Namespaces<'s>,
    },
    Account {
        namespace: &'s str,
        name: &'s str,
    },
    Addresses(Block),
    Nodes(LabelSelector),
    DomainName,
    Nobody,
    /// Who comes to a port of the nodes for this Service.
    NodePort {
        namespace: &'s str,
        name: &'s str,
    },
    /// A group that was not read, or whose members cannot be told.
    Unread(&'s str),
    Unreadable,
}

/// Of which namespaces pods are.
#[derive(Debug, Clone)]
pub(super) enum Namespaces<'s> {
    Every,
    Named(&'s str),
    Selected(LabelSelector),
    /// That of the pod to which the rule applies.
    Same,
    /// Those that have these labels in common with that one.
    SameLabels(Vec<&'s str>),
}

impl<'s> Namespaces<'s> {
    fn has(&self, pod: &PodEnd<'s>, subject: Option<&PodEnd<'s>>) -> Truth<'s> {
        match (self, subject) {
            (Self::Every, _) => Truth::Yes,
            (Self::Named(name), _) => Truth::of(pod.namespace == *name),
            (Self::Selected(selector), _) => on_namespace(selector, pod.namespace, pod.namespace_labels),
            (Self::Same, Some(subject)) => Truth::of(pod.namespace == subject.namespace),
            (Self::SameLabels(keys), Some(subject)) => {
                let labels = |of: &PodEnd<'s>| of.namespace_labels.ok_or(Missing::NamespaceLabels(of.namespace));
                match (labels(pod), labels(subject)) {
                    (Ok(one), Ok(other)) => Truth::of(
                        keys.iter().all(|key| one.get(*key).is_some_and(|value| other.get(*key) == Some(value))),
                    ),
                    (Err(missing), _) | (_, Err(missing)) => Truth::Unknown(missing),
                }
            }
            (Self::Same | Self::SameLabels(_), None) => Truth::Unknown(Missing::Form),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Every => "of every namespace".to_owned(),
            Self::Named(name) => format!("of namespace {name}"),
            Self::Selected(selector) => of_namespaces(selector),
            Self::Same => "of the same namespace".to_owned(),
            Self::SameLabels(keys) => format!("of namespaces with the same {}", keys.join(", ")),
        }
    }
}

impl<'s> Peer<'s> {
    /// Is the policy, or the rule, about this pod?
    pub(super) fn applies_to(&self, pod: &PodEnd<'s>) -> Truth<'s> {
        match self {
            Self::Pods { .. } | Self::Account { .. } => self.is_pod(pod, None),
            Self::NodePort { namespace, name } if pod.namespace == *namespace => {
                Truth::Unknown(Missing::Endpoints(name))
            }
            // A group of addresses applies to nobody. (Antrea documentation, `appliedTo`)
            Self::Addresses(_) | Self::Nodes(_) | Self::DomainName | Self::NodePort { .. } | Self::Nobody => Truth::No,
            Self::Unread(name) => Truth::Unknown(Missing::Group(name)),
            Self::Unreadable => Truth::Unknown(Missing::Form),
        }
    }

    fn is_pod(&self, pod: &PodEnd<'s>, subject: Option<&PodEnd<'s>>) -> Truth<'s> {
        match self {
            Self::Pods { pods, namespaces } => match namespaces.has(pod, subject) {
                Truth::No => Truth::No,
                around => around.and(pods.as_ref().map_or(Truth::Yes, |selector| on_labels(selector, pod.labels))),
            },
            Self::Account { namespace, name } => {
                let own = pod.spec.service_account_name.as_deref().filter(|own| !own.is_empty()).unwrap_or("default");
                Truth::of(pod.namespace == *namespace && own == *name)
            }
            _ => Truth::No,
        }
    }

    /// Is it the other end?
    pub(super) fn matches(&self, asked: &Asked<'_, 's>) -> Truth<'s> {
        match self {
            Self::Unreadable => Truth::Unknown(Missing::Form),
            Self::Unread(name) => Truth::Unknown(Missing::Group(name)),
            Self::DomainName => Truth::Unknown(Missing::DomainNames),
            Self::Nobody => Truth::No,
            Self::NodePort { .. } => Truth::Unknown(Missing::Form),
            Self::Pods { .. } | Self::Account { .. } => match asked.other {
                End::Pod(pod) if pod.host_network => Truth::Unknown(Missing::HostNetwork),
                End::Pod(pod) => self.is_pod(pod, Some(asked.pod)),
                End::Node(_) | End::Address(_) | End::Outside => Truth::No,
                End::Unclear(_) | End::UnnamedPod | End::Service(_) => Truth::Unknown(Missing::UnnamedPod),
                End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
            },
            Self::Nodes(selector) => match asked.other {
                End::Node(node) => on_labels(selector, node.labels),
                End::Pod(pod) if pod.host_network => match (pod.node_labels, pod.node) {
                    (Some(labels), _) => on_labels(selector, labels),
                    (None, Some(node)) => Truth::Unknown(Missing::NodeLabels(node)),
                    (None, None) => Truth::Unknown(Missing::HostNetwork),
                },
                End::Pod(_) | End::Address(_) | End::Outside | End::UnnamedPod => Truth::No,
                End::Unclear(_) | End::Service(_) => Truth::Unknown(Missing::UnnamedPod),
                End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
            },
            Self::Addresses(block) => in_block(block, asked),
        }
    }

    /// Notes by what of a pod it chooses.
    pub(super) fn see(&self, sight: &mut Sight<'s>) {
        match self {
            Self::Pods { pods: Some(selector), .. } => {
                selector.match_labels.keys().for_each(|key| sight.expressed(key));
                selector.match_expressions.iter().for_each(|of| sight.expressed(&of.key));
            }
            Self::Account { .. } => sight.accounts(),
            _ => {}
        }
    }

    pub(super) fn words(&self) -> String {
        match self {
            Self::Pods { pods, namespaces } => format!("{} {}", of_pods(pods.as_ref()), namespaces.words()),
            Self::Account { namespace, name } => format!("pods with service account {namespace}/{name}"),
            Self::Addresses(block) => format!("addresses in {block}"),
            Self::Nodes(_) => "nodes".to_owned(),
            Self::DomainName => "named domains".to_owned(),
            Self::Nobody => "nobody".to_owned(),
            Self::NodePort { namespace, name } => format!("clients of Service {namespace}/{name}"),
            Self::Unread(name) => format!("the members of group {name}"),
            Self::Unreadable => "a peer in a form this version does not know".to_owned(),
        }
    }
}

fn in_block<'s>(block: &Block, asked: &Asked<'_, 's>) -> Truth<'s> {
    let of = |addresses: &[IpAddr]| on_addresses(block, addresses);
    match asked.other {
        End::Pod(pod) if !pod.host_network => of(&pod.addresses),
        // A node connects from any of its addresses.
        End::Pod(pod) if asked.direction == Direction::Egress => of(&pod.addresses),
        End::Node(node) if asked.direction == Direction::Egress => of(&node.addresses),
        End::Pod(_) | End::Node(_) => Truth::Unknown(Missing::HostNetwork),
        End::Address(address) | End::Unclear(address) => of(&[*address]),
        End::Outside if block.is_everything() => Truth::Yes,
        End::Outside => Truth::Unknown(Missing::OutsideAddress),
        End::UnnamedPod => Truth::Unknown(Missing::PodAddress),
        End::Service(service) => of(&service.addresses),
        End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
    }
}
