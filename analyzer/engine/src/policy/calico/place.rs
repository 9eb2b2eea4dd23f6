//! One end of a connection as rules of Calico see it: an address, and what is known to have it.

use std::net::IpAddr;

use super::world::{Chosen, Endpoints, World};
use crate::policy::answer::{Missing, Protocol, Truth};
use crate::policy::ends::{End, PodEnd};
use crate::policy::network::{Block, on_addresses};

/// Who is there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a, 's> {
    Pod(&'a PodEnd<'s>),
    /// A process in its node's network.
    Host {
        node: Option<&'a str>,
        addresses: &'a [IpAddr],
    },
    Address(IpAddr),
    /// Perhaps a pod that was not read.
    Unclear(IpAddr),
    Outside,
    UnnamedPod,
    Anyone,
}

impl<'a, 's> Place<'a, 's> {
    pub(super) const fn of_pod(pod: &'a PodEnd<'s>) -> Self {
        if pod.host_network {
            Self::Host { node: pod.node, addresses: pod.addresses.as_slice() }
        } else {
            Self::Pod(pod)
        }
    }

    pub(super) const fn of(end: &'a End<'s>) -> Self {
        match end {
            End::Pod(pod) => Self::of_pod(pod),
            End::Node(node) => Self::Host { node: Some(node.name), addresses: node.addresses.as_slice() },
            End::Address(address) => Self::Address(*address),
            End::Unclear(address) => Self::Unclear(*address),
            End::Outside => Self::Outside,
            End::UnnamedPod => Self::UnnamedPod,
            // Calico looks after the translation, and asks of pods.
            End::Service(_) => Self::UnnamedPod,
            End::Anyone | End::OwnProxy => Self::Anyone,
        }
    }

    /// The addresses that are known; none for who has none of its own.
    pub(super) const fn addresses(&self) -> &[IpAddr] {
        match self {
            Self::Pod(pod) => pod.addresses.as_slice(),
            Self::Host { addresses, .. } => addresses,
            Self::Address(address) | Self::Unclear(address) => std::slice::from_ref(address),
            Self::Outside | Self::UnnamedPod | Self::Anyone => &[],
        }
    }

    /// May its address be another one by the time that it is looked at?
    pub(super) const fn is_beyond(&self) -> bool {
        matches!(self, Self::Address(_) | Self::Unclear(_))
    }

    /// Is its address in one of the ranges? A node that connects uses any of its addresses, those of tunnels too.
    pub(super) fn is_in(&self, blocks: &[Block], connects: bool) -> Truth<'s> {
        if blocks.is_empty() {
            return Truth::No;
        }
        match self {
            Self::Pod(_) => all_or_none(self.addresses(), |address| in_any(blocks, address)),
            Self::Host { addresses, .. } if connects => {
                let everything = |address: &IpAddr| {
                    blocks.iter().any(|block| block.is_everything() && block.is_ipv4() == Some(address.is_ipv4()))
                };
                if !addresses.is_empty() && addresses.iter().all(everything) {
                    Truth::Yes
                } else {
                    Truth::Unknown(Missing::HostNetwork)
                }
            }
            Self::Host { .. } => all_or_none(self.addresses(), |address| in_any(blocks, address)),
            Self::Address(address) | Self::Unclear(address) => in_any(blocks, *address),
            Self::Outside if blocks.iter().any(Block::is_everything) => Truth::Yes,
            Self::Outside => Truth::Unknown(Missing::OutsideAddress),
            _ if covers_everything(blocks) => Truth::Yes,
            Self::UnnamedPod => Truth::Unknown(Missing::PodAddress),
            Self::Anyone => Truth::Unknown(Missing::Caller),
        }
    }

    /// Is its address one of those that the selector chooses: of pods and of sets, or of a host endpoint?
    pub(super) fn is_selected(&self, world: &World<'s>, chosen: &Chosen<'s>, connects: bool) -> Truth<'s> {
        let selector = &chosen.selector;
        let own = match self {
            Self::Anyone => return Truth::Unknown(Missing::Caller),
            Self::UnnamedPod if selector.is_everybody() => return Truth::Yes,
            Self::UnnamedPod => return Truth::Unknown(Missing::UnnamedPod),
            Self::Pod(pod) => world.selects_pod(selector, pod),
            Self::Host { node, .. } => {
                Truth::any(world.hosts.iter().filter(|host| Some(host.node) == *node).map(|host| {
                    match World::selects_host(selector, host) {
                        Truth::No => Truth::No,
                        Truth::Yes | Truth::Unknown(_) => Truth::Unknown(Missing::HostEndpoint(host.name)),
                    }
                }))
            }
            Self::Unclear(_) => Truth::Unknown(Missing::UnnamedPod),
            Self::Address(_) | Self::Outside => Truth::No,
        };
        if own == Truth::Yes {
            return own;
        }
        let sets = chosen.sets(world).map(|(selected, set)| selected.and(self.is_in(&set.nets, connects)));
        let found = own.or(Truth::any(sets));
        if found == Truth::No && chosen.lacks_sets { Truth::Unknown(Missing::NetworkSets) } else { found }
    }

    /// Is its address one of the endpoints; with a port, is this one of theirs?
    pub(super) fn is_endpoint(&self, of: &Endpoints<'s>, to: Option<(Protocol, Option<u16>)>) -> Truth<'s> {
        let among = |address: IpAddr| match to {
            None => Truth::of(of.addresses.contains(&address)),
            Some((protocol, port)) => {
                Truth::any(of.ports.iter().filter(|(at, ..)| *at == address).map(|(_, p, n)| match port {
                    Some(port) => Truth::of(*p == protocol && *n == port),
                    None => Truth::of(*p == protocol).and(Truth::Unknown(Missing::Port)),
                }))
            }
        };
        let found = match self {
            Self::Outside => Truth::Unknown(Missing::OutsideAddress),
            Self::UnnamedPod => Truth::Unknown(Missing::UnnamedPod),
            Self::Anyone => Truth::Unknown(Missing::Caller),
            Self::Pod(_) | Self::Host { .. } | Self::Address(_) | Self::Unclear(_) => {
                all_or_none(self.addresses(), among)
            }
        };
        if found == Truth::No && !of.is_complete { Truth::Unknown(Missing::Endpoints(of.service)) } else { found }
    }
}

fn in_any<'s>(blocks: &[Block], address: IpAddr) -> Truth<'s> {
    Truth::any(blocks.iter().map(|block| on_addresses(block, &[address])))
}

/// Does it hold for each of the addresses, or for none? One of them is used, and which one is not known.
fn all_or_none<'s>(addresses: &[IpAddr], holds: impl Fn(IpAddr) -> Truth<'s>) -> Truth<'s> {
    let mut all: Option<Truth<'s>> = None;
    for address in addresses {
        let this = holds(*address);
        all = Some(match all {
            None => this,
            Some(so_far) if so_far == this => this,
            Some(_) => Truth::Unknown(Missing::PodAddress),
        });
    }
    all.unwrap_or(Truth::Unknown(Missing::PodAddress))
}

fn covers_everything(blocks: &[Block]) -> bool {
    [true, false].into_iter().all(|v4| blocks.iter().any(|b| b.is_everything() && b.is_ipv4() == Some(v4)))
}
