//! policy.networking.k8s.io: `AdminNetworkPolicy`, `BaselineAdminNetworkPolicy` (v1alpha1) and
//! `ClusterNetworkPolicy` (v1alpha2), compiled into one shape.

mod decode;

use std::net::IpAddr;

use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Truth};
use super::core::{Asked, on_addresses};
use super::ends::{End, PodEnd};
use super::network::Block;
use super::ports::PortEntry;
use super::selectors::{on_labels, on_namespace};
use kubereach_model::snapshot::model::Unmodelled;
use kubereach_model::snapshot::{GroupKind, LabelSelector};

/// Before or after the core policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Cannot be overridden.
    Admin,
    /// Asked only where no core policy isolates the pod.
    Baseline,
}

/// Which API wrote it: policies of the two have no defined order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Api {
    /// `AdminNetworkPolicy`, `BaselineAdminNetworkPolicy`.
    V1Alpha1,
    /// `ClusterNetworkPolicy`.
    Cluster,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Action {
    Allow,
    Deny,
    Pass,
    /// A word this version does not know.
    Unreadable,
}

impl Action {
    const fn outcome(self) -> Outcomes {
        match self {
            Self::Allow => Outcomes::ALLOW,
            Self::Deny => Outcomes::DENY,
            Self::Pass => Outcomes::PASS,
            Self::Unreadable => Outcomes::ALLOW.or(Outcomes::DENY).or(Outcomes::PASS),
        }
    }
}

/// An admin policy, ready to be asked.
#[derive(Debug, Clone)]
pub(super) struct Admin<'s> {
    pub(super) tier: Tier,
    pub(super) api: Api,
    /// Lower is asked first; `None` where it is missing or masked.
    pub(super) priority: Option<i64>,
    subject: Subject,
    rules: [Vec<Rule<'s>>; 2],
}

#[derive(Debug, Clone)]
enum Subject {
    Namespaces(LabelSelector),
    Pods { namespaces: LabelSelector, pods: LabelSelector },
    Unreadable,
}

#[derive(Debug, Clone)]
pub(super) struct Rule<'s> {
    pub(super) name: &'s str,
    pub(super) action: Action,
    pub(super) peers: Vec<Peer>,
    /// Empty: every port.
    pub(super) ports: Vec<PortEntry<'s>>,
    /// An earlier rule has the same peers and at least its ports: this one is never the first to match.
    pub(super) shadowed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Peer {
    Namespaces(LabelSelector),
    Pods {
        namespaces: LabelSelector,
        pods: LabelSelector,
    },
    Nodes(LabelSelector),
    Networks(Vec<Block>),
    DomainNames,
    /// No field that is known: the API says to fail closed.
    Unreadable,
}

/// Is it one of the three kinds?
pub(super) fn is_admin(kind: &GroupKind) -> bool {
    kind.group == "policy.networking.k8s.io"
        && matches!(kind.kind.as_ref(), "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" | "ClusterNetworkPolicy")
}

impl<'s> Admin<'s> {
    /// From a policy of the three kinds; `None` for any other.
    pub(super) fn compile(unmodelled: &'s Unmodelled) -> Option<Self> {
        decode::admin(unmodelled)
    }

    /// Does it select the pod? Pods in a node's own network are never subjects.
    pub(super) fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        if pod.host_network || self.rules_of(direction).is_empty() {
            return Truth::No;
        }
        match &self.subject {
            Subject::Namespaces(selector) => on_namespace(selector, pod.namespace, pod.namespace_labels),
            Subject::Pods { namespaces, pods } => pod_selected(namespaces, pods, pod),
            Subject::Unreadable => Truth::Unknown(Missing::Form),
        }
    }

    pub(super) fn rules_of(&self, direction: Direction) -> &[Rule<'s>] {
        self.rules.get(direction.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first rule that matches decides.
    pub(super) fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
        let mut possible = Outcomes::EMPTY;
        let mut doubt = match selected {
            Truth::No => return PolicyAnswer::NotApplicable,
            Truth::Yes => None,
            Truth::Unknown(missing) => {
                possible = Outcomes::NONE;
                Some(missing)
            }
        };
        for (index, rule) in self.rules_of(asked.direction).iter().enumerate().filter(|(_, r)| !r.shadowed) {
            match rule.matches(asked) {
                Truth::No => {}
                Truth::Yes => {
                    return match (doubt, rule.action) {
                        (None, Action::Allow) => PolicyAnswer::Admits { rule: index },
                        (None, Action::Deny) => PolicyAnswer::Denies { rule: index },
                        (None, Action::Pass) => PolicyAnswer::Passes { rule: index },
                        (doubt, action) => PolicyAnswer::Undecidable {
                            missing: doubt.unwrap_or(Missing::Form),
                            possible: possible.or(action.outcome()),
                        },
                    };
                }
                Truth::Unknown(missing) => {
                    possible = possible.or(rule.action.outcome());
                    doubt = Some(match doubt {
                        Some(first) if first != Missing::Caller => first,
                        _ => missing,
                    });
                }
            }
        }
        match doubt {
            None => PolicyAnswer::NotApplicable,
            Some(missing) => PolicyAnswer::Undecidable { missing, possible: possible.or(Outcomes::NONE) },
        }
    }
}

fn pod_selected<'s>(namespaces: &LabelSelector, pods: &LabelSelector, pod: &PodEnd<'s>) -> Truth<'s> {
    match on_namespace(namespaces, pod.namespace, pod.namespace_labels) {
        Truth::No => Truth::No,
        namespace => namespace.and(on_labels(pods, pod.labels)),
    }
}

impl<'s> Rule<'s> {
    fn matches(&self, asked: &Asked<'_, 's>) -> Truth<'s> {
        let ports = if self.ports.is_empty() {
            Truth::Yes
        } else {
            Truth::any(self.ports.iter().map(|p| p.matches(asked.to, asked.protocol, asked.port, asked.options)))
        };
        if ports == Truth::No {
            return Truth::No;
        }
        ports.and(Truth::any(self.peers.iter().map(|peer| peer.matches(asked))))
    }
}

impl Peer {
    fn matches<'s>(&self, asked: &Asked<'_, 's>) -> Truth<'s> {
        match self {
            Self::Unreadable => Truth::Unknown(Missing::Form),
            Self::Namespaces(selector) => match asked.other {
                // Pods in a node's own network are not peers of this type.
                End::Pod(pod) if pod.host_network => Truth::No,
                End::Pod(pod) => on_namespace(selector, pod.namespace, pod.namespace_labels),
                other => of_no_pod(other, selector.is_empty()),
            },
            Self::Pods { namespaces, pods } => match asked.other {
                End::Pod(pod) if pod.host_network => Truth::No,
                End::Pod(pod) => pod_selected(namespaces, pods, pod),
                other => of_no_pod(other, namespaces.is_empty() && pods.is_empty()),
            },
            Self::Nodes(selector) => match asked.other {
                End::Node(node) => on_labels(selector, node.labels),
                End::Pod(pod) if pod.host_network => match (pod.node_labels, pod.node) {
                    (Some(labels), _) => on_labels(selector, labels),
                    (None, _) if selector.is_empty() => Truth::Yes,
                    (None, Some(node)) => Truth::Unknown(Missing::NodeLabels(node)),
                    (None, None) => Truth::Unknown(Missing::HostNetwork),
                },
                End::Pod(_) | End::Address(_) | End::Outside | End::UnnamedPod => Truth::No,
                End::Unclear(_) => Truth::Unknown(Missing::UnnamedPod),
                End::Anyone => Truth::Unknown(Missing::Caller),
            },
            // The API says that ranges are checked against traffic inside the cluster too.
            Self::Networks(blocks) => match asked.other {
                End::Pod(pod) => in_any(blocks, &pod.addresses),
                End::Node(node) => in_any(blocks, &node.addresses),
                End::Address(address) | End::Unclear(address) => in_any(blocks, &[*address]),
                _ if covers_everything(blocks) => Truth::Yes,
                End::Outside => Truth::Unknown(Missing::OutsideAddress),
                End::UnnamedPod => Truth::Unknown(Missing::PodAddress),
                End::Anyone => Truth::Unknown(Missing::Caller),
            },
            Self::DomainNames => Truth::Unknown(Missing::DomainNames),
        }
    }
}

fn of_no_pod<'s>(other: &End<'s>, everyone: bool) -> Truth<'s> {
    match other {
        End::Node(_) | End::Address(_) | End::Outside => Truth::No,
        End::UnnamedPod if everyone => Truth::Yes,
        End::Pod(_) | End::Unclear(_) | End::UnnamedPod => Truth::Unknown(Missing::UnnamedPod),
        End::Anyone => Truth::Unknown(Missing::Caller),
    }
}

/// Is each of the addresses in some of the ranges, or none of them?
fn in_any<'s>(blocks: &[Block], addresses: &[IpAddr]) -> Truth<'s> {
    let mut all: Option<Truth<'s>> = None;
    for address in addresses {
        let this = Truth::any(blocks.iter().map(|block| on_addresses(block, std::slice::from_ref(address))));
        all = Some(match all {
            None => this,
            Some(so_far) if so_far == this => this,
            Some(_) => Truth::Unknown(Missing::PodAddress),
        });
    }
    all.unwrap_or(if covers_everything(blocks) { Truth::Yes } else { Truth::Unknown(Missing::PodAddress) })
}

fn covers_everything(blocks: &[Block]) -> bool {
    [true, false].into_iter().all(|v4| blocks.iter().any(|b| b.is_everything() && b.is_ipv4() == Some(v4)))
}
