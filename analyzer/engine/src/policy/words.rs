//! Whom policies admit, in plain words.

use super::admin;
use super::answer::{Direction, Protocol, Truth};
use super::core::{Asked, Peer, Rule};
use super::ends::{End, PodEnd};
use super::ports::PortEntry;
use super::selectors::NAMESPACE_NAME;
use super::set::{Policies, Rules};
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
        let mut core_only = true;
        for rules in all.iter().filter_map(|(index, _)| self.get(*index)).map(|policy| &policy.rules) {
            match rules {
                Rules::Core(core) => {
                    for rule in core.rules_of(Direction::Egress).unwrap_or_default() {
                        let ports = on_ports(&rule.ports);
                        let peers = if rule.peers.is_empty() {
                            vec!["anything".to_owned()]
                        } else {
                            of_rule(rule, core.namespace)
                        };
                        phrases.extend(peers.into_iter().map(|peer| format!("{peer}{ports}")));
                    }
                }
                Rules::Admin(admin) => {
                    core_only = false;
                    for rule in admin.rules_of(Direction::Egress) {
                        let what = match rule.action {
                            admin::Action::Allow => "",
                            admin::Action::Deny => "not ",
                            admin::Action::Pass | admin::Action::Unreadable => continue,
                        };
                        let ports = on_ports(&rule.ports);
                        phrases.extend(rule.peers.iter().map(|peer| format!("{what}{}{ports}", of_admin_peer(peer))));
                    }
                }
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        phrases.retain(|phrase| seen.insert(phrase.clone()));
        if all.is_empty() || (core_only && phrases.iter().any(|phrase| phrase == "anything")) {
            Outgoing::Anything
        } else if phrases.is_empty() && core_only {
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
            options: &self.options,
        };
        let mut phrases = Vec::new();
        for (index, _) in self.select(pod).of(Direction::Ingress) {
            match self.get(*index).map(|policy| &policy.rules) {
                Some(Rules::Core(core)) => {
                    for rule in core.rules_of(Direction::Ingress).unwrap_or_default() {
                        if rule.ports_match(&asked) != Truth::No {
                            phrases.extend(of_rule(rule, core.namespace));
                        }
                    }
                }
                Some(Rules::Admin(admin)) => {
                    for rule in admin.rules_of(Direction::Ingress) {
                        let what = match rule.action {
                            admin::Action::Allow => "",
                            admin::Action::Deny => "nobody of ",
                            admin::Action::Pass | admin::Action::Unreadable => continue,
                        };
                        phrases.extend(rule.peers.iter().map(|peer| format!("{what}{}", of_admin_peer(peer))));
                    }
                }
                None => {}
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        phrases.retain(|phrase| seen.insert(phrase.clone()));
        phrases
    }
}

fn of_rule(rule: &Rule<'_>, namespace: &str) -> Vec<String> {
    if rule.peers.is_empty() {
        return vec!["anyone".to_owned()];
    }
    rule.peers.iter().map(|peer| of_peer(peer, namespace)).collect()
}

fn on_ports(ports: &[PortEntry<'_>]) -> String {
    if ports.is_empty() {
        return String::new();
    }
    let words: Vec<String> = ports.iter().map(ToString::to_string).collect();
    format!(" on {}", words.join(", "))
}

fn of_peer(peer: &Peer<'_>, own: &str) -> String {
    match peer {
        Peer::Unreadable => "a peer in a form this version does not know".to_owned(),
        Peer::Block(block) => format!("addresses in {block}"),
        Peer::Selected { pods, namespaces } => match namespaces {
            None => format!("{} in namespace {own}", of_pods(pods.copied_or_all())),
            Some(selector) => format!("{} {}", of_pods(pods.copied_or_all()), of_namespaces(selector)),
        },
    }
}

trait OrAll<'s> {
    fn copied_or_all(&self) -> Option<&'s LabelSelector>;
}

impl<'s> OrAll<'s> for Option<&'s LabelSelector> {
    fn copied_or_all(&self) -> Option<&'s LabelSelector> {
        self.filter(|selector| !selector.is_empty())
    }
}

fn of_admin_peer(peer: &admin::Peer) -> String {
    match peer {
        admin::Peer::Namespaces(selector) => format!("pods {}", of_namespaces(selector)),
        admin::Peer::Pods { namespaces, pods } => {
            format!("{} {}", of_pods(Some(pods).copied_or_all()), of_namespaces(namespaces))
        }
        admin::Peer::Nodes(_) => "nodes".to_owned(),
        admin::Peer::Networks(blocks) => {
            let blocks: Vec<String> = blocks.iter().map(ToString::to_string).collect();
            format!("addresses in {}", blocks.join(", "))
        }
        admin::Peer::DomainNames => "named domains".to_owned(),
        admin::Peer::Unreadable => "a peer in a form this version does not know".to_owned(),
    }
}

fn of_pods(selector: Option<&LabelSelector>) -> String {
    selector.map_or_else(|| "pods".to_owned(), |selector| format!("pods with {}", of_selector(selector)))
}

fn of_namespaces(selector: &LabelSelector) -> String {
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
