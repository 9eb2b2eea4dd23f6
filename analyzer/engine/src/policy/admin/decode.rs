//! Reads the three kinds from their spec. Strict where leniency would lie: a peer with a field this
//! version does not know must not read as *everyone*.

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::super::action::Action;
use super::{Admin, Api, KINDS, Peer, PolicySubject, Rule};
use crate::policy::answer::Protocol;
use crate::policy::engine::{Compiled, Policy, Tier};
use crate::policy::network::Block;
use crate::policy::ports::PortEntry;
use kubereach_model::snapshot::model::{Resource as _, Unmodelled};
use kubereach_model::snapshot::{Found, LabelSelector};

/// From a policy of the three kinds; `None` for any other.
pub(super) fn policy(found: Found<'_, Unmodelled>) -> Option<Policy<'_>> {
    let stored = found.get();
    let kind = stored.value.group_kind.as_ref().filter(|kind| KINDS.contains(kind))?;
    let spec = &stored.value.spec;
    let text = |key: &str| spec.get(key).and_then(Value::as_str);
    let (tier, api) = match kind.kind.as_ref() {
        "AdminNetworkPolicy" => (Tier::Admin, Api::V1Alpha1),
        "BaselineAdminNetworkPolicy" => (Tier::Baseline, Api::V1Alpha1),
        "ClusterNetworkPolicy" if text("tier") == Some("Baseline") => (Tier::Baseline, Api::Cluster),
        "ClusterNetworkPolicy" => (Tier::Admin, Api::Cluster),
        _ => return None,
    };
    let priority = match kind.kind.as_ref() {
        // There is one, named `default`.
        "BaselineAdminNetworkPolicy" => Some(0),
        _ => spec.get("priority").and_then(Value::as_i64),
    };
    let mut object = stored.object_ref();
    object.namespace = None;
    let rules = Compiled::Admin(Admin {
        found,
        api,
        priority,
        subject: subject(spec.get("subject")),
        rules: [rules(spec, "ingress", "from"), rules(spec, "egress", "to")],
    });
    Some(Policy { object, origin: stored.origin, tier, rules })
}

fn items(of: Option<&Value>) -> &[Value] {
    of.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The one field of an object that must have exactly one.
fn only(of: Option<&Value>) -> Option<(&str, &Value)> {
    let object: &Map<String, Value> = of?.as_object()?;
    let mut set = object.iter().filter(|(_, value)| !value.is_null());
    match (set.next(), set.next()) {
        (Some((key, value)), None) => Some((key.as_str(), value)),
        _ => None,
    }
}

/// A label selector and nothing else.
fn selector(value: &Value) -> Option<LabelSelector> {
    let object = value.as_object()?;
    if object.keys().any(|key| key != "matchLabels" && key != "matchExpressions") {
        return None;
    }
    LabelSelector::deserialize(value).ok()
}

fn namespaced_pods(value: &Value) -> Option<(LabelSelector, LabelSelector)> {
    let object = value.as_object()?;
    if object.keys().any(|key| key != "namespaceSelector" && key != "podSelector") {
        return None;
    }
    let part = |key: &str| object.get(key).map_or_else(|| Some(LabelSelector::default()), selector);
    Some((part("namespaceSelector")?, part("podSelector")?))
}

fn subject(value: Option<&Value>) -> PolicySubject {
    match only(value) {
        Some(("namespaces", value)) => selector(value).map_or(PolicySubject::Unreadable, PolicySubject::Namespaces),
        Some(("pods", value)) => namespaced_pods(value)
            .map_or(PolicySubject::Unreadable, |(namespaces, pods)| PolicySubject::Pods { namespaces, pods }),
        _ => PolicySubject::Unreadable,
    }
}

fn rules<'s>(spec: &'s Value, direction: &str, peers: &str) -> Vec<Rule<'s>> {
    let mut rules: Vec<Rule<'s>> = items(spec.get(direction))
        .iter()
        .map(|rule| {
            let mut entries: Vec<PortEntry<'s>> = items(rule.get("ports")).iter().map(port).collect();
            entries.extend(items(rule.get("protocols")).iter().map(protocol));
            Rule {
                name: rule.get("name").and_then(Value::as_str).unwrap_or_default(),
                action: match rule.get("action").and_then(Value::as_str) {
                    Some("Allow" | "Accept") => Action::Allow,
                    Some("Deny") => Action::Deny,
                    Some("Pass") => Action::Pass,
                    _ => Action::Unreadable,
                },
                peers: items(rule.get(peers)).iter().map(peer).collect(),
                ports: entries,
                shadowed: false,
            }
        })
        .collect();
    for index in 1..rules.len() {
        let (earlier, rest) = rules.split_at_mut(index);
        if let Some(rule) = rest.first_mut() {
            let covers = |e: &Rule<'s>| e.peers == rule.peers && (e.ports.is_empty() || e.ports == rule.ports);
            rule.shadowed = earlier.iter().any(covers);
        }
    }
    rules
}

fn peer(value: &Value) -> Peer {
    match only(Some(value)) {
        Some(("namespaces", value)) => selector(value).map_or(Peer::Unreadable, Peer::Namespaces),
        Some(("pods", value)) => {
            namespaced_pods(value).map_or(Peer::Unreadable, |(namespaces, pods)| Peer::Pods { namespaces, pods })
        }
        Some(("nodes", value)) => selector(value).map_or(Peer::Unreadable, Peer::Nodes),
        Some(("networks", value)) => Peer::Networks(
            items(Some(value)).iter().map(|cidr| Block::of_cidr(cidr.as_str().unwrap_or_default())).collect(),
        ),
        Some(("domainNames", _)) => Peer::DomainNames,
        _ => Peer::Unreadable,
    }
}

fn number(value: Option<&Value>) -> Option<u16> {
    value?.as_u64().and_then(|n| u16::try_from(n).ok())
}

/// v1alpha1: `portNumber`, `portRange` or `namedPort`.
fn port(value: &Value) -> PortEntry<'_> {
    let protocol = |value: &Value| Protocol::of(value.get("protocol").and_then(Value::as_str).unwrap_or("TCP"));
    let entry = match only(Some(value)) {
        Some(("portNumber", value)) => {
            protocol(value).zip(number(value.get("port"))).map(|(p, n)| PortEntry::range(p, Some((n, n))))
        }
        Some(("portRange", value)) => {
            let range = number(value.get("start")).zip(number(value.get("end")));
            protocol(value).zip(range).map(|(p, range)| PortEntry::range(p, Some(range)))
        }
        Some(("namedPort", value)) => value.as_str().map(PortEntry::named),
        _ => None,
    };
    entry.unwrap_or(PortEntry::unreadable())
}

/// v1alpha2: `tcp`, `udp`, `sctp`, each with an optional `destinationPort`, or `destinationNamedPort`.
fn protocol(value: &Value) -> PortEntry<'_> {
    let Some((key, value)) = only(Some(value)) else { return PortEntry::unreadable() };
    if key == "destinationNamedPort" {
        return value.as_str().map_or(PortEntry::unreadable(), PortEntry::named);
    }
    let Some(protocol) = Protocol::of(key) else { return PortEntry::unreadable() };
    let Some(object) = value.as_object() else { return PortEntry::unreadable() };
    if object.is_empty() {
        return PortEntry::range(protocol, None);
    }
    let range = match only(Some(value)) {
        Some(("destinationPort", port)) => match only(Some(port)) {
            Some(("number", n)) => number(Some(n)).map(|n| (n, n)),
            Some(("range", range)) => number(range.get("start")).zip(number(range.get("end"))),
            _ => None,
        },
        _ => None,
    };
    range.map_or(PortEntry::unreadable(), |range| PortEntry::range(protocol, Some(range)))
}
