//! A rule of a `NetworkPolicy` before the address of a Service is translated, as the Amazon VPC CNI asks it.
//! (docs/semantics/network-policy.md#the-amazon-vpc-cni-looks-before-the-cluster-address-is-translated)

use super::super::answer::{Missing, Truth};
use super::super::ends::{End, ServiceEnd};
use super::super::engine::Asked;
use super::super::network::on_addresses;
use super::super::selectors::{on_labels, on_namespace};
use super::{Peer, Rule};

/// Before the address of a Service is translated: a selector means Services that select by such labels and the
/// port of their pods, anything else the address and port of the Service itself.
pub(super) fn matches<'s>(rule: &Rule<'s>, own: &'s str, service: &ServiceEnd<'s>, asked: &Asked<'_, 's>) -> Truth<'s> {
    let of_pods = rule.ports_match(asked);
    let by_address = Asked { to: &End::Outside, port: service.port, ..*asked };
    let of_service = rule.ports_match(&by_address);
    if rule.peers.is_empty() {
        return of_service;
    }
    Truth::any(rule.peers.iter().map(|peer| match peer {
        Peer::Unreadable => Truth::Unknown(Missing::Form),
        Peer::Block(block) => of_service.and(on_addresses(block, &service.addresses)),
        Peer::Selected { pods, namespaces } => {
            let namespace = match namespaces {
                None => Truth::of(service.namespace == own),
                Some(selector) => on_namespace(selector, service.namespace, service.namespace_labels),
            };
            let pods = pods.map_or(Truth::Yes, |selector| on_labels(selector, service.selector));
            of_pods.and(namespace).and(pods)
        }
    }))
}
