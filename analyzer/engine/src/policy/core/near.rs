//! Rules of a `NetworkPolicy` that nearly admit a connection. They are meant for it and miss by the port that policies
//! see, by a namespace that is not named, or by an address that is translated on the way.

use super::super::answer::Truth;
use super::super::ends::{End, PodEnd, ServiceEnd};
use super::super::engine::Asked;
use super::super::network::on_addresses;
use super::super::ports::PortEntry;
use super::super::selectors::{on_labels, on_namespace};
use super::{Peer, Rule};
use kubereach_model::snapshot::LabelSelector;

/// What keeps the rule from admitting it, where it is one thing.
pub(super) fn of<'s>(
    rule: &Rule<'s>,
    namespace: &'s str,
    asked: &Asked<'_, 's>,
    service: Option<&ServiceEnd<'s>>,
    each: &mut dyn FnMut(String),
) {
    let peers = match rule.peers.as_slice() {
        [] => Truth::Yes,
        peers => Truth::any(peers.iter().map(|peer| peer.matches(namespace, asked))),
    };
    let of_service = service.and_then(|service| service.port).filter(|own| Some(*own) != asked.port);
    match (rule.ports_match(asked), peers) {
        (Truth::No, Truth::Yes) => {
            if let Some(text) = rule.ports.iter().find_map(|entry| port(entry, asked, of_service)) {
                each(text);
            }
        }
        (ports, Truth::No) => {
            let by_service = of_service.map(|port| rule.ports_match(&Asked { port: Some(port), ..*asked }));
            for peer in &rule.peers {
                let text = match peer {
                    Peer::Selected { pods, namespaces } if ports == Truth::Yes => {
                        of_peer(*pods, *namespaces, namespace, asked.other)
                    }
                    Peer::Block(block) if ports == Truth::Yes || by_service == Some(Truth::Yes) => service
                        .filter(|service| {
                            !block.is_everything() && on_addresses(block, &service.addresses) == Truth::Yes
                        })
                        .and_then(|service| translated(service, asked)),
                    _ => None,
                };
                if let Some(text) = text {
                    each(text);
                }
            }
        }
        _ => {}
    }
}

/// The entry that was meant for this port.
fn port(entry: &PortEntry<'_>, asked: &Asked<'_, '_>, of_service: Option<u16>) -> Option<String> {
    let own = asked.port?;
    let protocol = asked.protocol;
    let (of, from, to) = entry.interval()?;
    if of != protocol && (from..=to).contains(&own) {
        return Some(format!(
            "allows port {own} by {of} and not by {protocol} (an entry without a protocol means TCP): add {{port: {own}, \
             protocol: {protocol}}}"
        ));
    }
    let number = of_service.filter(|number| of == protocol && (from, to) == (*number, *number))?;
    Some(format!(
        "allows {protocol} {number}, the Service's port; what is behind it listens on {own}, which is the port that \
         policies see: add {{port: {own}, protocol: {protocol}}}"
    ))
}

fn of_peer(
    pods: Option<&LabelSelector>,
    namespaces: Option<&LabelSelector>,
    own: &str,
    other: &End<'_>,
) -> Option<String> {
    let End::Pod(pod) = other else { return None };
    let fits = pods.map_or(Truth::Yes, |selector| on_labels(selector, pod.labels));
    let Some(selector) = namespaces else {
        return (fits == Truth::Yes && pod.namespace != own).then(|| {
            format!(
                "has a podSelector without a namespaceSelector, which means pods of namespace {own}; these are in \
                 {theirs}: add a namespaceSelector for {theirs} beside it",
                theirs = pod.namespace
            )
        });
    };
    let namespace = on_namespace(selector, pod.namespace, pod.namespace_labels);
    let chosen = pods.filter(|pods| !pods.is_empty());
    match (namespace, fits, chosen) {
        (Truth::No, Truth::Yes, Some(_)) => Some(format!(
            "selects pods like these in other namespaces: its namespaceSelector does not match namespace {}",
            pod.namespace
        )),
        (Truth::Yes, Truth::No, Some(chosen)) if !selector.is_empty() => other_value(chosen, pod),
        _ => None,
    }
}

/// A label that the selector asks for and the pod has with another value.
fn other_value(selector: &LabelSelector, pod: &PodEnd<'_>) -> Option<String> {
    selector.match_labels.iter().find_map(|(key, wanted)| {
        let has = pod.labels.get(key).filter(|has| *has != wanted)?;
        Some(format!("asks for pods with {key}={wanted} in namespace {}; these have {key}={has}", pod.namespace))
    })
}

/// The rule names the address of the Service, which nobody sees after it was translated.
fn translated(service: &ServiceEnd<'_>, asked: &Asked<'_, '_>) -> Option<String> {
    let address = service.addresses.first()?;
    let addresses = match asked.other {
        End::Pod(pod) => pod.addresses.clone(),
        End::Node(node) => node.addresses.clone(),
        End::Address(address) | End::Unclear(address) => vec![*address],
        _ => return None,
    };
    let port = asked.port?;
    let real = addresses.first()?;
    Some(format!(
        "names {address}, the address of the Service; policies see where it leads, {real} port {port}: name that"
    ))
}
