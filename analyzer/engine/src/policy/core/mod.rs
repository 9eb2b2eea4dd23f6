//! networking.k8s.io/v1 `NetworkPolicy`, compiled.

mod near;
mod service;

use ipnet::IpNet;

use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Protocol, Truth};
use super::cilium::{self, is_link_local, is_on_same_node};
use super::ends::{End, PodEnd, ServiceEnd};
use super::engine::{self, Asked, Compiled, Policy, Rules, Scope, Tier, Unread};
use super::groups::Sight;
use super::ineffective::Kinds;
use super::network::{Block, on_addresses};
use super::options::{AgainstPods, Nodes};
use super::ports::PortEntry;
use super::selectors::{on_labels, on_namespace};
use super::words::{of_namespaces, of_pods, on_ports};
use kubereach_model::snapshot::model::{NetworkPolicy, PolicyPeer, PolicyRule, Resource as _};
use kubereach_model::snapshot::{Found, GroupKind, LabelSelector, Proof, Snapshot};

/// Reads `NetworkPolicy`.
#[derive(Debug)]
pub(super) struct Engine;

impl engine::Engine for Engine {
    fn kinds(&self) -> &'static [GroupKind] {
        std::slice::from_ref(NetworkPolicy::KIND)
    }

    fn compile<'s>(&self, snapshot: &'s Snapshot) -> Vec<Policy<'s>> {
        let policy = |found: Found<'s, NetworkPolicy>| {
            let stored = found.get();
            let rules = Compiled::Core(Core::compile(found));
            Policy { object: stored.object_ref(), origin: stored.origin, tier: Tier::Namespace, rules }
        };
        if cilium::leaves_core_policies_out(snapshot) {
            return Vec::new();
        }
        snapshot.network_policies.iter().map(policy).collect()
    }

    fn unread_in(&self, snapshot: &Snapshot, namespace: &str) -> Option<Unread> {
        engine::unread(snapshot, NetworkPolicy::KIND, Some(namespace))
    }
}

/// A core policy, ready to be asked.
#[derive(Debug, Clone)]
pub(super) struct Core<'s> {
    found: Found<'s, NetworkPolicy>,
    namespace: &'s str,
    selector: &'s LabelSelector,
    /// Per direction: its rules, or `None` where the policy does not isolate that direction.
    rules: [Option<Vec<Rule<'s>>>; 2],
    /// Rules of a direction that the policy does not isolate: they do nothing.
    inactive: [usize; 2],
}

/// One rule.
#[derive(Debug, Clone)]
struct Rule<'s> {
    /// Empty: anyone.
    peers: Vec<Peer<'s>>,
    /// Empty: every port.
    ports: Vec<PortEntry<'s>>,
}

/// One peer of a rule.
#[derive(Debug, Clone)]
enum Peer<'s> {
    /// By labels: of the pod, of its namespace (`None`: the policy's own), or both.
    Selected { pods: Option<&'s LabelSelector>, namespaces: Option<&'s LabelSelector> },
    /// By address.
    Block(Block),
    /// A form the API does not allow.
    Unreadable,
}

impl<'s> Core<'s> {
    fn compile(found: Found<'s, NetworkPolicy>) -> Self {
        let policy = &found.get().value;
        let spec = &policy.spec;
        let is = |word: &str| spec.policy_types.iter().any(|t| t == word);
        let rules =
            |all: Option<&'s [PolicyRule]>| all.unwrap_or_default().iter().map(Rule::compile).collect::<Vec<_>>();
        let ingress = rules(spec.ingress.as_deref());
        let egress = rules(spec.egress.as_deref());
        Self {
            found,
            namespace: &policy.metadata.namespace,
            selector: &spec.pod_selector,
            inactive: [if is("Ingress") { 0 } else { ingress.len() }, if is("Egress") { 0 } else { egress.len() }],
            rules: [is("Ingress").then_some(ingress), is("Egress").then_some(egress)],
        }
    }

    fn rules_of(&self, direction: Direction) -> Option<&[Rule<'s>]> {
        self.rules.get(direction.index()).and_then(Option::as_deref)
    }

    fn every_rule(&self, direction: Direction) -> &[Rule<'s>] {
        self.rules_of(direction).unwrap_or_default()
    }
}

impl<'s> Rules<'s> for Core<'s> {
    fn scope(&self) -> Scope<'s> {
        Scope::Namespace(self.namespace, self.selector)
    }

    /// A policy selects pods of its own namespace only.
    fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        if self.rules_of(direction).is_none() || pod.namespace != self.namespace {
            return Truth::No;
        }
        on_labels(self.selector, pod.labels)
    }

    fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
        let Some(rules) = self.rules_of(asked.direction) else { return PolicyAnswer::NotApplicable };
        let unselected = match selected {
            Truth::No => return PolicyAnswer::NotApplicable,
            Truth::Yes => None,
            Truth::Unknown(missing) => Some(missing),
        };
        if let Some(answer) = on_node(asked) {
            return answer;
        }
        if asked.options.nodes == Nodes::Undecidable && (asked.pod.host_network || asked.other.is_on_node()) {
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
                    doubt = Some(Missing::rather(doubt, missing));
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

    fn rule_count(&self, direction: Direction) -> Option<usize> {
        self.rules_of(direction).map(<[_]>::len)
    }

    fn restricts(&self, direction: Direction) -> bool {
        self.rules_of(direction).is_some()
    }

    /// Traffic between a pod and its own node is always allowed (NetworkPolicy concept page).
    fn spares_own_node(&self) -> bool {
        true
    }

    fn denies_by_default(&self) -> bool {
        true
    }

    fn ports(&self, direction: Direction, each: &mut dyn FnMut(&PortEntry<'s>)) {
        self.every_rule(direction).iter().flat_map(|rule| &rule.ports).for_each(each);
    }

    fn ranges(&self, direction: Direction, each: &mut dyn FnMut(IpNet)) {
        for peer in self.every_rule(direction).iter().flat_map(|rule| &rule.peers) {
            if let Peer::Block(block) = peer {
                block.ranges().chain(cilium::link_local_ranges()).for_each(&mut *each);
            }
        }
    }

    fn see(&self, sight: &mut Sight<'s>) {
        sight.labels(self.selector);
        let rules = Direction::BOTH.iter().flat_map(|direction| self.every_rule(*direction));
        for peer in rules.flat_map(|rule| &rule.peers) {
            if let Peer::Selected { pods, namespaces } = peer {
                if let Some(selector) = pods {
                    sight.labels(selector);
                }
                if let Some(selector) = namespaces {
                    sight.namespace_labels(selector);
                }
            }
        }
    }

    fn reached(&self, phrases: &mut Vec<String>) {
        for rule in self.every_rule(Direction::Egress) {
            let ports = on_ports(&rule.ports);
            let peers = rule.words("anything", self.namespace);
            phrases.extend(peers.into_iter().map(|peer| format!("{peer}{ports}")));
        }
    }

    fn admitted(&self, asked: &Asked<'_, 's>, phrases: &mut Vec<String>) {
        for rule in self.every_rule(asked.direction) {
            if rule.ports_match(asked) != Truth::No {
                phrases.extend(rule.words("anyone", self.namespace));
            }
        }
    }

    fn shows(&self, fact: &str) -> Proof {
        self.found.shows(fact)
    }

    fn inactive_rules(&self, direction: Direction) -> usize {
        self.inactive.get(direction.index()).copied().unwrap_or(0)
    }

    fn rules_for_nobody(&self, direction: Direction, pods: &Kinds<'_, 's>) -> Vec<usize> {
        let rules = self.every_rule(direction).iter().enumerate();
        let nobody = |rule: &Rule<'s>| {
            !rule.peers.is_empty() && rule.peers.iter().all(|peer| peer.is_nobody(self.namespace, pods))
        };
        rules.filter(|(_, rule)| nobody(rule)).map(|(index, _)| index).collect()
    }

    fn ports_no_pod_has(&self, pods: &[&PodEnd<'s>]) -> Vec<(usize, &'s str)> {
        let selected: Vec<&&PodEnd<'s>> =
            pods.iter().filter(|pod| self.selects(pod, Direction::Ingress) == Truth::Yes).collect();
        let mut names = Vec::new();
        if selected.is_empty() {
            return names;
        }
        for (index, rule) in self.every_rule(Direction::Ingress).iter().enumerate() {
            for name in
                rule.ports.iter().filter(|p| !selected.iter().any(|pod| p.is_declared(pod))).filter_map(PortEntry::name)
            {
                names.push((index, name));
            }
        }
        names
    }

    fn ports_by_number(&self) -> Vec<(usize, Protocol, u16)> {
        let rules = self.every_rule(Direction::Ingress).iter().enumerate();
        rules
            .flat_map(|(index, rule)| rule.ports.iter().filter_map(PortEntry::single).map(move |(p, n)| (index, p, n)))
            .collect()
    }

    fn near_misses(
        &self,
        asked: &Asked<'_, 's>,
        service: Option<&ServiceEnd<'s>>,
        each: &mut dyn FnMut(usize, String),
    ) {
        for (index, rule) in self.every_rule(asked.direction).iter().enumerate() {
            near::of(rule, self.namespace, asked, service, &mut |text| each(index, text));
        }
    }

    fn selector_keys(&self) -> Vec<&'s str> {
        let keys = self.selector.match_labels.keys().map(String::as_str);
        keys.chain(self.selector.match_expressions.iter().map(|r| r.key.as_str())).collect()
    }
}

impl<'s> Rule<'s> {
    fn compile(rule: &'s PolicyRule) -> Self {
        Self {
            peers: rule.peers.iter().map(Peer::compile).collect(),
            ports: rule.ports.iter().map(PortEntry::of).collect(),
        }
    }

    /// Peers and ports both have to match; none given means every one.
    fn matches(&self, namespace: &'s str, asked: &Asked<'_, 's>) -> Truth<'s> {
        if let End::Service(service) = asked.other {
            return service::matches(self, namespace, service, asked);
        }
        let ports = self.ports_match(asked);
        if ports == Truth::No || self.peers.is_empty() {
            return ports;
        }
        ports.and(Truth::any(self.peers.iter().map(|peer| peer.matches(namespace, asked))))
    }

    fn ports_match(&self, asked: &Asked<'_, 's>) -> Truth<'s> {
        if self.ports.is_empty() {
            return Truth::Yes;
        }
        Truth::any(self.ports.iter().map(|p| p.matches(asked.to, asked.protocol, asked.port, asked.options)))
    }

    /// A phrase for each of its peers.
    fn words(&self, without_peers: &str, namespace: &str) -> Vec<String> {
        if self.peers.is_empty() {
            return vec![without_peers.to_owned()];
        }
        self.peers.iter().map(|peer| peer.words(namespace)).collect()
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

    fn matches(&self, namespace: &'s str, asked: &Asked<'_, 's>) -> Truth<'s> {
        match self {
            Self::Unreadable => Truth::Unknown(Missing::Form),
            // It is no pod, and address rules do not match it.
            _ if asked.options.from_own_proxy => Truth::No,
            Self::Selected { pods, namespaces } => match asked.other {
                End::Pod(PodEnd { host_network: true, .. }) | End::Node(_) => match asked.options.nodes {
                    Nodes::Undecidable => Truth::Unknown(Missing::HostNetwork),
                    Nodes::Identity { .. } => Truth::No,
                },
                End::Pod(pod) => Self::selects(*pods, *namespaces, namespace, pod),
                // A selector never admits who is not a pod.
                End::Address(_) | End::Outside => Truth::No,
                End::Unclear(_) => Truth::Unknown(Missing::UnnamedPod),
                End::UnnamedPod => {
                    let all =
                        namespaces.is_some_and(LabelSelector::is_empty) && pods.is_none_or(LabelSelector::is_empty);
                    if all { Truth::Yes } else { Truth::Unknown(Missing::UnnamedPod) }
                }
                // Where it is asked about by its own address, the rule answers for it.
                End::Service(_) => Truth::Unknown(Missing::UnnamedPod),
                End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
            },
            Self::Block(block) => block_matches(block, asked),
        }
    }

    /// Does a selector peer select this ordinary pod?
    fn selects(
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

    /// Is it surely no pod? Addresses and what cannot be read may be somebody.
    fn is_nobody(&self, own: &str, kinds: &Kinds<'_, 's>) -> bool {
        let Self::Selected { pods, namespaces } = self else { return false };
        match namespaces {
            None => kinds.none_in(own, *pods),
            Some(namespaces) => kinds.none_anywhere(namespaces, *pods),
        }
    }

    fn words(&self, own: &str) -> String {
        match self {
            Self::Unreadable => "a peer in a form this version does not know".to_owned(),
            Self::Block(block) => format!("addresses in {block}"),
            Self::Selected { pods, namespaces: None } => format!("{} in namespace {own}", of_pods(*pods)),
            Self::Selected { pods, namespaces: Some(selector) } => {
                format!("{} {}", of_pods(*pods), of_namespaces(selector))
            }
        }
    }
}

fn block_matches<'s>(block: &Block, asked: &Asked<'_, 's>) -> Truth<'s> {
    if let Some((node, addresses)) =
        cilium::bare_node(asked.other).filter(|_| asked.options.nodes != Nodes::Undecidable)
    {
        return on_addresses(block, addresses).and(Truth::Unknown(Missing::CiliumOnNode(node)));
    }
    match asked.other {
        End::Pod(pod) if pod.host_network => on_node_addresses(block, &pod.addresses, asked.options.nodes),
        End::Node(node) => on_node_addresses(block, &node.addresses, asked.options.nodes),
        End::Pod(pod) => match asked.options.address_rules_on_pods {
            AgainstPods::Never => Truth::No,
            AgainstPods::Undecidable(cni) => match on_pod(block, pod) {
                // What lies outside the range matches in no reading.
                Truth::No => Truth::No,
                Truth::Yes | Truth::Unknown(_) => Truth::Unknown(Missing::AddressRuleOnPods(cni)),
            },
            AgainstPods::Matches => on_pod(block, pod),
        },
        End::Address(address) if asked.options.nodes != Nodes::Undecidable && is_link_local(*address) => {
            block.contains(*address).and(Truth::Unknown(Missing::LinkLocal))
        }
        End::Address(address) => from_outside(block.contains(*address), asked.direction),
        End::Unclear(address) => match (block.contains(*address), asked.options.address_rules_on_pods) {
            (Truth::Yes, AgainstPods::Matches) => Truth::Yes,
            (Truth::Yes, _) => Truth::Unknown(Missing::UnnamedPod),
            (other, _) => from_outside(other, asked.direction),
        },
        End::Outside if block.is_everything() => Truth::Yes,
        End::Outside => Truth::Unknown(Missing::OutsideAddress),
        End::UnnamedPod => Truth::Unknown(Missing::PodAddress),
        End::Service(service) => on_addresses(block, &service.addresses),
        End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
    }
}

/// Where nodes have an identity: pods in their network are no subjects of policies, and a pod's own node is let in.
fn on_node<'s>(asked: &Asked<'_, 's>) -> Option<PolicyAnswer<'s>> {
    let Nodes::Identity { own_is_let_in, .. } = asked.options.nodes else { return None };
    if asked.pod.host_network {
        return Some(PolicyAnswer::NotApplicable);
    }
    if asked.direction == Direction::Egress || !own_is_let_in {
        return None;
    }
    match is_on_same_node(asked.pod, asked.other) {
        Truth::Yes => Some(PolicyAnswer::NotApplicable),
        Truth::No => None,
        Truth::Unknown(missing) => {
            let possible = Outcomes::NONE.or(Outcomes::ALLOW).or(Outcomes::DENY);
            Some(PolicyAnswer::Undecidable { missing, possible })
        }
    }
}

fn on_node_addresses<'s>(block: &Block, addresses: &[std::net::IpAddr], nodes: Nodes) -> Truth<'s> {
    match nodes {
        Nodes::Undecidable => Truth::Unknown(Missing::HostNetwork),
        Nodes::Identity { by_address: Some(false), .. } => Truth::No,
        Nodes::Identity { by_address: Some(true), .. } => on_addresses(block, addresses),
        Nodes::Identity { by_address: None, .. } => match on_addresses(block, addresses) {
            Truth::No => Truth::No,
            Truth::Yes | Truth::Unknown(_) => Truth::Unknown(Missing::CiliumSetting("policy-cidr-match-mode")),
        },
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
fn on_pod<'s>(block: &Block, pod: &PodEnd<'s>) -> Truth<'s> {
    on_addresses(block, &pod.addresses)
}
