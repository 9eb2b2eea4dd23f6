//! projectcalico.org/v3 and crd.projectcalico.org/v1 of Calico: `NetworkPolicy` and `GlobalNetworkPolicy` in their
//! tiers, with the sets, endpoints and labels by which they choose.
//! (docs/semantics/calico-policy.md)

mod decode;
mod place;
mod rule;
mod selector;
mod tiers;
mod world;

use std::cmp::Ordering;
use std::sync::Arc;

use ipnet::IpNet;
use serde_json::Value;

use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Truth};
use super::ends::PodEnd;
use super::engine::{self, Asked, Compiled, Guard, Policy, Priority, Rules, Scope, Tier};
use super::groups::Sight;
use super::ladder::Rung;
use super::ports::PortEntry;
use super::selectors::EVERY_POD;
use decode::{KINDS, is_stored, items, objects, plain_name};
use kubereach_model::snapshot::model::{Resource as _, Unmodelled};
use kubereach_model::snapshot::{Found, GroupKind, Proof, Snapshot};
use rule::{Action, Rule};
use selector::Selector;
use tiers::{Place, Tiers};
use world::{ACCOUNT, NAMESPACE, OF_ACCOUNT, OF_NAMESPACE, World};

/// Reads the kinds of Calico.
#[derive(Debug)]
pub(super) struct Engine;

impl engine::Engine for Engine {
    fn kinds(&self) -> &'static [GroupKind] {
        KINDS
    }

    fn compile<'s>(&self, snapshot: &'s Snapshot) -> Vec<Policy<'s>> {
        let mut found = objects(snapshot, "NetworkPolicy");
        found.extend(objects(snapshot, "GlobalNetworkPolicy"));
        if found.is_empty() {
            return Vec::new();
        }
        let (world, tiers) = (Arc::new(World::of(snapshot)), Tiers::of(snapshot));
        let beside_core = !snapshot.network_policies.is_empty();
        let mut policies: Vec<(Tier, Calico<'s>)> = found
            .into_iter()
            .map(|found| {
                let policy = Calico::of(found, &world, &tiers);
                (tiers.tier(policy.tier), policy)
            })
            .collect();
        policies.sort_by(|(a_tier, a), (b_tier, b)| a_tier.cmp(b_tier).then_with(|| a.in_turn(b)));
        number(&mut policies, beside_core);
        policies
            .into_iter()
            .map(|(tier, policy)| {
                let stored = policy.found.get();
                let mut object = stored.object_ref();
                if policy.namespace.is_none() {
                    object.namespace = None;
                }
                Policy { object, origin: stored.origin, tier, rules: Compiled::Calico(policy) }
            })
            .collect()
    }

    /// Only where there are policies of Calico: without them its order is that of Kubernetes.
    fn ladder(&self, snapshot: &Snapshot, policies: &[Policy<'_>]) -> Option<Vec<Rung>> {
        let any = policies.iter().any(|policy| matches!(policy.rules, Compiled::Calico(_)));
        any.then(|| {
            let own = |policy: &&Policy<'_>| matches!(policy.rules, Compiled::Calico(_));
            Tiers::of(snapshot).rungs(|tier| policies.iter().filter(own).any(|policy| policy.tier == tier))
        })
    }

    fn guards<'s>(&self, snapshot: &'s Snapshot) -> Vec<Guard<'s>> {
        let world = World::of(snapshot);
        if world.hosts.is_empty() {
            return Vec::new();
        }
        let world = Arc::new(world);
        let tiers = Tiers::of(snapshot);
        let global = objects(snapshot, "GlobalNetworkPolicy");
        let policies: Vec<Calico<'s>> = global.into_iter().map(|found| Calico::of(found, &world, &tiers)).collect();
        world
            .hosts
            .iter()
            .map(|host| {
                let selects = |policy: &&Calico<'s>| World::selects_host(&policy.selector, host) != Truth::No;
                Guard {
                    node: host.node,
                    by: host.name,
                    own: !host.is_open || policies.iter().any(|policy| selects(&policy)),
                    forwarded: policies.iter().filter(|policy| policy.forwards).any(|policy| selects(&policy)),
                }
            })
            .collect()
    }
}

/// Each its number in its tier, which they stand in by their order. Those of the order of core policies share one number
/// with them: which of them comes first differs between versions. Among admin policies their order is the number.
fn number(policies: &mut [(Tier, Calico<'_>)], beside_core: bool) {
    for tier in policies.chunk_by_mut(|a, b| a.0 == b.0) {
        let is_before = |of: &Calico<'_>| of.place.is_some_and(|place| place.cmp_to_core() == Ordering::Less);
        let mut before = tier.iter().filter(|(_, of)| is_before(of)).map(|_| -1_i64).sum::<i64>();
        let mut after = 1;
        for (tier, policy) in tier {
            policy.number = match (*tier, policy.place.map(Place::cmp_to_core)) {
                (_, None) => None,
                (Tier::Admin | Tier::Baseline, _) => policy.place.and_then(Place::whole),
                (_, Some(Ordering::Less)) => {
                    before += 1;
                    Some(before - 1)
                }
                (Tier::Namespace, Some(Ordering::Equal)) if beside_core => Some(0),
                _ => {
                    after += 1;
                    Some(after - 1)
                }
            };
        }
    }
}

/// A policy of Calico, ready to be asked.
#[derive(Debug)]
pub(super) struct Calico<'s> {
    found: Found<'s, Unmodelled>,
    world: Arc<World<'s>>,
    /// None for a global one.
    namespace: Option<&'s str>,
    tier: &'s str,
    /// Was the tier read?
    has_tier: bool,
    /// Its `order`; `None` where it cannot be read.
    place: Option<Place>,
    number: Option<i64>,
    selector: Selector,
    /// Per direction: its rules, or `None` where it does not apply to that direction.
    rules: [Option<Vec<Rule<'s>>>; 2],
    /// Directions of which it cannot be told whether it applies to them.
    doubtful: [bool; 2],
    /// Does it apply to what nodes forward?
    forwards: bool,
}

impl<'s> Calico<'s> {
    fn of(found: Found<'s, Unmodelled>, world: &Arc<World<'s>>, tiers: &Tiers<'s>) -> Self {
        let stored = found.get();
        let spec = &stored.value.spec;
        let is_global = found.group_kind().kind == "GlobalNetworkPolicy";
        let namespace = (!is_global).then_some(stored.metadata.namespace.as_str());
        let is = |key: &str| spec.get(key).and_then(Value::as_bool) == Some(true);
        let rules = |key: &str| -> Vec<Rule<'s>> {
            items(spec.get(key)).iter().map(|rule| Rule::of(rule, namespace, world)).collect()
        };
        let rules = [rules("ingress"), rules("egress")];
        // Before connection tracking and before destinations are translated only the traffic of nodes is asked about.
        let (applies, doubtful) =
            if is("doNotTrack") || is("preDNAT") { ([false; 2], [false; 2]) } else { types(&stored.value, &rules) };
        let tier = decode::tier(spec);
        let [ingress, egress] = rules;
        Self {
            found,
            world: Arc::clone(world),
            namespace,
            tier,
            has_tier: tiers.has(tier),
            place: Place::of(spec),
            number: None,
            selector: subject(spec, namespace),
            rules: [applies[0].then_some(ingress), applies[1].then_some(egress)],
            doubtful,
            forwards: is("applyOnForward"),
        }
    }

    /// By their order; equal ones by name, namespace and kind. (`felix/calc/policy_sorter.go`)
    fn in_turn(&self, other: &Self) -> Ordering {
        let names = |of: &Self| (plain_name(&of.found.get().value).to_owned(), of.namespace, of.namespace.is_some());
        let places = self.place.zip(other.place).map(|(a, b)| a.against(b));
        places
            .unwrap_or_else(|| self.place.is_some().cmp(&other.place.is_some()))
            .then_with(|| names(self).cmp(&names(other)))
    }

    fn rules_of(&self, direction: Direction) -> Option<&[Rule<'s>]> {
        self.rules.get(direction.index()).and_then(Option::as_deref)
    }

    /// What it may say, beside what it says where that is certain.
    fn settled(
        &self,
        asked: &Asked<'_, 's>,
        selected: Truth<'s>,
    ) -> (Outcomes, Option<Missing<'s>>, Option<PolicyAnswer<'s>>) {
        let (mut possible, mut doubt) = match selected {
            Truth::Unknown(missing) => (Outcomes::NONE, Some(missing)),
            Truth::Yes | Truth::No => (Outcomes::EMPTY, None),
        };
        for (index, rule) in self.rules_of(asked.direction).unwrap_or_default().iter().enumerate() {
            if rule.action == Action::Log {
                continue;
            }
            let matches = rule.matches(&self.world, asked);
            if matches == Truth::No {
                continue;
            }
            possible = possible.or(rule.action.outcome());
            match matches {
                Truth::Unknown(missing) => {
                    doubt = Some(Missing::rather(doubt, missing));
                }
                Truth::Yes | Truth::No => {
                    // Rules before it that may match are of no account where they say the same.
                    let certain = match possible {
                        Outcomes::ALLOW => Some(PolicyAnswer::Admits { rule: index }),
                        Outcomes::DENY => Some(PolicyAnswer::Denies { rule: index }),
                        Outcomes::PASS => Some(PolicyAnswer::Passes { rule: index }),
                        _ => None,
                    };
                    return (possible, doubt, certain);
                }
            }
        }
        possible = possible.or(Outcomes::END);
        (possible, doubt, (possible == Outcomes::END).then_some(PolicyAnswer::DoesNotAdmit))
    }
}

/// To which directions it applies: as it says, or as a server fills in. What is stored without one was not filled in, and
/// the data plane takes it for both. (`api/pkg/defaults`, `felix/calc/policy_sorter.go`)
fn types(object: &Unmodelled, rules: &[Vec<Rule<'_>>; 2]) -> ([bool; 2], [bool; 2]) {
    let types = items(object.spec.get("types"));
    let is = |word: &str| types.iter().filter_map(Value::as_str).any(|of| of.eq_ignore_ascii_case(word));
    if !types.is_empty() {
        return ([is("Ingress"), is("Egress")], [false; 2]);
    }
    let [ingress, egress] = rules;
    let filled = [egress.is_empty() || !ingress.is_empty(), !egress.is_empty()];
    if is_stored(object) { ([true; 2], filled.map(|filled| !filled)) } else { (filled, [false; 2]) }
}

/// Whom it selects. (`updateprocessors/networkpolicyprocessor.go`, `globalnetworkpolicyprocessor.go`)
fn subject(spec: &Value, namespace: Option<&str>) -> Selector {
    let text = |key: &str| spec.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let mut selector = Selector::of(text("selector").unwrap_or_default()).without_global();
    match (namespace, text("namespaceSelector")) {
        (Some(namespace), _) => selector = selector.and(Selector::equals(NAMESPACE, namespace)),
        (None, Some(around)) => {
            let around = Selector::of(around).without_global().of_parents(OF_NAMESPACE, Some(NAMESPACE), None);
            selector = selector.of_parents("", Some(NAMESPACE), None).and(around);
        }
        (None, None) => {}
    }
    if let Some(accounts) = text("serviceAccountSelector") {
        let all = namespace.is_none().then_some(ACCOUNT);
        let accounts = Selector::of(accounts).without_global().of_parents(OF_ACCOUNT, all, None);
        selector = selector.of_parents("", all, None).and(accounts);
    }
    selector
}

impl<'s> Rules<'s> for Calico<'s> {
    fn scope(&self) -> Scope<'s> {
        self.namespace.map_or(Scope::Cluster, |namespace| Scope::Namespace(namespace, &EVERY_POD))
    }

    /// Pods in their node's network are no endpoints of Calico.
    fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        let elsewhere = self.namespace.is_some_and(|namespace| namespace != pod.namespace);
        if pod.host_network || elsewhere || self.rules_of(direction).is_none() {
            return Truth::No;
        }
        let selected = self.world.selects_pod(&self.selector, pod);
        if self.doubtful.get(direction.index()) == Some(&true) {
            return selected.and(Truth::Unknown(Missing::Form));
        }
        selected
    }

    /// The first rule that matches decides; where none does the tier decides, once all of its policies were asked.
    fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
        if selected == Truth::No {
            return PolicyAnswer::NotApplicable;
        }
        let anything = Outcomes::NONE.or(Outcomes::ALLOW).or(Outcomes::DENY).or(Outcomes::PASS).or(Outcomes::END);
        if asked.pod.on_virtual_node {
            return PolicyAnswer::Undecidable { missing: Missing::VirtualNode, possible: anything };
        }
        let (possible, doubt, certain) = self.settled(asked, selected);
        let elsewhere = asked.options.not_calico.map(Missing::OtherPlugin);
        let unread = (!self.has_tier).then_some(Missing::Tier(self.tier));
        match (certain, elsewhere.or(unread)) {
            (Some(certain), None) => certain,
            // It may come to nothing, and how its tier ends is not known either.
            (_, Some(missing)) => {
                let end = if possible.may(Outcomes::END) { Outcomes::DENY } else { Outcomes::EMPTY };
                PolicyAnswer::Undecidable { missing, possible: possible.or(end).or(Outcomes::NONE) }
            }
            (None, None) => PolicyAnswer::Undecidable { missing: doubt.unwrap_or(Missing::Form), possible },
        }
    }

    fn priority(&self) -> Priority {
        Priority { family: 0, number: self.number }
    }

    fn rule_count(&self, direction: Direction) -> Option<usize> {
        self.rules_of(direction).map(<[_]>::len)
    }

    fn restricts(&self, direction: Direction) -> bool {
        self.rules_of(direction).is_some()
    }

    fn spares_own_node(&self) -> bool {
        false
    }

    /// What a node sends to its own pods is never asked about; what they send to it is. (`felix/rules/static.go`)
    fn spares_own_node_in(&self, direction: Direction) -> bool {
        direction == Direction::Ingress
    }

    fn tier_name(&self) -> Option<&str> {
        Some(self.tier)
    }

    fn kind(&self) -> Option<GroupKind> {
        Some(self.found.group_kind())
    }

    fn denies_by_default(&self) -> bool {
        false
    }

    fn ports(&self, direction: Direction, each: &mut dyn FnMut(&PortEntry<'s>)) {
        self.rules_of(direction).unwrap_or_default().iter().for_each(|rule| rule.ports(each));
    }

    fn ranges(&self, direction: Direction, each: &mut dyn FnMut(IpNet)) {
        self.rules_of(direction).unwrap_or_default().iter().for_each(|rule| rule.ranges(&self.world, each));
    }

    fn see(&self, sight: &mut Sight<'s>) {
        let mut see = |key: &str| {
            if key == ACCOUNT || key.starts_with(OF_ACCOUNT) {
                sight.accounts();
            }
            // A label of its own comes before what a pod has from its parents.
            sight.expressed(key);
        };
        self.selector.keys(&mut see);
        self.rules.iter().flatten().flatten().for_each(|rule| rule.keys(&mut see));
    }

    fn reached(&self, phrases: &mut Vec<String>) {
        for rule in self.rules_of(Direction::Egress).unwrap_or_default() {
            let before = match rule.action {
                Action::Allow => "",
                Action::Deny => "not ",
                Action::Pass | Action::Log | Action::Unreadable => continue,
            };
            phrases.push(format!("{before}{}{}", rule.words(Direction::Egress, "anything"), rule.port_words()));
        }
    }

    fn admitted(&self, asked: &Asked<'_, 's>, phrases: &mut Vec<String>) {
        for rule in self.rules_of(asked.direction).unwrap_or_default() {
            let words = rule.words(asked.direction, "anyone");
            match rule.action {
                Action::Allow if rule.by_port(asked) != Truth::No => phrases.push(words),
                Action::Deny if rule.by_port(asked) != Truth::No => phrases.push(format!("nobody of {words}")),
                _ => {}
            }
        }
    }

    fn shows(&self, fact: &str) -> Proof {
        self.found.shows(fact)
    }
}
