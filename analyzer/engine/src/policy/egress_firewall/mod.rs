//! k8s.ovn.org/v1 `EgressFirewall` of OVN-Kubernetes, and network.openshift.io/v1 `EgressNetworkPolicy` of OpenShift SDN:
//! where the pods of a namespace may connect outside the cluster.
//! (docs/semantics/network-policy.md#an-egress-firewall-speaks-of-what-lies-outside-the-cluster)

use ipnet::IpNet;
use serde::Deserialize as _;
use serde_json::Value;

use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Protocol, Truth};
use super::cni::Plugins;
use super::ends::{End, PodEnd};
use super::engine::{self, Asked, Compiled, Policy, Rules, Scope, Tier, Unread};
use super::groups::Sight;
use super::network::{Block, on_addresses};
use super::ports::PortEntry;
use super::selectors::{EVERY_POD, on_labels};
use super::words::{of_selector, on_ports};
use kubereach_model::snapshot::model::{Resource as _, Unmodelled};
use kubereach_model::snapshot::{Found, GroupKind, LabelSelector, Proof, Snapshot};

static KINDS: [GroupKind; 2] = [
    GroupKind::known("k8s.ovn.org", "EgressFirewall"),
    GroupKind::known("network.openshift.io", "EgressNetworkPolicy"),
];

/// Reads the kind.
#[derive(Debug)]
pub(super) struct Engine;

impl engine::Engine for Engine {
    fn kinds(&self) -> &'static [GroupKind] {
        &KINDS
    }

    fn compile<'s>(&self, snapshot: &'s Snapshot) -> Vec<Policy<'s>> {
        let mut all: Vec<Policy<'s>> = snapshot.unmodelled.iter().filter_map(policy).collect();
        // Where the newer plugin runs, those of the older one are a leftover.
        let names = Plugins::detect(snapshot).names;
        if names.contains(&"OVN-Kubernetes") && !names.contains(&"OpenShift SDN") {
            all.retain(|policy| policy.object.kind != "EgressNetworkPolicy");
        }
        all
    }

    /// Few clusters have the kind: nothing is missing unless the snapshot shows that it is served.
    fn unread_outbound(&self, snapshot: &Snapshot, namespace: &str) -> Option<Unread> {
        let unread = |kind: &GroupKind| engine::unread(snapshot, kind, Some(namespace));
        KINDS.iter().filter(|kind| engine::is_served(snapshot, kind)).find_map(unread)
    }
}

/// An egress firewall, ready to be asked.
#[derive(Debug)]
pub(super) struct Firewall<'s> {
    found: Found<'s, Unmodelled>,
    namespace: &'s str,
    rules: Vec<Rule<'s>>,
}

#[derive(Debug)]
struct Rule<'s> {
    /// `None` for a word this version does not know.
    allows: Option<bool>,
    to: Destination,
    /// Empty: every port.
    ports: Vec<PortEntry<'s>>,
}

#[derive(Debug)]
enum Destination {
    Addresses(Block),
    Nodes(LabelSelector),
    DomainName(String),
    /// Not exactly one field that is known.
    Unreadable,
}

/// The one of its namespace; that of OVN-Kubernetes has to be named `default`.
fn policy(found: Found<'_, Unmodelled>) -> Option<Policy<'_>> {
    let stored = found.get();
    let kind = stored.value.group_kind.as_ref().filter(|kind| KINDS.contains(kind))?;
    if kind.kind == "EgressFirewall" && stored.metadata.name != "default" {
        return None;
    }
    let rules = items(stored.value.spec.get("egress")).iter().map(rule).collect();
    let firewall = Firewall { found, namespace: &stored.metadata.namespace, rules };
    Some(Policy {
        object: stored.object_ref(),
        origin: stored.origin,
        tier: Tier::Perimeter,
        rules: Compiled::Firewall(firewall),
    })
}

fn items(of: Option<&Value>) -> &[Value] {
    of.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn rule(value: &Value) -> Rule<'_> {
    Rule {
        allows: match value.get("type").and_then(Value::as_str) {
            Some("Allow") => Some(true),
            Some("Deny") => Some(false),
            _ => None,
        },
        to: destination(value.get("to")).unwrap_or(Destination::Unreadable),
        ports: items(value.get("ports")).iter().map(port).collect(),
    }
}

fn destination(value: Option<&Value>) -> Option<Destination> {
    let mut fields = value?.as_object()?.iter().filter(|(_, value)| !value.is_null());
    match (fields.next()?, fields.next()) {
        ((key, cidr), None) if key == "cidrSelector" => Some(Destination::Addresses(Block::of_cidr(cidr.as_str()?))),
        ((key, name), None) if key == "dnsName" => Some(Destination::DomainName(name.as_str()?.to_owned())),
        ((key, selector), None) if key == "nodeSelector" => {
            LabelSelector::deserialize(selector).ok().map(Destination::Nodes)
        }
        _ => None,
    }
}

/// A protocol and, perhaps, one port of it.
fn port(value: &Value) -> PortEntry<'_> {
    let protocol = value.get("protocol").and_then(Value::as_str).and_then(Protocol::of);
    let number = match value.get("port") {
        None | Some(Value::Null) => Some(None),
        Some(port) => port.as_u64().and_then(|port| u16::try_from(port).ok()).map(|port| Some((port, port))),
    };
    match (protocol, number) {
        (Some(protocol), Some(range)) => PortEntry::range(protocol, range),
        _ => PortEntry::unreadable(),
    }
}

impl<'s> Rules<'s> for Firewall<'s> {
    fn scope(&self) -> Scope<'s> {
        Scope::Namespace(self.namespace, &EVERY_POD)
    }

    /// Pods in their node's network are not in the cluster's.
    fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        Truth::of(direction == Direction::Egress && pod.namespace == self.namespace && !pod.host_network)
    }

    /// The first rule that matches decides. One that allows does not open what other policies close.
    fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
        if selected == Truth::No || is_inside(asked.other) {
            return PolicyAnswer::NotApplicable;
        }
        let mut possible = Outcomes::EMPTY;
        let mut doubt = None;
        for (index, rule) in self.rules.iter().enumerate() {
            match (rule.matches(asked), doubt, rule.allows) {
                (Truth::No, ..) => {}
                (Truth::Yes, None, Some(true)) => return PolicyAnswer::Passes { rule: index },
                (Truth::Yes, None, Some(false)) => return PolicyAnswer::Denies { rule: index },
                (Truth::Yes, missing, _) => {
                    // The rules before it that may match are of no account where they say the same.
                    return match possible.or(rule.outcomes()) {
                        Outcomes::PASS => PolicyAnswer::Passes { rule: index },
                        Outcomes::DENY => PolicyAnswer::Denies { rule: index },
                        possible => PolicyAnswer::Undecidable { missing: missing.unwrap_or(Missing::Form), possible },
                    };
                }
                (Truth::Unknown(missing), ..) => {
                    possible = possible.or(rule.outcomes());
                    doubt = doubt.or(Some(missing));
                }
            }
        }
        match doubt {
            None => PolicyAnswer::NotApplicable,
            // Rules that may or may not match and would all allow leave nothing open.
            Some(_) if !possible.may(Outcomes::DENY) => PolicyAnswer::NotApplicable,
            Some(missing) => PolicyAnswer::Undecidable { missing, possible: possible.or(Outcomes::NONE) },
        }
    }

    fn rule_count(&self, direction: Direction) -> Option<usize> {
        (direction == Direction::Egress).then_some(self.rules.len())
    }

    fn restricts(&self, direction: Direction) -> bool {
        direction == Direction::Egress && self.rules.iter().any(|rule| rule.allows != Some(true))
    }

    fn spares_own_node(&self) -> bool {
        false
    }

    fn denies_by_default(&self) -> bool {
        false
    }

    fn ports(&self, direction: Direction, each: &mut dyn FnMut(&PortEntry<'s>)) {
        if direction == Direction::Egress {
            self.rules.iter().flat_map(|rule| &rule.ports).for_each(each);
        }
    }

    fn ranges(&self, direction: Direction, each: &mut dyn FnMut(IpNet)) {
        for rule in self.rules.iter().filter(|_| direction == Direction::Egress) {
            if let Destination::Addresses(block) = &rule.to {
                block.ranges().for_each(&mut *each);
            }
        }
    }

    /// It looks at no label of a pod.
    fn see(&self, _sight: &mut Sight<'s>) {}

    fn reached(&self, phrases: &mut Vec<String>) {
        for rule in &self.rules {
            let before = match rule.allows {
                Some(true) => "",
                Some(false) => "not ",
                None => continue,
            };
            phrases.push(format!("{before}{}{}", rule.to.words(), on_ports(&rule.ports)));
        }
    }

    /// It says nothing about who connects to the pods.
    fn admitted(&self, _asked: &Asked<'_, 's>, _phrases: &mut Vec<String>) {}

    fn shows(&self, fact: &str) -> Proof {
        self.found.shows(fact)
    }
}

/// Is it a pod of the cluster's network? What goes there is never checked.
const fn is_inside(end: &End<'_>) -> bool {
    match end {
        End::Pod(pod) => !pod.host_network,
        End::UnnamedPod | End::Service(_) => true,
        End::Node(_) | End::Address(_) | End::Outside | End::Unclear(_) | End::OwnProxy | End::Anyone => false,
    }
}

impl Rule<'_> {
    const fn outcomes(&self) -> Outcomes {
        match self.allows {
            Some(true) => Outcomes::PASS,
            Some(false) => Outcomes::DENY,
            None => Outcomes::PASS.or(Outcomes::DENY),
        }
    }
}

impl<'s> Rule<'s> {
    fn matches(&self, asked: &Asked<'_, 's>) -> Truth<'s> {
        let port = |entry: &PortEntry<'s>| entry.matches(asked.to, asked.protocol, asked.port, asked.options);
        let ports = if self.ports.is_empty() { Truth::Yes } else { Truth::any(self.ports.iter().map(port)) };
        if ports == Truth::No { Truth::No } else { ports.and(self.to.matches(asked.other)) }
    }
}

impl Destination {
    fn matches<'s>(&self, other: &End<'s>) -> Truth<'s> {
        match (self, other) {
            (Self::Unreadable, _) => Truth::Unknown(Missing::Form),
            (Self::DomainName(_), _) => Truth::Unknown(Missing::DomainNames),
            (_, End::Anyone | End::OwnProxy) => Truth::Unknown(Missing::Caller),
            (Self::Addresses(block), End::Node(node)) => on_addresses(block, &node.addresses),
            (Self::Addresses(block), End::Pod(pod)) => on_addresses(block, &pod.addresses),
            (Self::Addresses(block), End::Address(address)) => block.contains(*address),
            // It may be a pod, to which nothing is denied.
            (Self::Addresses(block), End::Unclear(address)) => match block.contains(*address) {
                Truth::Yes => Truth::Unknown(Missing::UnnamedPod),
                other => other,
            },
            (Self::Addresses(block), _) if block.is_everything() => Truth::Yes,
            (Self::Addresses(_), _) => Truth::Unknown(Missing::OutsideAddress),
            (Self::Nodes(selector), End::Node(node)) => on_labels(selector, node.labels),
            (Self::Nodes(selector), End::Pod(pod)) => match (pod.node_labels, pod.node) {
                (Some(labels), _) => on_labels(selector, labels),
                (None, Some(node)) => Truth::Unknown(Missing::NodeLabels(node)),
                (None, None) => Truth::Unknown(Missing::HostNetwork),
            },
            (Self::Nodes(_), End::Unclear(_)) => Truth::Unknown(Missing::UnnamedPod),
            (Self::Nodes(_), _) => Truth::No,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Addresses(block) => format!("addresses outside the cluster in {block}"),
            Self::Nodes(selector) if selector.is_empty() => "nodes".to_owned(),
            Self::Nodes(selector) => format!("nodes with {}", of_selector(selector)),
            Self::DomainName(name) => name.clone(),
            Self::Unreadable => "a destination in a form this version does not know".to_owned(),
        }
    }
}
