//! crd.antrea.io/v1beta1 of Antrea: `ClusterNetworkPolicy` and `NetworkPolicy` in their tiers.
//! (docs/semantics/network-policy.md#policies-of-antrea-stand-before-and-after-those-of-kubernetes)

mod decode;
mod peer;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ipnet::IpNet;
use serde_json::Value;

use super::action::Action;
use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Truth};
use super::ends::{End, PodEnd};
use super::engine::{self, Asked, Compiled, Order, Policy, Priority, Rules, Scope, Tier};
use super::groups::Sight;
use super::ladder::Rung;
use super::ports::PortEntry;
use super::selectors::EVERY_POD;
use super::words::on_ports;
use decode::{GROUP, Reader};
use kubereach_model::snapshot::model::{Resource as _, Unmodelled};
use kubereach_model::snapshot::{Found, GroupKind, Proof, Snapshot};
use peer::Peer;

static KINDS: [GroupKind; 5] = [
    GroupKind::known(GROUP, "NetworkPolicy"),
    GroupKind::known(GROUP, "ClusterNetworkPolicy"),
    GroupKind::known(GROUP, "Tier"),
    GroupKind::known(GROUP, "Group"),
    GroupKind::known(GROUP, "ClusterGroup"),
];

/// Tiers that Antrea makes itself, and what is asked after the policies of Kubernetes.
const TIERS: [(&str, i64); 6] = [
    ("emergency", 50),
    ("securityops", 100),
    ("networkops", 150),
    ("platform", 200),
    ("application", 250),
    (BASELINE, 253),
];
const BASELINE: &str = "baseline";

/// Before all policies of Kubernetes, and between those of namespaces and the baseline.
const BEFORE: Tier = Tier::Own(u16::MAX - 1);
const AFTER: Tier = Tier::Own(u16::MAX);

/// Reads the kinds.
#[derive(Debug)]
pub(super) struct Engine;

impl engine::Engine for Engine {
    fn kinds(&self) -> &'static [GroupKind] {
        &KINDS
    }

    fn compile<'s>(&self, snapshot: &'s Snapshot) -> Vec<Policy<'s>> {
        let tiers = tiers(snapshot);
        let beside_admin =
            snapshot.unmodelled.iter().any(|found| found.group_kind().group == "policy.networking.k8s.io");
        let mut all: Vec<Antrea<'s>> = snapshot
            .unmodelled
            .iter()
            .filter(|found| KINDS.iter().take(2).any(|kind| *kind == found.group_kind()))
            .map(|found| Antrea::of(found, snapshot, &tiers, beside_admin))
            .collect();
        all.sort_by(Antrea::in_turn);
        let mut number = 0;
        for index in 0..all.len() {
            let (earlier, rest) = all.split_at_mut(index);
            let (Some(policy), before) = (rest.first_mut(), earlier.last()) else { continue };
            number += i64::from(before.is_some_and(|before| before.in_turn(policy) != Ordering::Equal));
            policy.number = (policy.tier.is_some() && policy.priority.is_some()).then_some(number);
        }
        all.into_iter()
            .map(|policy| {
                let stored = policy.found.get();
                let mut object = stored.object_ref();
                if policy.namespace.is_none() {
                    object.namespace = None;
                }
                let tier = if policy.tier_name == BASELINE { AFTER } else { BEFORE };
                Policy { object, origin: stored.origin, tier, rules: Compiled::Antrea(policy) }
            })
            .collect()
    }

    fn ladder(&self, _snapshot: &Snapshot, policies: &[Policy<'_>]) -> Option<Vec<Rung>> {
        let any = policies.iter().any(|policy| matches!(policy.rules, Compiled::Antrea(_)));
        let own = |tier| Rung { tier, order: Order::ByPriority };
        any.then(|| vec![Rung::PERIMETER, own(BEFORE), Rung::ADMIN, Rung::NAMESPACE, own(AFTER), Rung::BASELINE])
    }
}

/// The priority of each tier, by its name in lower case.
fn tiers(snapshot: &Snapshot) -> BTreeMap<String, i64> {
    let mut tiers: BTreeMap<String, i64> =
        TIERS.iter().map(|(name, priority)| ((*name).to_owned(), *priority)).collect();
    for found in snapshot.unmodelled.of_kind(&KINDS[2]) {
        let stored = found.get();
        if let Some(priority) = stored.value.spec.get("priority").and_then(Value::as_i64) {
            tiers.insert(stored.metadata.name.to_ascii_lowercase(), priority);
        }
    }
    tiers
}

/// A policy of Antrea, ready to be asked.
#[derive(Debug)]
pub(super) struct Antrea<'s> {
    found: Found<'s, Unmodelled>,
    namespace: Option<&'s str>,
    tier_name: String,
    /// The priority of its tier, where it was read.
    tier: Option<i64>,
    priority: Option<f64>,
    number: Option<i64>,
    applied_to: Vec<Peer<'s>>,
    rules: [Vec<Rule<'s>>; 2],
    /// Are there admin policies, of which it is not said whether `Pass` passes them too?
    beside_admin: bool,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that a rule says, independent of the others")]
struct Rule<'s> {
    name: &'s str,
    action: Action,
    /// None: that of the policy.
    applied_to: Option<Vec<Peer<'s>>>,
    /// Empty: anyone.
    peers: Vec<Peer<'s>>,
    /// Empty: every port.
    ports: Vec<PortEntry<'s>>,
    names_source_ports: bool,
    /// Of ICMP or IGMP.
    is_other_protocol: bool,
    to_services: bool,
    is_http: bool,
    is_unreadable: bool,
}

impl<'s> Antrea<'s> {
    fn of(
        found: Found<'s, Unmodelled>,
        snapshot: &'s Snapshot,
        tiers: &BTreeMap<String, i64>,
        beside_admin: bool,
    ) -> Self {
        let stored = found.get();
        let spec = &stored.value.spec;
        let namespace = (found.group_kind() == KINDS[0]).then_some(stored.metadata.namespace.as_str());
        let reader = Reader { snapshot, namespace };
        let tier_name = spec.get("tier").and_then(Value::as_str).filter(|name| !name.is_empty());
        let tier_name = tier_name.unwrap_or("application").to_ascii_lowercase();
        Self {
            found,
            namespace,
            tier: tiers.get(&tier_name).copied(),
            tier_name,
            priority: spec.get("priority").and_then(Value::as_f64),
            number: None,
            applied_to: reader.peers(spec.get("appliedTo")),
            rules: [reader.rules(spec, "ingress", "from"), reader.rules(spec, "egress", "to")],
            beside_admin,
        }
    }

    /// By tier and priority; of equal ones the order is not defined.
    fn in_turn(&self, other: &Self) -> Ordering {
        let key = |of: &Self| (of.tier.unwrap_or(i64::MAX), of.priority.unwrap_or(f64::INFINITY));
        let ((tier, priority), (other_tier, other_priority)) = (key(self), key(other));
        tier.cmp(&other_tier).then_with(|| priority.total_cmp(&other_priority))
    }

    fn rules_of(&self, direction: Direction) -> &[Rule<'s>] {
        self.rules.get(direction.index()).map(Vec::as_slice).unwrap_or_default()
    }

    fn applies(&self, rule: &Rule<'s>, pod: &PodEnd<'s>) -> Truth<'s> {
        let own = rule.applied_to.as_ref().unwrap_or(&self.applied_to);
        Truth::any(own.iter().map(|peer| peer.applies_to(pod)))
    }
}

impl<'s> Rules<'s> for Antrea<'s> {
    fn scope(&self) -> Scope<'s> {
        self.namespace.map_or(Scope::Cluster, |namespace| Scope::Namespace(namespace, &EVERY_POD))
    }

    /// Pods in their node's network are nodes to Antrea.
    fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        let elsewhere = self.namespace.is_some_and(|namespace| namespace != pod.namespace);
        if pod.host_network || elsewhere {
            return Truth::No;
        }
        Truth::any(self.rules_of(direction).iter().map(|rule| self.applies(rule, pod)))
    }

    /// The first rule that matches decides.
    fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
        if selected == Truth::No {
            return PolicyAnswer::NotApplicable;
        }
        let all = Outcomes::NONE.or(Outcomes::ALLOW).or(Outcomes::DENY).or(Outcomes::PASS);
        if asked.pod.on_virtual_node {
            return PolicyAnswer::Undecidable { missing: Missing::VirtualNode, possible: all };
        }
        let (mut possible, mut doubt) = (Outcomes::EMPTY, None);
        for (index, rule) in self.rules_of(asked.direction).iter().enumerate() {
            let matches = match self.applies(rule, asked.pod) {
                Truth::No => Truth::No,
                applies => applies.and(rule.settled(rule.matches(asked), asked)),
            };
            match matches {
                Truth::No => continue,
                Truth::Unknown(missing) => {
                    doubt = Some(Missing::rather(doubt, missing));
                    possible = possible.or(rule.action.outcome());
                    continue;
                }
                Truth::Yes => possible = possible.or(rule.action.outcome()),
            }
            let missing = doubt.unwrap_or(Missing::Form);
            return match possible {
                _ if self.tier.is_none() => self.undecidable(missing, possible),
                _ if asked.options.not_antrea.is_some() => {
                    let missing = asked.options.not_antrea.map_or(missing, Missing::OtherPlugin);
                    self.undecidable(missing, possible.or(Outcomes::NONE))
                }
                Outcomes::ALLOW => PolicyAnswer::Admits { rule: index },
                Outcomes::DENY => PolicyAnswer::Denies { rule: index },
                Outcomes::PASS if !self.beside_admin => PolicyAnswer::Passes { rule: index },
                _ => self.undecidable(missing, possible),
            };
        }
        match doubt {
            None => PolicyAnswer::NotApplicable,
            Some(missing) => self.undecidable(missing, possible.or(Outcomes::NONE)),
        }
    }

    fn priority(&self) -> Priority {
        Priority { family: 0, number: self.number }
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

    /// What a node sends to its own pods is always let in. (`docs/design/ovs-pipeline.md` of Antrea)
    fn spares_own_node_in(&self, direction: Direction) -> bool {
        direction == Direction::Ingress
    }

    fn tier_name(&self) -> Option<&str> {
        Some(&self.tier_name)
    }

    fn kind(&self) -> Option<GroupKind> {
        Some(self.found.group_kind())
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
            if let Peer::Addresses(block) = peer {
                block.ranges().for_each(&mut *each);
            }
        }
    }

    fn see(&self, sight: &mut Sight<'s>) {
        let rules = || self.rules.iter().flatten();
        let applied = self.applied_to.iter().chain(rules().flat_map(|rule| rule.applied_to.iter().flatten()));
        applied.chain(rules().flat_map(|rule| &rule.peers)).for_each(|peer| peer.see(sight));
    }

    fn reached(&self, phrases: &mut Vec<String>) {
        for rule in self.rules_of(Direction::Egress) {
            let ports = on_ports(&rule.ports);
            phrases.extend(rule.words("not ", "anything").into_iter().map(|peer| format!("{peer}{ports}")));
        }
    }

    fn admitted(&self, asked: &Asked<'_, 's>, phrases: &mut Vec<String>) {
        for rule in self.rules_of(asked.direction).iter().filter(|rule| rule.by_port(asked) != Truth::No) {
            phrases.extend(rule.words("nobody of ", "anyone"));
        }
    }

    fn shows(&self, fact: &str) -> Proof {
        self.found.shows(fact)
    }
}

impl<'s> Antrea<'s> {
    /// In a tier that was not read it may come at any time.
    fn undecidable(&self, missing: Missing<'s>, possible: Outcomes) -> PolicyAnswer<'s> {
        if self.tier.is_some() {
            return PolicyAnswer::Undecidable { missing, possible };
        }
        let name = self.found.get().value.spec.get("tier").and_then(Value::as_str).unwrap_or_default();
        PolicyAnswer::Undecidable { missing: Missing::Tier(name), possible: possible.or(Outcomes::NONE) }
    }
}

impl<'s> Rule<'s> {
    fn by_port(&self, asked: &Asked<'_, 's>) -> Truth<'s> {
        if self.is_other_protocol && self.ports.is_empty() {
            return Truth::No;
        }
        let port = |entry: &PortEntry<'s>| entry.matches(asked.to, asked.protocol, asked.port, asked.options);
        let ports = if self.ports.is_empty() { Truth::Yes } else { Truth::any(self.ports.iter().map(port)) };
        if self.names_source_ports { ports.and(Truth::Unknown(Missing::SourcePort)) } else { ports }
    }

    fn matches(&self, asked: &Asked<'_, 's>) -> Truth<'s> {
        let ports = self.by_port(asked);
        if ports == Truth::No {
            return Truth::No;
        }
        let peers = match self.peers.as_slice() {
            [] if self.to_services => Truth::No,
            [] => Truth::Yes,
            peers => Truth::any(peers.iter().map(|peer| peer.matches(asked))),
        };
        // Only what goes to a Service's own address is meant, and it is not known here whether this does.
        let services = if self.to_services { Truth::Unknown(Missing::Form) } else { Truth::No };
        let mut truth = ports.and(peers.or(services));
        if self.is_http {
            truth = truth.and(Truth::Unknown(Missing::HttpRequest));
        }
        truth.and(if self.is_unreadable { Truth::Unknown(Missing::Form) } else { Truth::Yes })
    }

    /// The address of who comes from outside may be replaced on its way: a rule that lets through may match then, and
    /// one that turns away may not.
    fn settled(&self, truth: Truth<'s>, asked: &Asked<'_, 's>) -> Truth<'s> {
        let beyond = matches!(asked.other, End::Address(_) | End::Unclear(_));
        let by_address = self.peers.iter().any(|peer| matches!(peer, Peer::Addresses(_) | Peer::Nodes(_)));
        if asked.direction == Direction::Egress || !beyond || !by_address || self.by_port(asked) == Truth::No {
            return truth;
        }
        match (self.action, truth) {
            (Action::Allow, Truth::Yes) | (Action::Deny, Truth::No) => truth,
            (_, Truth::Yes | Truth::No) => Truth::Unknown(Missing::SourceTranslation),
            (_, unknown) => unknown,
        }
    }

    /// A phrase for each of its peers, after `denied` where they are turned away.
    fn words(&self, denied: &str, without: &str) -> Vec<String> {
        let before = match self.action {
            Action::Allow => "",
            Action::Deny => denied,
            Action::Pass | Action::Unreadable => return Vec::new(),
        };
        if self.peers.is_empty() {
            return vec![format!("{before}{without}")];
        }
        self.peers.iter().map(|peer| format!("{before}{}", peer.words())).collect()
    }
}
