//! networking.k8s.io/v1 `NetworkPolicy`, compiled.

use std::net::IpAddr;

use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Protocol, Truth};
use super::ends::{End, PodEnd};
use super::network::Block;
use super::options::{AgainstPods, Options};
use super::ports::PortEntry;
use super::selectors::{on_labels, on_namespace};
use kubereach_model::snapshot::LabelSelector;
use kubereach_model::snapshot::model::{NetworkPolicy, PolicyPeer, PolicyRule};

/// A core policy, ready to be asked.
#[derive(Debug, Clone)]
pub(super) struct Core<'s> {
    pub(super) namespace: &'s str,
    pub(super) selector: &'s LabelSelector,
    /// Per direction: its rules, or `None` where the policy does not isolate that direction.
    pub(super) rules: [Option<Vec<Rule<'s>>>; 2],
    /// Rules of a direction that the policy does not isolate: they do nothing.
    pub(super) inactive: [usize; 2],
}

/// One rule.
#[derive(Debug, Clone)]
pub(super) struct Rule<'s> {
    /// Empty: anyone.
    pub(super) peers: Vec<Peer<'s>>,
    /// Empty: every port.
    pub(super) ports: Vec<PortEntry<'s>>,
}

/// One peer of a rule.
#[derive(Debug, Clone)]
pub(super) enum Peer<'s> {
    /// By labels: of the pod, of its namespace (`None`: the policy's own), or both.
    Selected { pods: Option<&'s LabelSelector>, namespaces: Option<&'s LabelSelector> },
    /// By address.
    Block(Block),
    /// A form the API does not allow.
    Unreadable,
}

impl<'s> Core<'s> {
    pub(super) fn compile(policy: &'s NetworkPolicy) -> Self {
        let spec = &policy.spec;
        let is = |word: &str| spec.policy_types.iter().any(|t| t == word);
        let rules =
            |all: Option<&'s [PolicyRule]>| all.unwrap_or_default().iter().map(Rule::compile).collect::<Vec<_>>();
        let ingress = rules(spec.ingress.as_deref());
        let egress = rules(spec.egress.as_deref());
        Self {
            namespace: &policy.metadata.namespace,
            selector: &spec.pod_selector,
            inactive: [if is("Ingress") { 0 } else { ingress.len() }, if is("Egress") { 0 } else { egress.len() }],
            rules: [is("Ingress").then_some(ingress), is("Egress").then_some(egress)],
        }
    }

    /// Does it isolate the pod in this direction? A policy selects pods of its own namespace only.
    pub(super) fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        if self.rules_of(direction).is_none() || pod.namespace != self.namespace {
            return Truth::No;
        }
        on_labels(self.selector, pod.labels)
    }

    pub(super) fn rules_of(&self, direction: Direction) -> Option<&[Rule<'s>]> {
        self.rules.get(direction.index()).and_then(Option::as_deref)
    }

    /// What it says to a connection between `pod`, which it may select (`selected`), and `other`.
    pub(super) fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
        let Some(rules) = self.rules_of(asked.direction) else { return PolicyAnswer::NotApplicable };
        let unselected = match selected {
            Truth::No => return PolicyAnswer::NotApplicable,
            Truth::Yes => None,
            Truth::Unknown(missing) => Some(missing),
        };
        if asked.pod.host_network || asked.other.is_on_node() {
            // Plugins mostly see the node: they may apply nothing at all, or everything.
            return PolicyAnswer::Undecidable {
                missing: Missing::HostNetwork,
                possible: Outcomes::NONE.or(Outcomes::ALLOW).or(Outcomes::DENY),
            };
        }
        if asked.pod.on_virtual_node {
            // Who enforces there, and whether anybody does, is the provider's affair.
            return PolicyAnswer::Undecidable {
                missing: Missing::VirtualNode,
                possible: Outcomes::NONE.or(Outcomes::ALLOW).or(Outcomes::DENY),
            };
        }
        let mut doubt = None;
        let mut admitted = None;
        for (index, rule) in rules.iter().enumerate() {
            match rule.matches(self.namespace, asked) {
                Truth::Yes => {
                    admitted = Some(index);
                    break;
                }
                Truth::No => {}
                Truth::Unknown(missing) => {
                    // A gap outweighs *it depends on who connects*.
                    doubt = Some(match doubt {
                        Some(first) if first != Missing::Caller => first,
                        _ => missing,
                    });
                }
            }
        }
        match (unselected, admitted, doubt) {
            (None, Some(rule), _) => PolicyAnswer::Admits { rule },
            (None, None, None) => PolicyAnswer::DoesNotAdmit,
            (None, None, Some(missing)) => {
                PolicyAnswer::Undecidable { missing, possible: Outcomes::ALLOW.or(Outcomes::DENY) }
            }
            (Some(missing), admitted, doubt) => {
                let mut possible = Outcomes::NONE;
                if admitted.is_some() || doubt.is_some() {
                    possible = possible.or(Outcomes::ALLOW);
                }
                if admitted.is_none() {
                    possible = possible.or(Outcomes::DENY);
                }
                PolicyAnswer::Undecidable { missing, possible }
            }
        }
    }
}

/// A connection seen from one of its ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a, 's> {
    pub(super) direction: Direction,
    /// The end whose policies are asked.
    pub(super) pod: &'a PodEnd<'s>,
    /// The other end.
    pub(super) other: &'a End<'s>,
    /// Where the connection goes: ports are the destination's in both directions.
    pub(super) to: &'a End<'s>,
    pub(super) protocol: Protocol,
    /// The pod's port, after a Service has translated its own; `None` where it is not known.
    pub(super) port: Option<u16>,
    pub(super) options: &'a Options,
}

impl<'s> Rule<'s> {
    fn compile(rule: &'s PolicyRule) -> Self {
        Self {
            peers: rule.peers.iter().map(Peer::compile).collect(),
            ports: rule.ports.iter().map(PortEntry::of).collect(),
        }
    }

    /// Peers and ports both have to match; none given means every one.
    pub(super) fn matches(&self, namespace: &'s str, asked: &Asked<'_, 's>) -> Truth<'s> {
        let ports = self.ports_match(asked);
        if ports == Truth::No || self.peers.is_empty() {
            return ports;
        }
        ports.and(Truth::any(self.peers.iter().map(|peer| peer.matches(namespace, asked))))
    }

    pub(super) fn ports_match(&self, asked: &Asked<'_, 's>) -> Truth<'s> {
        if self.ports.is_empty() {
            return Truth::Yes;
        }
        Truth::any(self.ports.iter().map(|p| p.matches(asked.to, asked.protocol, asked.port, asked.options)))
    }
}

impl<'s> Peer<'s> {
    fn compile(peer: &'s PolicyPeer) -> Self {
        match (&peer.ip_block, &peer.pod_selector, &peer.namespace_selector) {
            (Some(block), None, None) => Self::Block(Block::of(block)),
            (None, None, None) | (Some(_), _, _) => Self::Unreadable,
            (None, pods, namespaces) => Self::Selected { pods: pods.as_ref(), namespaces: namespaces.as_ref() },
        }
    }

    pub(super) fn matches(&self, namespace: &'s str, asked: &Asked<'_, 's>) -> Truth<'s> {
        match self {
            Self::Unreadable => Truth::Unknown(Missing::Form),
            Self::Selected { pods, namespaces } => match asked.other {
                End::Pod(pod) if pod.host_network => Truth::Unknown(Missing::HostNetwork),
                End::Pod(pod) => Self::selects(*pods, *namespaces, namespace, pod),
                End::Node(_) => Truth::Unknown(Missing::HostNetwork),
                // A selector never admits who is not a pod.
                End::Address(_) | End::Outside => Truth::No,
                End::Unclear(_) => Truth::Unknown(Missing::UnnamedPod),
                End::UnnamedPod => {
                    let all =
                        namespaces.is_some_and(LabelSelector::is_empty) && pods.is_none_or(LabelSelector::is_empty);
                    if all { Truth::Yes } else { Truth::Unknown(Missing::UnnamedPod) }
                }
                End::Anyone => Truth::Unknown(Missing::Caller),
            },
            Self::Block(block) => block_matches(block, asked),
        }
    }

    /// Does a selector peer select this ordinary pod?
    pub(super) fn selects(
        pods: Option<&LabelSelector>,
        namespaces: Option<&LabelSelector>,
        own: &str,
        pod: &PodEnd<'s>,
    ) -> Truth<'s> {
        let namespace = match namespaces {
            None => Truth::of(pod.namespace == own),
            Some(selector) => on_namespace(selector, pod.namespace, pod.namespace_labels),
        };
        if namespace == Truth::No {
            return Truth::No;
        }
        namespace.and(pods.map_or(Truth::Yes, |selector| on_labels(selector, pod.labels)))
    }
}

fn block_matches<'s>(block: &Block, asked: &Asked<'_, 's>) -> Truth<'s> {
    match asked.other {
        End::Pod(pod) if pod.host_network => Truth::Unknown(Missing::HostNetwork),
        End::Pod(pod) => match asked.options.address_rules_on_pods {
            AgainstPods::Never => Truth::No,
            AgainstPods::Undecidable(cni) => match on_pod(block, pod) {
                // What lies outside the range matches in no reading.
                Truth::No => Truth::No,
                Truth::Yes | Truth::Unknown(_) => Truth::Unknown(Missing::AddressRuleOnPods(cni)),
            },
            AgainstPods::Matches => on_pod(block, pod),
        },
        End::Node(_) => Truth::Unknown(Missing::HostNetwork),
        End::Address(address) => from_outside(block.contains(*address), asked.direction),
        End::Unclear(address) => match (block.contains(*address), asked.options.address_rules_on_pods) {
            (Truth::Yes, AgainstPods::Matches) => Truth::Yes,
            (Truth::Yes, _) => Truth::Unknown(Missing::UnnamedPod),
            (other, _) => from_outside(other, asked.direction),
        },
        End::Outside if block.is_everything() => Truth::Yes,
        End::Outside => Truth::Unknown(Missing::OutsideAddress),
        End::UnnamedPod => Truth::Unknown(Missing::PodAddress),
        End::Anyone => Truth::Unknown(Missing::Caller),
    }
}

/// A source outside a range may still be rewritten into it by the time the pod's policies see it.
fn from_outside<'s>(truth: Truth<'static>, direction: Direction) -> Truth<'s> {
    match (truth, direction) {
        (Truth::No, Direction::Ingress) => Truth::Unknown(Missing::SourceTranslation),
        (truth, _) => truth,
    }
}

/// A pod with several addresses uses one of them, and which one is not known.
pub(super) fn on_pod<'s>(block: &Block, pod: &PodEnd<'s>) -> Truth<'s> {
    on_addresses(block, &pod.addresses)
}

pub(super) fn on_addresses<'s>(block: &Block, addresses: &[IpAddr]) -> Truth<'s> {
    let mut all: Option<Truth<'s>> = None;
    for address in addresses {
        let this = block.contains(*address);
        all = Some(match all {
            None => this,
            Some(so_far) if so_far == this => this,
            Some(_) => Truth::Unknown(Missing::PodAddress),
        });
    }
    all.unwrap_or(Truth::Unknown(Missing::PodAddress))
}
