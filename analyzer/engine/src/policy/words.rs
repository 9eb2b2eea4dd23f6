//! Whom policies admit, in plain words.

use super::answer::{Direction, Protocol, Truth};
use super::ends::{End, PodEnd};
use super::engine::Asked;
use super::ports::PortEntry;
use super::selectors::NAMESPACE_NAME;
use super::set::Policies;
use kubereach_model::snapshot::LabelSelector;

/// Whom a pod may reach, as far as its own egress policies say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outgoing {
    /// Anybody: nothing isolates it.
    Anything,
    /// Only those whom the phrases name.
    Only(Vec<String>),
    /// Nobody: policies without rules isolate it.
    Nothing,
    /// Cannot be told: the pod is in its node's network, or a policy may or may not select it.
    Unclear,
}

impl<'s> Policies<'s> {
    /// Whom the policies that select a pod let it reach.
    pub fn outgoing(&self, pod: &PodEnd<'s>) -> Outgoing {
        let selection = self.select(pod);
        let all = selection.of(Direction::Egress);
        if pod.host_network || all.iter().any(|(_, selected)| *selected != Truth::Yes) {
            return Outgoing::Unclear;
        }
        let mut phrases = Vec::new();
        let mut isolating_only = true;
        for policy in all.iter().filter_map(|(index, _)| self.get(*index)) {
            isolating_only &= policy.rules.denies_by_default();
            policy.rules.reached(&mut phrases);
        }
        let mut seen = std::collections::BTreeSet::new();
        phrases.retain(|phrase| seen.insert(phrase.clone()));
        if all.is_empty() || (isolating_only && phrases.iter().any(|phrase| phrase == "anything")) {
            Outgoing::Anything
        } else if phrases.is_empty() && isolating_only {
            Outgoing::Nothing
        } else if phrases.is_empty() {
            Outgoing::Unclear
        } else {
            Outgoing::Only(phrases)
        }
    }

    /// Whom the policies that select a pod admit to one of its ports: a phrase per peer, in the order of
    /// the policies, each once.
    pub fn admitted(&self, pod: &PodEnd<'s>, protocol: Protocol, port: Option<u16>) -> Vec<String> {
        let to = End::Pod(pod.clone());
        let asked = Asked {
            direction: Direction::Ingress,
            pod,
            other: &End::Anyone,
            to: &to,
            protocol,
            port,
            request: None,
            options: &self.options,
        };
        let mut phrases = Vec::new();
        for policy in self.select(pod).of(Direction::Ingress).iter().filter_map(|(index, _)| self.get(*index)) {
            policy.rules.admitted(&asked, &mut phrases);
        }
        let mut seen = std::collections::BTreeSet::new();
        phrases.retain(|phrase| seen.insert(phrase.clone()));
        phrases
    }
}

/// ` on TCP 80, UDP 53`; nothing where every port is meant.
pub(super) fn on_ports(ports: &[PortEntry<'_>]) -> String {
    if ports.is_empty() {
        return String::new();
    }
    let words: Vec<String> = ports.iter().map(ToString::to_string).collect();
    format!(" on {}", words.join(", "))
}

/// `pods with app=web`.
pub(super) fn of_pods(selector: Option<&LabelSelector>) -> String {
    match selector.filter(|selector| !selector.is_empty()) {
        None => "pods".to_owned(),
        Some(selector) => format!("pods with {}", of_selector(selector)),
    }
}

/// `of namespace shop`.
pub(super) fn of_namespaces(selector: &LabelSelector) -> String {
    if selector.is_empty() {
        return "of every namespace".to_owned();
    }
    match (selector.match_labels.get(NAMESPACE_NAME), selector.match_labels.len(), selector.match_expressions.len()) {
        (Some(name), 1, 0) => format!("of namespace {name}"),
        _ => format!("of namespaces with {}", of_selector(selector)),
    }
}

/// `app=web, tier in (a, b)`.
pub(super) fn of_selector(selector: &LabelSelector) -> String {
    let pairs = selector.match_labels.iter().map(|(key, value)| format!("{key}={value}"));
    let expressions = selector.match_expressions.iter().map(|r| match r.operator.as_str() {
        "Exists" => r.key.clone(),
        "DoesNotExist" => format!("no {}", r.key),
        operator => {
            let word = if operator == "NotIn" { "not in" } else { "in" };
            format!("{} {word} ({})", r.key, r.values.join(", "))
        }
    });
    pairs.chain(expressions).collect::<Vec<_>>().join(", ")
}
