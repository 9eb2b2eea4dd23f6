//! Policies of Antrea from their spec, with the groups that they name in place.
//! (crd.antrea.io/v1beta1: `pkg/apis/crd/v1beta1/types.go`)

use serde::Deserialize as _;
use serde_json::Value;

use super::super::action::Action;
use super::Rule;
use super::peer::{Namespaces, Peer};
use crate::policy::answer::Protocol;
use crate::policy::network::Block;
use crate::policy::ports::PortEntry;
use kubereach_model::snapshot::model::{IpBlock, Resource as _, Unmodelled};
use kubereach_model::snapshot::{Found, LabelSelector, Snapshot};

pub(super) const GROUP: &str = "crd.antrea.io";

/// A group may have children, and these none. (Antrea documentation, "ClusterGroup")
const DEEPEST: usize = 2;

/// Reads one policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'s> {
    pub(super) snapshot: &'s Snapshot,
    /// That of the policy; none for a policy of the cluster.
    pub(super) namespace: Option<&'s str>,
}

fn items(of: Option<&Value>) -> &[Value] {
    of.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The fields of an object that have a value.
fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let object = value.as_object();
    object.into_iter().flatten().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.as_str(), value))
}

fn selector(value: &Value) -> Option<LabelSelector> {
    LabelSelector::deserialize(value).ok()
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty())
}

impl<'s> Reader<'s> {
    /// Whom a list of `appliedTo`, `from` or `to` means.
    pub(super) fn peers(&self, value: Option<&'s Value>) -> Vec<Peer<'s>> {
        let listed = items(value);
        let peers: Vec<Peer<'s>> = listed.iter().flat_map(|value| self.peer(value, 0)).collect();
        // Without a list everybody is meant; groups without members are nobody.
        if peers.is_empty() && !listed.is_empty() { vec![Peer::Nobody] } else { peers }
    }

    fn peer(&self, value: &'s Value, depth: usize) -> Vec<Peer<'s>> {
        let (mut pods, mut namespaces, mut one) = (None, None, None);
        for (key, value) in fields(value) {
            let named = || text(value.get("name")).zip(text(value.get("namespace")));
            match key {
                "podSelector" => match selector(value) {
                    Some(selector) => pods = Some(selector),
                    None => return vec![Peer::Unreadable],
                },
                "namespaceSelector" => match selector(value) {
                    Some(selector) => namespaces = Some(Namespaces::Selected(selector)),
                    None => return vec![Peer::Unreadable],
                },
                "namespaces" => match namespaces_of(value) {
                    Some(which) => namespaces = Some(which),
                    None => return vec![Peer::Unreadable],
                },
                "scope" if value.as_str() == Some("Cluster") => {}
                "ipBlock" => one = Some(vec![block(value)]),
                "group" => one = Some(self.group(value.as_str().unwrap_or_default(), depth)),
                "serviceAccount" => {
                    one = Some(vec![
                        named().map_or(Peer::Unreadable, |(name, namespace)| Peer::Account { namespace, name }),
                    ]);
                }
                "nodeSelector" => one = Some(vec![selector(value).map_or(Peer::Unreadable, Peer::Nodes)]),
                "fqdn" => one = Some(vec![Peer::DomainName]),
                "service" => {
                    one = Some(vec![
                        named().map_or(Peer::Unreadable, |(name, namespace)| Peer::NodePort { namespace, name }),
                    ]);
                }
                _ => return vec![Peer::Unreadable],
            }
        }
        match (pods, namespaces, one) {
            (None, None, Some(peers)) => peers,
            (None, None, None) | (_, _, Some(_)) => vec![Peer::Unreadable],
            (pods, namespaces, None) => {
                // Without one a policy of a namespace means its own, one of the cluster every one.
                let own = || self.namespace.map_or(Namespaces::Every, Namespaces::Named);
                vec![Peer::Pods { pods, namespaces: namespaces.unwrap_or_else(own) }]
            }
        }
    }

    /// The members of a `ClusterGroup`, or of a `Group` of the policy's namespace.
    fn group(&self, name: &'s str, depth: usize) -> Vec<Peer<'s>> {
        let kind = if self.namespace.is_some() { "Group" } else { "ClusterGroup" };
        let of_kind = |found: &Found<'s, Unmodelled>| {
            let kind_of = found.group_kind();
            kind_of.group == GROUP && kind_of.kind == kind
        };
        let found = self.snapshot.unmodelled.named(self.namespace.unwrap_or_default(), name).find(of_kind);
        let Some(found) = found.filter(|_| depth < DEEPEST) else { return vec![Peer::Unread(name)] };
        let spec = &found.get().value.spec;
        let mut peers = Vec::new();
        for (key, value) in fields(spec) {
            match key {
                "ipBlock" => peers.push(block(value)),
                "ipBlocks" => peers.extend(items(Some(value)).iter().map(block)),
                "childGroups" => {
                    let names = items(Some(value)).iter().filter_map(Value::as_str);
                    peers.extend(names.flat_map(|name| self.group(name, depth + 1)));
                }
                "podSelector" | "namespaceSelector" => {}
                // A Service stands for the pods that it selects; machines outside of the cluster have no pods.
                _ => peers.push(Peer::Unread(name)),
            }
        }
        let part = |key: &str| spec.get(key).filter(|value| !value.is_null());
        match (part("podSelector").map(selector), part("namespaceSelector").map(selector)) {
            (None, None) => {}
            (Some(None), _) | (_, Some(None)) => peers.push(Peer::Unreadable),
            (pods, namespaces) => {
                let own = || self.namespace.map_or(Namespaces::Every, Namespaces::Named);
                let namespaces = namespaces.flatten().map_or_else(own, Namespaces::Selected);
                peers.push(Peer::Pods { pods: pods.flatten(), namespaces });
            }
        }
        peers
    }

    /// The rules of a direction.
    pub(super) fn rules(&self, spec: &'s Value, direction: &str, peers: &str) -> Vec<Rule<'s>> {
        items(spec.get(direction)).iter().map(|value| self.rule(value, peers)).collect()
    }

    fn rule(&self, value: &'s Value, peers: &str) -> Rule<'s> {
        let mut rule = Rule {
            name: text(value.get("name")).unwrap_or_default(),
            action: match value.get("action").and_then(Value::as_str) {
                Some("Allow") => Action::Allow,
                Some("Drop" | "Reject") => Action::Deny,
                Some("Pass") => Action::Pass,
                _ => Action::Unreadable,
            },
            applied_to: value.get("appliedTo").filter(|value| !value.is_null()).map(|to| self.peers(Some(to))),
            peers: self.peers(value.get(peers)),
            ports: items(value.get("ports")).iter().map(port).collect(),
            names_source_ports: false,
            is_other_protocol: !items(value.get("protocols")).is_empty(),
            to_services: !items(value.get("toServices")).is_empty(),
            is_http: !items(value.get("l7Protocols")).is_empty(),
            is_unreadable: false,
        };
        let known = [
            "action",
            "appliedTo",
            "enableLogging",
            "from",
            "l7Protocols",
            "logLabel",
            "name",
            "ports",
            "protocols",
            "to",
            "toServices",
        ];
        rule.is_unreadable = fields(value).any(|(key, _)| !known.contains(&key));
        rule.names_source_ports = items(value.get("ports"))
            .iter()
            .any(|port| fields(port).any(|(key, _)| matches!(key, "sourcePort" | "sourceEndPort")));
        rule
    }
}

fn namespaces_of(value: &Value) -> Option<Namespaces<'_>> {
    let mut set = fields(value);
    match (set.next()?, set.next()) {
        (("match", which), None) if which.as_str() == Some("Self") => Some(Namespaces::Same),
        (("sameLabels", keys), None) => {
            Some(Namespaces::SameLabels(items(Some(keys)).iter().filter_map(Value::as_str).collect()))
        }
        _ => None,
    }
}

fn block(value: &Value) -> Peer<'_> {
    IpBlock::deserialize(value).map_or(Peer::Unreadable, |block| Peer::Addresses(Block::of(&block)))
}

fn port(value: &Value) -> PortEntry<'_> {
    let protocol = Protocol::of(text(value.get("protocol")).unwrap_or("TCP"));
    let number = |key: &str| value.get(key).and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
    let Some(protocol) = protocol else { return PortEntry::unreadable() };
    match (value.get("port").filter(|port| !port.is_null()), number("port"), number("endPort")) {
        (None, ..) => PortEntry::range(protocol, None),
        (_, Some(from), to) => PortEntry::range(protocol, Some((from, to.unwrap_or(from)))),
        (Some(name), None, _) => {
            name.as_str().map_or(PortEntry::unreadable(), |name| PortEntry::named_of(protocol, name))
        }
    }
}
