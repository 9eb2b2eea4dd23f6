//! cilium.io: `CiliumNetworkPolicy`, `CiliumClusterwideNetworkPolicy` and `CiliumCIDRGroup`.
//! (docs/semantics/cilium-policy.md)

mod config;
mod identity;
mod layer7;
mod pattern;
mod peer;
mod selector;
mod spec;
mod world;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;
use kubereach_reports::report::ObjectRef;

use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Truth};
use super::ends::PodEnd;
use super::engine::{self, Asked, Compiled, Policy, RulePlace, Rules, Scope, Tier};
use super::groups::Sight;
use super::options::Nodes;
use super::ports::PortEntry;
use super::selectors::EVERY_POD;
use super::{answer, cni, ends, network, ports, request, selectors, words};
use config::{Fact, Settings};
use identity::Identity;
use kubereach_model::snapshot::model::{ConfigMap, Resource as _, Unmodelled};
use kubereach_model::snapshot::{Found, GroupKind, Proof, Snapshot};
use peer::Peer;
use spec::{Authentication, Rule, Spec, Subject, deny_word};
use world::World;

pub(super) use config::is_core_off;
pub(super) use identity::{bare_node, is_link_local, is_on_same_node};

static KINDS: [GroupKind; 3] = [
    GroupKind::known("cilium.io", "CiliumNetworkPolicy"),
    GroupKind::known("cilium.io", "CiliumClusterwideNetworkPolicy"),
    GroupKind::known("cilium.io", "CiliumCIDRGroup"),
];

static GROUP: GroupKind = GroupKind::known("cilium.io", "CiliumCIDRGroup");

/// Reads the kinds.
#[derive(Debug)]
pub(super) struct Engine;

impl engine::Engine for Engine {
    fn kinds(&self) -> &'static [GroupKind] {
        &KINDS
    }

    fn compile<'s>(&self, snapshot: &'s Snapshot) -> Vec<Policy<'s>> {
        if !has_policies(snapshot) && config::config(snapshot).is_none() {
            return Vec::new();
        }
        let settings = Arc::new(Settings::of(snapshot));
        let world = World::of(snapshot);
        let mut all = Vec::new();
        if let Some(found) = settings.found.filter(|_| settings.is(Fact::Always) && settings.is(Fact::Runs)) {
            let stored = found.get();
            let rules = Cilium {
                from: From::Setting(found),
                namespace: None,
                part: None,
                spec: Spec::always(),
                settings: Arc::clone(&settings),
            };
            all.push(policy(stored.object_ref(), stored.origin, rules));
        }
        for found in snapshot.unmodelled.iter() {
            compile(found, &settings, &world, &mut all);
        }
        all
    }
}

fn policy(object: ObjectRef, origin: u32, rules: Cilium<'_>) -> Policy<'_> {
    Policy { object, origin, tier: Tier::Namespace, rules: Compiled::Cilium(rules) }
}

/// A policy for each of its specs.
fn compile<'s>(
    found: Found<'s, Unmodelled>,
    settings: &Arc<Settings<'s>>,
    world: &World<'s>,
    all: &mut Vec<Policy<'s>>,
) {
    let stored = found.get();
    let namespace = match stored.value.group_kind.as_ref() {
        Some(kind) if *kind == KINDS[0] => Some(stored.metadata.namespace.as_str()),
        Some(kind) if *kind == KINDS[1] => None,
        _ => return,
    };
    let several = stored.value.specs.as_array().into_iter().flatten().enumerate();
    let one = Some((None, &stored.value.spec)).filter(|(_, spec)| spec.is_object());
    let specs = one.into_iter().chain(several.map(|(part, spec)| (Some(part), spec)));
    for (part, value) in specs {
        let spec = Spec::of(value, namespace, settings, world);
        let rules = Cilium { from: From::Policy(found), namespace, part, spec, settings: Arc::clone(settings) };
        let object = ObjectRef { namespace: namespace.map(str::to_owned), ..found.object() };
        all.push(policy(object, stored.origin, rules));
    }
}

/// Are there policies of Cilium?
pub(super) fn has_policies(snapshot: &Snapshot) -> bool {
    snapshot
        .unmodelled
        .iter()
        .any(|found| found.get().value.group_kind.as_ref().is_some_and(|k| KINDS[..2].contains(k)))
}

/// Does Cilium run and leave core policies unread, while it enforces its own?
pub(super) fn leaves_core_policies_out(snapshot: &Snapshot) -> bool {
    is_core_off(config::config(snapshot)) && has_policies(snapshot) && Settings::of(snapshot).is(Fact::Runs)
}

/// What nodes are to core policies while Cilium enforces them.
pub(super) fn nodes(snapshot: &Snapshot) -> Nodes {
    let settings = Settings::of_config(snapshot);
    Nodes::Identity { by_address: settings.ranges_match_nodes, own_is_let_in: !settings.is(Fact::OwnNodeByPolicy) }
}

/// Where an address may be the node's: answers change at their ends.
pub(super) fn link_local_ranges() -> impl Iterator<Item = IpNet> {
    let v4 = |a, b| IpAddr::V4(Ipv4Addr::new(a, b, 0, 0));
    let v6 = |first| IpAddr::V6(Ipv6Addr::new(first, 0, 0, 0, 0, 0, 0, 0));
    [(v4(169, 254), 16), (v4(127, 0), 8), (v6(0xfe80), 10)]
        .into_iter()
        .filter_map(|(a, length)| IpNet::new(a, length).ok())
}

/// Where a policy was read.
#[derive(Debug, Clone, Copy)]
enum From<'s> {
    Policy(Found<'s, Unmodelled>),
    /// `enable-policy: always`.
    Setting(Found<'s, ConfigMap>),
}

/// One spec of a policy of Cilium, ready to be asked.
#[derive(Debug)]
pub(super) struct Cilium<'s> {
    from: From<'s>,
    /// None: of the cluster.
    namespace: Option<&'s str>,
    /// Its number in `specs`.
    part: Option<usize>,
    spec: Spec<'s>,
    settings: Arc<Settings<'s>>,
}

/// What the rules that allow say together.
struct Allowed<'s> {
    /// The first that lets it through.
    by: Option<usize>,
    /// It may be that one does.
    doubt: Option<Missing<'s>>,
    /// Does (or may) one match the connection and not the request? That turns it away even without isolation.
    refused: Truth<'s>,
    /// Does one that matches demand authentication of which it is not known that it succeeds?
    unauthenticated: Option<Authentication>,
}

impl<'s> Cilium<'s> {
    fn allowed(&self, asked: &Asked<'_, 's>) -> Allowed<'s> {
        let mut allowed = Allowed { by: None, doubt: None, refused: Truth::No, unauthenticated: None };
        for (index, rule) in self.spec.allows(asked.direction).iter().enumerate() {
            let found = rule.matches(asked, &self.settings);
            if found.connection == Truth::No {
                continue;
            }
            match found.request {
                Truth::Yes => allowed.by = allowed.by.or(Some(index)),
                Truth::No => allowed.refused = allowed.refused.or(found.connection),
                Truth::Unknown(missing) => {
                    allowed.doubt = Some(match allowed.doubt {
                        Some(first) if first != Missing::Caller && first != Missing::Request => first,
                        _ => missing,
                    });
                    // Where the peer is in doubt as well, what is missing names the peer alone.
                    let on_request = matches!(rule.on_ports(asked).request, Truth::Unknown(_));
                    if missing == Missing::Request || on_request {
                        allowed.refused = allowed.refused.or(Truth::Unknown(missing));
                    }
                }
            }
            let proves = self.settings.authenticates == Some(true) && asked.other.pod().is_some();
            let fails = match rule.authentication {
                Authentication::NotAsked => false,
                Authentication::Required => !proves,
                Authentication::AlwaysFails => true,
            };
            if fails && allowed.unauthenticated != Some(Authentication::AlwaysFails) {
                allowed.unauthenticated = Some(rule.authentication);
            }
        }
        allowed
    }

    /// What it may turn out to be, the fact that is missing, and the rule that settles it.
    fn weigh(&self, asked: &Asked<'_, 's>) -> (Outcomes, Option<Missing<'s>>, usize) {
        let denied = self.denied(asked);
        if let (Truth::Yes, rule) = denied {
            return (Outcomes::VETO, None, rule);
        }
        let (rest, missing, rule) = self.weigh_allowed(asked);
        match denied.0 {
            Truth::Unknown(doubt) => (rest.or(Outcomes::VETO), Some(missing.unwrap_or(doubt)), rule),
            Truth::Yes | Truth::No => (rest, missing, rule),
        }
    }

    fn denied(&self, asked: &Asked<'_, 's>) -> (Truth<'s>, usize) {
        let mut all = Truth::No;
        for (index, rule) in self.spec.denies(asked.direction).iter().enumerate() {
            let matches = rule.matches(asked, &self.settings).connection;
            if matches == Truth::Yes {
                return (Truth::Yes, self.spec.allows(asked.direction).len() + index);
            }
            all = all.or(matches);
        }
        (all, 0)
    }

    fn weigh_allowed(&self, asked: &Asked<'_, 's>) -> (Outcomes, Option<Missing<'s>>, usize) {
        // The kubelet's node is let in unless a rule denies it (`pkg/policy/mapstate.go`, allow-localhost).
        let own_node = match asked.direction {
            // Between a node and itself nothing is asked.
            Direction::Egress if asked.pod.host_network => is_on_same_node(asked.pod, asked.other),
            Direction::Ingress if !self.settings.is(Fact::OwnNodeByPolicy) => is_on_same_node(asked.pod, asked.other),
            Direction::Ingress | Direction::Egress => Truth::No,
        };
        if own_node == Truth::Yes {
            return (Outcomes::NONE, None, 0);
        }
        let allowed = self.allowed(asked);
        let isolated = if self.spec.isolates(asked.direction) { Outcomes::DENY } else { Outcomes::NONE };
        let otherwise = match allowed.refused {
            Truth::Yes => Outcomes::DENY,
            Truth::No => isolated,
            Truth::Unknown(_) => isolated.or(Outcomes::DENY),
        };
        let (mut possible, mut missing) = match (allowed.by, allowed.doubt) {
            (Some(_), _) => (Outcomes::ALLOW, None),
            (None, None) => (otherwise, None),
            (None, Some(missing)) => (Outcomes::ALLOW.or(otherwise), Some(missing)),
        };
        match allowed.unauthenticated {
            Some(Authentication::AlwaysFails) => {
                possible = possible.without(Outcomes::ALLOW).or(Outcomes::DENY).or(Outcomes::VETO);
                missing = Some(Missing::Authentication);
            }
            Some(_) => {
                possible = possible.or(Outcomes::DENY).or(Outcomes::VETO);
                missing = Some(Missing::Authentication);
            }
            None => {}
        }
        if let Truth::Unknown(where_it_is) = own_node {
            possible = possible.or(Outcomes::NONE);
            missing = Some(missing.unwrap_or(where_it_is));
        }
        if let (Truth::Unknown(doubt), None, None) = (allowed.refused, allowed.by, missing) {
            missing = Some(doubt);
        }
        (possible, missing, allowed.by.unwrap_or(0))
    }
}

impl<'s> Rules<'s> for Cilium<'s> {
    fn scope(&self) -> Scope<'s> {
        match self.namespace {
            Some(namespace) => Scope::Namespace(namespace, &EVERY_POD),
            None => Scope::Cluster,
        }
    }

    /// Endpoints are pods of the cluster's network; nodes only where the host firewall runs.
    fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        if !self.spec.speaks_of(direction) || self.namespace.is_some_and(|namespace| namespace != pod.namespace) {
            return Truth::No;
        }
        let selected = match (&self.spec.subject, pod.host_network) {
            (Subject::Endpoints(selector), false) => selector.selects(&Identity::of_pod(pod, &self.settings)),
            (Subject::Everyone, false) => Truth::Yes,
            (Subject::Unreadable, false) => Truth::Unknown(Missing::Form),
            (Subject::Nodes(selector), true) => match (self.settings.host_firewall, pod.node_labels, pod.node) {
                (Some(false), ..) => Truth::No,
                (None, ..) => Truth::Unknown(Missing::CiliumSetting("enable-host-firewall")),
                (Some(true), Some(labels), _) => selector.selects_labels(labels),
                (Some(true), None, Some(node)) => Truth::Unknown(Missing::NodeLabels(node)),
                (Some(true), None, None) => Truth::Unknown(Missing::SameNode),
            },
            (Subject::Endpoints(_) | Subject::Everyone | Subject::Unreadable, true) | (Subject::Nodes(_), false) => {
                Truth::No
            }
        };
        if self.settings.is(Fact::Runs) { selected } else { selected.and(Truth::Unknown(Missing::CiliumRuns)) }
    }

    fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
        let anything = Outcomes::NONE.or(Outcomes::ALLOW).or(Outcomes::DENY).or(Outcomes::VETO);
        let unselected = match selected {
            Truth::No => return PolicyAnswer::NotApplicable,
            Truth::Yes => None,
            Truth::Unknown(missing) => Some(missing),
        };
        if asked.pod.on_virtual_node {
            return PolicyAnswer::Undecidable { missing: Missing::VirtualNode, possible: anything };
        }
        if self.spec.is_unreadable {
            return PolicyAnswer::Undecidable { missing: Missing::Form, possible: anything };
        }
        let (possible, missing, rule) = self.weigh(asked);
        match (unselected.or(missing), possible) {
            (None, Outcomes::VETO) => PolicyAnswer::Denies { rule },
            (None, Outcomes::ALLOW) => PolicyAnswer::Admits { rule },
            (None, Outcomes::DENY) => PolicyAnswer::DoesNotAdmit,
            (None, Outcomes::NONE) => PolicyAnswer::NotApplicable,
            (missing, possible) => PolicyAnswer::Undecidable {
                missing: missing.unwrap_or(Missing::Form),
                possible: if unselected.is_some() { possible.or(Outcomes::NONE) } else { possible },
            },
        }
    }

    fn rule_count(&self, direction: Direction) -> Option<usize> {
        self.spec.isolates(direction).then(|| self.spec.rules(direction).count())
    }

    fn restricts(&self, direction: Direction) -> bool {
        self.spec.speaks_of(direction)
    }

    /// It is asked, since a rule may deny it.
    fn spares_own_node(&self) -> bool {
        false
    }

    fn is_about_nodes(&self) -> bool {
        matches!(self.spec.subject, Subject::Nodes(_)) && self.settings.host_firewall != Some(false)
    }

    fn denies_by_default(&self) -> bool {
        Direction::BOTH.into_iter().all(|direction| self.spec.denies(direction).is_empty()) && !self.spec.is_unreadable
    }

    fn rule_place(&self, direction: Direction, rule: usize) -> RulePlace {
        let allow = self.spec.allows(direction).len();
        match rule.checked_sub(allow) {
            None => RulePlace { spec: self.part, list: direction.word(), number: rule },
            Some(number) => RulePlace { spec: self.part, list: deny_word(direction), number },
        }
    }

    fn ports(&self, direction: Direction, each: &mut dyn FnMut(&PortEntry<'s>)) {
        self.spec.rules(direction).flat_map(Rule::entries).for_each(each);
    }

    fn ranges(&self, direction: Direction, each: &mut dyn FnMut(IpNet)) {
        let mut speaks_of_addresses = false;
        for peer in self.spec.rules(direction).flat_map(Rule::peers) {
            peer.ranges(&self.settings, each);
            speaks_of_addresses |= !matches!(peer, Peer::Endpoints(_) | Peer::Nodes(_));
        }
        if speaks_of_addresses {
            link_local_ranges().for_each(each);
        }
    }

    fn see(&self, sight: &mut Sight<'s>) {
        let mut keys: Vec<&'s str> = Vec::new();
        if let Subject::Endpoints(selector) = &self.spec.subject {
            keys.extend(selector.keys());
        }
        for peer in Direction::BOTH.into_iter().flat_map(|d| self.spec.rules(d)).flat_map(Rule::peers) {
            match peer {
                Peer::Endpoints(selector) => keys.extend(selector.keys()),
                Peer::Service(peer::Target::Pods { selector, .. }) => keys.extend(selector.keys().map(String::as_str)),
                _ => {}
            }
        }
        for key in keys {
            sight.label(key);
            if key == "io.cilium.k8s.policy.serviceaccount" {
                sight.accounts();
            }
        }
    }

    fn reached(&self, phrases: &mut Vec<String>) {
        for rule in self.spec.allows(Direction::Egress) {
            phrases.extend(rule.words("anything"));
        }
        for rule in self.spec.denies(Direction::Egress) {
            phrases.extend(rule.words("anything").into_iter().map(|phrase| format!("not {phrase}")));
        }
    }

    fn admitted(&self, asked: &Asked<'_, 's>, phrases: &mut Vec<String>) {
        for rule in self.spec.allows(asked.direction).iter().filter(|rule| rule.may_be_about(asked)) {
            phrases.extend(rule.words("anyone"));
        }
        for rule in self.spec.denies(asked.direction).iter().filter(|rule| rule.may_be_about(asked)) {
            phrases.extend(rule.words("anyone").into_iter().map(|phrase| format!("not {phrase}")));
        }
    }

    fn shows(&self, fact: &str) -> Proof {
        match self.from {
            From::Policy(found) => found.shows(fact),
            From::Setting(found) => found.shows(fact),
        }
    }
}
