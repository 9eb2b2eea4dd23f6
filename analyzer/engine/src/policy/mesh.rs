//! What the policies of every mesh look at: who a client proves to be, and which addresses and ports are meant.
//! (docs/semantics/mesh-policy.md)

use std::net::IpAddr;

use kubereach_intake::yaml::tree::Bounds;
use kubereach_intake::yaml::{Slice, from_slice};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{Missing, Truth};
use super::ends::{End, PodEnd};
use super::network::{Block, on_addresses};

/// Who a client proves to be to the proxy of the destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identity<'s> {
    /// This one.
    Proven(String),
    /// Nobody: it comes without the mesh's TLS.
    Nobody,
    /// Cannot be told.
    Unknown(Missing<'s>),
}

impl<'s> Identity<'s> {
    /// Does the proven identity fit? Nobody fits nothing.
    pub(super) fn is(&self, fits: impl FnOnce(&str) -> bool) -> Truth<'s> {
        match self {
            Self::Proven(identity) => Truth::of(fits(identity)),
            Self::Nobody => Truth::No,
            Self::Unknown(missing) => Truth::Unknown(*missing),
        }
    }

    /// Does it come with the mesh's TLS?
    pub(super) const fn is_proven(&self) -> Truth<'s> {
        match self {
            Self::Proven(_) => Truth::Yes,
            Self::Nobody => Truth::No,
            Self::Unknown(missing) => Truth::Unknown(*missing),
        }
    }

    /// Of a client that is no pod. Who dials from outside the cluster has no proxy of this mesh; where nobody says
    /// who dials, it may be a pod that has one.
    pub(super) const fn of_no_pod(end: &End<'s>) -> Self {
        match end {
            End::Node(_) | End::Address(_) | End::Service(_) => Self::Nobody,
            End::Outside => Self::Unknown(Missing::Identity),
            End::Anyone | End::OwnProxy => Self::Unknown(Missing::Caller),
            End::Pod(_) | End::Unclear(_) | End::UnnamedPod => Self::Unknown(Missing::UnnamedPod),
        }
    }
}

/// Is the client's address in the range?
pub(super) fn from_block<'s>(block: &Block, client: &End<'s>) -> Truth<'s> {
    match client {
        End::Pod(pod) => on_addresses(block, &pod.addresses),
        End::Node(node) => on_addresses(block, &node.addresses),
        End::Address(address) | End::Unclear(address) => block.contains(*address),
        End::Outside | End::UnnamedPod | End::Anyone | End::OwnProxy if block.is_everything() => Truth::Yes,
        End::Outside => Truth::Unknown(Missing::OutsideAddress),
        End::UnnamedPod => Truth::Unknown(Missing::PodAddress),
        End::Service(service) => on_addresses(block, &service.addresses),
        End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
    }
}

/// An address, or a range of them; `None` for what is neither.
pub(super) fn block(text: &str) -> Option<Block> {
    let text = text.trim();
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => Some(Block::of_cidr(&format!("{text}/32"))),
        Ok(IpAddr::V6(_)) => Some(Block::of_cidr(&format!("{text}/128"))),
        Err(_) => text.parse::<ipnet::IpNet>().is_ok().then(|| Block::of_cidr(text)),
    }
}

/// Is the port in a list such as `80,443,8000-8999`? `*` is every port.
pub(super) fn lists_port(list: &str, port: u16) -> bool {
    list.split(',').map(str::trim).any(|entry| match entry.split_once('-') {
        _ if entry == "*" => true,
        Some((from, to)) => match (from.trim().parse::<u16>(), to.trim().parse::<u16>()) {
            (Ok(from), Ok(to)) => (from..=to).contains(&port),
            _ => false,
        },
        None => entry.parse() == Ok(port),
    })
}

/// First ports of the intervals that such a list makes.
pub(super) fn listed_ports(list: &str) -> impl Iterator<Item = (u16, u16)> {
    list.split(',').filter_map(|entry| {
        let (from, to) = entry.split_once('-').unwrap_or((entry, entry));
        Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
    })
}

/// Reads what a `ConfigMap` holds as YAML.
pub(super) fn yaml<D: DeserializeOwned>(text: &str) -> Option<D> {
    from_slice(text.as_bytes(), Slice::Document, Bounds::default()).ok()
}

/// The items of a list.
pub(super) fn items(of: Option<&Value>) -> &[Value] {
    of.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// An annotation of the pod.
pub(super) fn annotation<'s>(pod: &PodEnd<'s>, key: &str) -> Option<&'s str> {
    pod.annotations?.get(key).map(String::as_str)
}

/// The containers that are a mesh's proxy.
pub(super) const PROXIES: [&str; 6] = [
    "istio-proxy",
    "linkerd-proxy",
    "kuma-sidecar",
    "consul-dataplane",
    "envoy-sidecar",
    "consul-connect-envoy-sidecar",
];

/// The name of the account by which the pod is known.
pub(super) fn service_account<'s>(pod: &PodEnd<'s>) -> &'s str {
    pod.spec.service_account_name.as_deref().filter(|name| !name.is_empty()).unwrap_or("default")
}

/// Has the pod a container of this name that runs as long as it does?
pub(super) fn runs_container(pod: &PodEnd<'_>, name: &str) -> bool {
    pod.spec.containers.iter().chain(pod.spec.init_containers.iter()).any(|container| container.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_ports_hold_numbers_and_ranges() {
        for (list, port, listed) in [
            ("80,443", 443, true),
            ("80, 8000-8999", 8500, true),
            ("8000-8999", 9000, false),
            ("*", 1, true),
            ("", 80, false),
            ("http", 80, false),
        ] {
            assert_eq!(lists_port(list, port), listed, "{list} {port}");
        }
        assert_eq!(listed_ports("80,90-95,x").collect::<Vec<_>>(), [(80, 80), (90, 95)]);
    }

    #[test]
    fn a_block_is_an_address_or_a_range() {
        for (text, address, inside) in
            [("1.2.3.4", "1.2.3.4", true), ("5.6.0.0/16", "5.6.7.8", true), ("2001:db8::1", "2001:db8::2", false)]
        {
            let block = block(text).unwrap();
            assert_eq!(block.contains(address.parse().unwrap()), Truth::of(inside), "{text}");
        }
        assert!(block("nowhere").is_none() && block("1.2.3.4/99").is_none());
    }
}
