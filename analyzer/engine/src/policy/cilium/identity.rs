//! What an end of a connection is to Cilium: an identity made of labels, never an address
//! (Documentation/gettingstarted/terminology.rst, "Identity"; `pkg/identity/reserved.go`).

use std::net::IpAddr;

use super::answer::{Direction, Missing, Truth};
use super::config::{Fact, Settings};
use super::ends::{End, PodEnd};
use super::engine::Asked;
use super::selector::{NAMESPACE, NAMESPACE_LABELS, Source};
use super::selectors::NAMESPACE_NAME;

/// Which sort of identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A pod of the cluster's network.
    Endpoint,
    /// The node of the pod whose policies are asked.
    Host,
    /// Another node.
    RemoteNode,
    /// Outside; the address where it is known.
    World(Option<IpAddr>),
    /// The proxy of Cilium's Ingress and Gateways.
    Ingress,
}

/// An identity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity<'a, 's> {
    pub(super) sort: Sort,
    pub(super) pod: Option<&'a PodEnd<'s>>,
    /// Of a node.
    pub(super) addresses: &'a [IpAddr],
    pub(super) node_labels: Option<&'s std::collections::BTreeMap<String, String>>,
    pub(super) node_name: Option<&'s str>,
    pub(super) settings: &'a Settings<'s>,
}

impl<'a, 's> Identity<'a, 's> {
    /// A pod's.
    pub(super) const fn of_pod(pod: &'a PodEnd<'s>, settings: &'a Settings<'s>) -> Self {
        Self { sort: Sort::Endpoint, pod: Some(pod), addresses: &[], node_labels: None, node_name: None, settings }
    }

    const fn bare(sort: Sort, settings: &'a Settings<'s>) -> Self {
        Self { sort, pod: None, addresses: &[], node_labels: None, node_name: None, settings }
    }

    /// Is it the API server? (`reserved:kube-apiserver` stands beside the node's or the world's label.)
    pub(super) fn is_api_server(&self) -> Truth<'s> {
        let Some(known) = &self.settings.api_server else {
            return if matches!(self.sort, Sort::Endpoint | Sort::Ingress) {
                Truth::No
            } else {
                Truth::Unknown(Missing::ApiServer)
            };
        };
        match self.sort {
            Sort::Endpoint | Sort::Ingress => Truth::No,
            Sort::World(Some(address)) => Truth::of(known.contains(&address)),
            Sort::World(None) if known.is_empty() => Truth::No,
            Sort::World(None) => Truth::Unknown(Missing::OutsideAddress),
            Sort::Host | Sort::RemoteNode if self.addresses.is_empty() => Truth::Unknown(Missing::ApiServer),
            Sort::Host | Sort::RemoteNode => Truth::of(self.addresses.iter().any(|a| known.contains(a))),
        }
    }

    /// The value of a label; `None` where it has no such label.
    pub(super) fn label(&self, source: Source, key: &'s str) -> Result<Option<&'s str>, Missing<'s>> {
        match (self.sort, source) {
            (Sort::Endpoint, Source::Any | Source::K8s) => match self.pod {
                Some(pod) => self.of_endpoint(pod, key),
                None => Err(Missing::UnnamedPod),
            },
            (Sort::Endpoint, Source::Reserved | Source::Other) | (_, Source::K8s) => Ok(None),
            (_, Source::Any | Source::Reserved) => self.reserved(key),
            (_, Source::Other) => Err(Missing::Form),
        }
    }

    fn reserved(&self, key: &str) -> Result<Option<&'s str>, Missing<'s>> {
        let dual = self.settings.dual_stack;
        let holds = match (self.sort, key) {
            (_, "kube-apiserver") => self.is_api_server(),
            (Sort::Host, "host") | (Sort::RemoteNode, "remote-node") | (Sort::Ingress, "ingress") => Truth::Yes,
            (Sort::World(_), "world" | "world-ipv4" | "world-ipv6") if dual.is_none() => {
                Truth::Unknown(Missing::CiliumSetting("enable-ipv6"))
            }
            (Sort::World(_), "world") => Truth::of(dual == Some(false)),
            (Sort::World(_), "world-ipv4" | "world-ipv6") if dual == Some(false) => Truth::No,
            (Sort::World(Some(address)), "world-ipv4") => Truth::of(address.is_ipv4()),
            (Sort::World(Some(address)), "world-ipv6") => Truth::of(address.is_ipv6()),
            (Sort::World(None), "world-ipv4" | "world-ipv6") => Truth::Unknown(Missing::OutsideAddress),
            _ => Truth::No,
        };
        match holds {
            Truth::Yes => Ok(Some("")),
            Truth::No => Ok(None),
            Truth::Unknown(missing) => Err(missing),
        }
    }

    fn of_endpoint(&self, pod: &PodEnd<'s>, key: &'s str) -> Result<Option<&'s str>, Missing<'s>> {
        if key == NAMESPACE {
            return Ok(Some(pod.namespace));
        }
        if let Some(label) = key.strip_prefix(NAMESPACE_LABELS).and_then(|rest| rest.strip_prefix('.')) {
            return match pod.namespace_labels {
                Some(labels) => Ok(labels.get(label).map(String::as_str)),
                None if label == NAMESPACE_NAME => Ok(Some(pod.namespace)),
                None => Err(Missing::NamespaceLabels(pod.namespace)),
            };
        }
        match key {
            "io.cilium.k8s.policy.cluster" => match self.settings.cluster {
                Some(cluster) => Ok(Some(cluster)),
                None => Err(Missing::CiliumSetting("cluster-name")),
            },
            "io.cilium.k8s.policy.serviceaccount" => Ok(Some(account(pod))),
            _ => {
                let value = pod.labels.get(key).map(String::as_str);
                match kept(key) {
                    _ if value.is_none() => Ok(None),
                    _ if self.settings.is(Fact::OwnLabelFilter) => Err(Missing::CiliumSetting("labels")),
                    Kept::Yes => Ok(value),
                    Kept::No => Ok(None),
                    Kept::SinceSomeVersion => Err(Missing::CiliumSetting("labels")),
                }
            }
        }
    }
}

/// Pods without an account run as `default`.
pub(super) fn account<'s>(pod: &PodEnd<'s>) -> &'s str {
    pod.spec.service_account_name.as_deref().filter(|name| !name.is_empty()).unwrap_or("default")
}

/// Does a label of a pod become part of its identity?
enum Kept {
    Yes,
    No,
    /// Some versions leave it out.
    SinceSomeVersion,
}

/// The default filter (cilium/cilium `pkg/labelsfilter/filter.go`, `defaultLabelPrefixCfg`).
fn kept(key: &str) -> Kept {
    const LATER: [&str; 4] = [
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/job-completion-index",
        "batch.kubernetes.io/controller-uid",
    ];
    const LEFT_OUT: [&str; 8] = [
        "io.kubernetes",
        "kubernetes.io",
        "k8s.io",
        "pod-template-generation",
        "pod-template-hash",
        "controller-revision-hash",
        "annotation",
        "etcd_node",
    ];
    if LATER.contains(&key) {
        Kept::SinceSomeVersion
    } else if key.contains("beta.kubernetes.io") || LEFT_OUT.iter().any(|prefix| key.starts_with(prefix)) {
        Kept::No
    } else {
        Kept::Yes
    }
}

/// Is the address on the pod's own link or loopback (RFC 3927, RFC 4291, RFC 1122)? Then the node may have it.
pub(in crate::policy) fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_loopback(),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_loopback(),
    }
}

/// A node that keeps Cilium's agent away, by its label, with its addresses.
pub(in crate::policy) fn bare_node<'a, 's>(end: &'a End<'s>) -> Option<(&'s str, &'a [IpAddr])> {
    let (name, labels, addresses) = match end {
        End::Node(node) => (node.name, node.labels, &node.addresses),
        End::Pod(pod) if pod.host_network => (pod.node?, pod.node_labels?, &pod.addresses),
        _ => return None,
    };
    let keeps_away = labels.get("cilium.io/no-schedule").is_some_and(|value| value == "true");
    keeps_away.then_some((name, addresses.as_slice()))
}

/// Is the other end on the node of the pod whose policies are asked?
pub(in crate::policy) fn is_on_same_node<'s>(pod: &PodEnd<'s>, other: &End<'s>) -> Truth<'s> {
    let node = match other {
        End::Node(node) => Some(node.name),
        End::Pod(other) if other.host_network => other.node,
        _ => return Truth::No,
    };
    match (pod.node, node) {
        (Some(own), Some(node)) => Truth::of(own == node),
        _ => Truth::Unknown(Missing::SameNode),
    }
}

/// Asks of every identity that the other end may have; where they differ, the answer is what tells them apart.
pub(super) fn of_other<'a, 's>(
    asked: &Asked<'a, 's>,
    settings: &'a Settings<'s>,
    test: &dyn Fn(&Identity<'_, 's>) -> Truth<'s>,
) -> Truth<'s> {
    let either = |a: Truth<'s>, b: Truth<'s>, missing: Missing<'s>| if a == b { a } else { Truth::Unknown(missing) };
    match asked.other {
        _ if asked.options.from_own_proxy => test(&Identity::bare(Sort::Ingress, settings)),
        End::Pod(pod) if !pod.host_network => test(&Identity::of_pod(pod, settings)),
        End::Pod(_) | End::Node(_) => {
            let on_node = |sort: Sort| match asked.other {
                End::Pod(pod) => Identity {
                    addresses: &pod.addresses,
                    node_labels: pod.node_labels,
                    node_name: pod.node,
                    ..Identity::bare(sort, settings)
                },
                End::Node(node) => Identity {
                    addresses: &node.addresses,
                    node_labels: Some(node.labels),
                    node_name: Some(node.name),
                    ..Identity::bare(sort, settings)
                },
                _ => Identity::bare(sort, settings),
            };
            let name = on_node(Sort::RemoteNode).node_name;
            if let Some(name) = name.filter(|name| settings.bare_nodes.contains(name)) {
                // Without Cilium on it, it is outside.
                let addresses = on_node(Sort::RemoteNode).addresses;
                let as_world = |address: Option<IpAddr>| test(&Identity::bare(Sort::World(address), settings));
                let outside = match addresses {
                    [one] => as_world(Some(*one)),
                    _ => as_world(None),
                };
                return either(outside, test(&on_node(Sort::RemoteNode)), Missing::CiliumOnNode(name));
            }
            match is_on_same_node(asked.pod, asked.other) {
                Truth::Yes => test(&on_node(Sort::Host)),
                Truth::No => test(&on_node(Sort::RemoteNode)),
                Truth::Unknown(missing) => {
                    either(test(&on_node(Sort::Host)), test(&on_node(Sort::RemoteNode)), missing)
                }
            }
        }
        End::Address(address) if is_link_local(*address) => either(
            test(&Identity::bare(Sort::Host, settings)),
            test(&Identity::bare(Sort::World(Some(*address)), settings)),
            Missing::LinkLocal,
        ),
        End::Address(address) => from_world(asked.direction, Some(*address), settings, test),
        End::Outside => from_world(asked.direction, None, settings, test),
        End::Unclear(_) | End::UnnamedPod | End::Service(_) => Truth::Unknown(Missing::UnnamedPod),
        End::Anyone | End::OwnProxy => Truth::Unknown(Missing::Caller),
    }
}

/// A client outside may come in by a node that puts its own address in the client's place: a rule that would admit
/// the node and not the client is not decided.
fn from_world<'s>(
    direction: Direction,
    address: Option<IpAddr>,
    settings: &Settings<'s>,
    test: &dyn Fn(&Identity<'_, 's>) -> Truth<'s>,
) -> Truth<'s> {
    let as_itself = test(&Identity::bare(Sort::World(address), settings));
    if as_itself != Truth::No || direction == Direction::Egress {
        return as_itself;
    }
    match test(&Identity::bare(Sort::RemoteNode, settings)) {
        Truth::No => Truth::No,
        Truth::Yes | Truth::Unknown(_) => Truth::Unknown(Missing::SourceTranslation),
    }
}
