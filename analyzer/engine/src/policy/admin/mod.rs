//! policy.networking.k8s.io: `AdminNetworkPolicy`, `BaselineAdminNetworkPolicy` (v1alpha1) and
//! `ClusterNetworkPolicy` (v1alpha2), compiled into one shape.

mod decode;

use std::net::IpAddr;

use ipnet::IpNet;

use super::action::Action;
use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Truth};
use super::ends::{End, PodEnd};
use super::engine::{self, Asked, Policy, Priority, Rules, Scope, Unread};
use super::groups::Sight;
use super::network::{Block, on_addresses};
use super::ports::PortEntry;
use super::selectors::{on_labels, on_namespace};
use super::words::{of_namespaces, of_pods, on_ports};
use kubereach_model::snapshot::model::Unmodelled;
use kubereach_model::snapshot::{Found, GroupKind, LabelSelector, Proof, Snapshot};

/// Reads the three kinds.
#[derive(Debug)]
pub(super) struct Engine;

static KINDS: [GroupKind; 3] = [
    GroupKind::known("policy.networking.k8s.io", "AdminNetworkPolicy"),
    GroupKind::known("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    GroupKind::known("policy.networking.k8s.io", "ClusterNetworkPolicy"),
];

impl engine::Engine for Engine {
    fn kinds(&self) -> &'static [GroupKind] {
        &KINDS
    }

    fn compile<'s>(&self, snapshot: &'s Snapshot) -> Vec<Policy<'s>> {
        snapshot.unmodelled.iter().filter_map(decode::policy).collect()
    }

    /// Few clusters have these kinds: nothing is missing unless the snapshot shows that they are served.
    fn unread(&self, snapshot: &Snapshot) -> Vec<Unread> {
        let served = KINDS.iter().filter(|kind| engine::is_served(snapshot, kind));
        served.filter_map(|kind| engine::unread(snapshot, kind, None)).collect()
    }
}

/// Which API wrote it: policies of the two have no defined order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Api {
    /// `AdminNetworkPolicy`, `BaselineAdminNetworkPolicy`.
    V1Alpha1,
    /// `ClusterNetworkPolicy`.
    Cluster,
}

/// An admin policy, ready to be asked.
#[derive(Debug, Clone)]
pub(super) struct Admin<'s> {
    found: Found<'s, Unmodelled>,
    api: Api,
    /// Lower is asked first; `None` where it is missing or masked.
    priority: Option<i64>,
    subject: PolicySubject,
    rules: [Vec<Rule<'s>>; 2],
}

#[derive(Debug, Clone)]
enum PolicySubject {
    Namespaces(LabelSelector),
    Pods { namespaces: LabelSelector, pods: LabelSelector },
    Unreadable,
}

#[derive(Debug, Clone)]
struct Rule<'s> {
    name: &'s str,
    action: Action,
    peers: Vec<Peer>,
    /// Empty: every port.
    ports: Vec<PortEntry<'s>>,
    /// An earlier rule has the same peers and at least its ports: this one is never the first to match.
    shadowed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Peer {
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

impl<'s> Admin<'s> {
    fn rules_of(&self, direction: Direction) -> &[Rule<'s>] {
        self.rules.get(direction.index()).map(Vec::as_slice).unwrap_or_default()
    }
}

impl<'s> Rules<'s> for Admin<'s> {
    fn scope(&self) -> Scope<'s> {
        Scope::Cluster
    }

    /// Pods in a node's own network are never subjects.
    fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        if pod.host_network || self.rules_of(direction).is_empty() {
            return Truth::No;
        }
        match &self.subject {
            PolicySubject::Namespaces(selector) => on_namespace(selector, pod.namespace, pod.namespace_labels),
            PolicySubject::Pods { namespaces, pods } => pod_selected(namespaces, pods, pod),
            PolicySubject::Unreadable => Truth::Unknown(Missing::Form),
        }
    }

    /// The first rule that matches decides.
    fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
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
                    doubt = Some(Missing::rather(doubt, missing));
                }
            }
        }
        match doubt {
            None => PolicyAnswer::NotApplicable,
            Some(missing) => PolicyAnswer::Undecidable { missing, possible: possible.or(Outcomes::NONE) },
        }
    }

    fn priority(&self) -> Priority {
        Priority { family: u8::from(self.api == Api::Cluster), number: self.priority }
    }

    fn rule_count(&self, direction: Direction) -> Option<usize> {
        Some(self.rules_of(direction).len())
    }

    fn restricts(&self, direction: Direction) -> bool {
        !self.rules_of(direction).is_empty()
    }

    fn spares_own_node(&self) -> bool {
        false
    }

    fn denies_by_default(&self) -> bool {
        false
    }

    fn rule_name(&self, direction: Direction, rule: usize) -> &'s str {
        self.rules_of(direction).get(rule).map_or("", |rule| rule.name)
    }

    fn ports(&self, direction: Direction, each: &mut dyn FnMut(&PortEntry<'s>)) {
        self.rules_of(direction).iter().flat_map(|rule| &rule.ports).for_each(each);
    }

    fn ranges(&self, direction: Direction, each: &mut dyn FnMut(IpNet)) {
        for peer in self.rules_of(direction).iter().flat_map(|rule| &rule.peers) {
            if let Peer::Networks(blocks) = peer {
                blocks.iter().flat_map(Block::ranges).for_each(&mut *each);
            }
        }
    }

    /// These policies are few, and with several selectors each: every label counts.
    fn see(&self, sight: &mut Sight<'s>) {
        sight.every_label();
    }

    fn reached(&self, phrases: &mut Vec<String>) {
        for rule in self.rules_of(Direction::Egress) {
            let ports = on_ports(&rule.ports);
            phrases.extend(rule.words("not ").map(|peer| format!("{peer}{ports}")));
        }
    }

    fn admitted(&self, asked: &Asked<'_, 's>, phrases: &mut Vec<String>) {
        for rule in self.rules_of(asked.direction) {
            phrases.extend(rule.words("nobody of "));
        }
    }

    fn shows(&self, fact: &str) -> Proof {
        self.found.shows(fact)
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

    /// A phrase for each of its peers, after `denied` where they are turned away; none where nothing is decided.
    fn words<'r>(&'r self, denied: &'r str) -> impl Iterator<Item = String> + 'r {
        let before = match self.action {
            Action::Allow => Some(""),
            Action::Deny => Some(denied),
            Action::Pass | Action::Unreadable => None,
        };
        before.into_iter().flat_map(|before| self.peers.iter().map(move |peer| format!("{before}{}", peer.words())))
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
                End::Pod(_) | End::Address(_) | End::Outside | End::UnnamedPod | End::Service(_) => Truth::No,
                End::Unclear(_) => Truth::Unknown(Missing::UnnamedPod),
                End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
            },
            // The API says that ranges are checked against traffic inside the cluster too.
            Self::Networks(blocks) => match asked.other {
                End::Pod(pod) => in_any(blocks, &pod.addresses),
                End::Node(node) => in_any(blocks, &node.addresses),
                End::Service(service) => in_any(blocks, &service.addresses),
                End::Address(address) | End::Unclear(address) => in_any(blocks, &[*address]),
                _ if covers_everything(blocks) => Truth::Yes,
                End::Outside => Truth::Unknown(Missing::OutsideAddress),
                End::UnnamedPod => Truth::Unknown(Missing::PodAddress),
                End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
            },
            Self::DomainNames => Truth::Unknown(Missing::DomainNames),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Namespaces(selector) => format!("pods {}", of_namespaces(selector)),
            Self::Pods { namespaces, pods } => format!("{} {}", of_pods(Some(pods)), of_namespaces(namespaces)),
            Self::Nodes(_) => "nodes".to_owned(),
            Self::Networks(blocks) => {
                let blocks: Vec<String> = blocks.iter().map(ToString::to_string).collect();
                format!("addresses in {}", blocks.join(", "))
            }
            Self::DomainNames => "named domains".to_owned(),
            Self::Unreadable => "a peer in a form this version does not know".to_owned(),
        }
    }
}

fn of_no_pod<'s>(other: &End<'s>, everyone: bool) -> Truth<'s> {
    match other {
        End::Node(_) | End::Address(_) | End::Outside | End::Service(_) => Truth::No,
        End::UnnamedPod if everyone => Truth::Yes,
        End::Pod(_) | End::Unclear(_) | End::UnnamedPod => Truth::Unknown(Missing::UnnamedPod),
        End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
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
