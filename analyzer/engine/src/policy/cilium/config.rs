//! What of Cilium's configuration changes the meaning of policies: ConfigMap `cilium-config`
//! (cilium/cilium `pkg/option/config.go`; Documentation/security/policy/intro.rst, layer3.rst).

use std::collections::BTreeSet;
use std::net::IpAddr;

use kubereach_model::snapshot::model::{ConfigMap, EndpointSlice, Pod, Resource as _};
use kubereach_model::snapshot::{Found, Snapshot};

use super::cni::{self, Plugins};

/// What is so or not, with a default that is safe where it was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// Cilium runs, as far as can be seen; otherwise its policies may be leftovers.
    Runs,
    /// `enable-policy: always`: every endpoint is isolated, whether or not a policy selects it.
    Always,
    /// `allow-localhost: policy`: not even the pod's own node is let in by itself.
    OwnNodeByPolicy,
    /// `enable-l7-proxy: false`: a policy with rules of layer 7 is rejected.
    NoProxy,
    /// `labels`: the cluster has a filter of its own for labels that make an identity.
    OwnLabelFilter,
    /// `enable-node-selector-labels`: nodes bear their labels.
    NodeLabels,
}

/// The settings. `None`: not read, and no default is safe.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings<'s> {
    /// Where they stand.
    pub(super) found: Option<Found<'s, ConfigMap>>,
    facts: Vec<Fact>,
    /// `policy-cidr-match-mode`: do address rules match nodes?
    pub(super) ranges_match_nodes: Option<bool>,
    /// `enable-host-firewall`: do policies with a `nodeSelector` act?
    pub(super) host_firewall: Option<bool>,
    /// `cluster-name`.
    pub(super) cluster: Option<&'s str>,
    /// Both address families: the world is then two identities.
    pub(super) dual_stack: Option<bool>,
    /// `mesh-auth-enabled` with `mesh-auth-mutual-enabled`: rules that demand authentication can be met.
    pub(super) authenticates: Option<bool>,
    /// Addresses of the API server; `None` where they were not read.
    pub(super) api_server: Option<Vec<IpAddr>>,
    /// Nodes of which nothing shows that Cilium runs on them: they may count as outside.
    pub(super) bare_nodes: BTreeSet<&'s str>,
}

impl<'s> Settings<'s> {
    /// Looks for the ConfigMap, the API server's addresses, and whether Cilium runs.
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let mut settings = Self::of_config(snapshot);
        settings.facts.extend(runs(snapshot).then_some(Fact::Runs));
        Self { api_server: api_server(snapshot), bare_nodes: bare_nodes(snapshot), ..settings }
    }

    /// Does it hold?
    pub(super) fn is(&self, fact: Fact) -> bool {
        self.facts.contains(&fact)
    }

    /// What the ConfigMap says, and nothing else.
    pub(super) fn of_config(snapshot: &'s Snapshot) -> Self {
        let found = config(snapshot);
        let complete = snapshot.is_complete(ConfigMap::KIND, None).is_ok();
        let value = |key: &str| found.and_then(|f| f.get().value.values.get(key)).map(String::as_str);
        // What stands in no ConfigMap has its default, once it is known that it stands in none.
        let known = found.is_some() || complete;
        let flag = |key: &str| match value(key) {
            Some(word) => Some(word.eq_ignore_ascii_case("true")),
            None => known.then_some(false),
        };
        let both = |a: Option<bool>, b: Option<bool>| match (a, b) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        let facts = [
            (Fact::Always, value("enable-policy").is_some_and(|mode| mode.eq_ignore_ascii_case("always"))),
            (Fact::OwnNodeByPolicy, value("allow-localhost") == Some("policy")),
            (Fact::NoProxy, value("enable-l7-proxy") == Some("false")),
            (Fact::OwnLabelFilter, value("labels").is_some_and(|text| !text.trim().is_empty())),
            (Fact::NodeLabels, value("enable-node-selector-labels") == Some("true")),
        ];
        Self {
            found,
            facts: facts.into_iter().filter(|(_, holds)| *holds).map(|(fact, _)| fact).collect(),
            ranges_match_nodes: match value("policy-cidr-match-mode") {
                Some(modes) => Some(modes.split([',', ' ']).any(|mode| mode.trim() == "nodes")),
                None => known.then_some(false),
            },
            host_firewall: flag("enable-host-firewall"),
            cluster: value("cluster-name").filter(|name| !name.is_empty()).or(known.then_some("default")),
            dual_stack: match (value("enable-ipv4"), value("enable-ipv6")) {
                (None, None) => None,
                (v4, v6) => Some(v4 != Some("false") && v6 == Some("true")),
            },
            authenticates: both(flag("mesh-auth-enabled"), flag("mesh-auth-mutual-enabled")),
            api_server: None,
            bare_nodes: BTreeSet::new(),
        }
    }
}

/// The ConfigMap, wherever Cilium is installed.
pub(super) fn config(snapshot: &Snapshot) -> Option<Found<'_, ConfigMap>> {
    cni::SYSTEM.iter().find_map(|namespace| snapshot.config_maps.named(namespace, "cilium-config").next())
}

/// Are core policies switched off?
pub(in crate::policy) fn is_core_off(config: Option<Found<'_, ConfigMap>>) -> bool {
    let value = config.and_then(|found| found.get().value.values.get("enable-k8s-networkpolicy"));
    value.is_some_and(|value| value == "false")
}

/// Where another plugin runs and this one does not, its policies are leftovers; where none was recognized, they show
/// that it is there.
fn runs(snapshot: &Snapshot) -> bool {
    let names = Plugins::detect(snapshot).names;
    names.is_empty() || names.iter().any(|name| cni::IS_CILIUM.contains(name))
}

/// Behind Service `default/kubernetes`, as Cilium learns them (`pkg/k8s/watchers`).
fn api_server(snapshot: &Snapshot) -> Option<Vec<IpAddr>> {
    let own = |slice: &Found<'_, EndpointSlice>| {
        slice.metadata.label("kubernetes.io/service-name") == Some("kubernetes") || slice.metadata.name == "kubernetes"
    };
    let slices = snapshot.slices.in_namespace("default").filter(own);
    let endpoints = slices.flat_map(|slice| slice.get().value.endpoints.iter());
    let texts = endpoints.flat_map(|endpoint| endpoint.addresses.iter());
    let mut addresses: Vec<IpAddr> = texts.filter_map(|text| text.known()?.parse().ok()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let complete = snapshot.is_complete(EndpointSlice::KIND, Some("default")).is_ok();
    (!addresses.is_empty() || complete).then_some(addresses)
}

/// By the label that keeps the agent away (cilium-cli `defaults/defaults.go`), or because its pods run elsewhere.
fn bare_nodes(snapshot: &Snapshot) -> BTreeSet<&str> {
    let is_agent = |pod: &Found<'_, Pod>| {
        let owner = pod.get().value.metadata.controller();
        owner.is_some_and(|owner| owner.kind == "DaemonSet" && matches!(owner.name.as_str(), "cilium" | "anetd"))
    };
    let agents = cni::SYSTEM.iter().flat_map(|namespace| snapshot.pods.in_namespace(namespace)).filter(is_agent);
    let with_agent: BTreeSet<&str> = agents.filter_map(|pod| pod.get().value.spec.node_name.as_deref()).collect();
    let nodes = snapshot.nodes.iter().map(|node| &node.get().value.metadata).filter(|meta| {
        let without = !with_agent.is_empty() && !with_agent.contains(meta.name.as_str());
        without || meta.label("cilium.io/no-schedule") == Some("true")
    });
    nodes.map(|meta| meta.name.as_str()).collect()
}
