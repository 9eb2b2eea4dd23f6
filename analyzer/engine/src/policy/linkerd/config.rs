//! What Linkerd's configuration says: the default for what no `Server` speaks of, networks, and names of identities.
//! (docs/semantics/mesh-policy.md#linkerd)

use kubereach_model::snapshot::model::{ConfigMap, Resource as _};
use kubereach_model::snapshot::{Found, Snapshot};
use serde::Deserialize;

use crate::policy::answer::{Missing, Truth};
use crate::policy::ends::{End, PodEnd};
use crate::policy::engine::Asked;
use crate::policy::mesh::{Identity, annotation, block, from_block, lists_port, runs_container, service_account, yaml};
use crate::policy::network::Block;

/// Values of the chart, as Linkerd keeps them: key `values` of the `ConfigMap` `linkerd-config`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Values {
    cluster_networks: Option<String>,
    identity_trust_domain: Option<String>,
    cluster_domain: Option<String>,
    proxy: ProxyValues,
    policy_controller: PolicyController,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ProxyValues {
    default_inbound_policy: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PolicyController {
    probe_networks: Option<Vec<String>>,
}

/// What holds where no `Server` speaks of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inbound {
    Allow { authenticated: bool, cluster: bool },
    Deny,
}

impl Inbound {
    /// `None` for a word that Linkerd does not know: it is passed over.
    pub(super) fn of(word: &str) -> Option<Self> {
        let allow = |authenticated, cluster| Some(Self::Allow { authenticated, cluster });
        match word {
            "all-unauthenticated" | "audit" => allow(false, false),
            "all-authenticated" => allow(true, false),
            "cluster-unauthenticated" => allow(false, true),
            "cluster-authenticated" => allow(true, true),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }

    /// Is nobody turned away?
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Allow { authenticated: false, cluster: false })
    }
}

/// The configuration, as far as it was read.
#[derive(Debug)]
pub(super) struct Config<'s> {
    pub(super) found: Option<Found<'s, ConfigMap>>,
    /// `None` where it was not read.
    pub(super) default: Option<Inbound>,
    /// `None` where they were not read.
    networks: Option<Vec<Block>>,
    probe_networks: Option<Vec<Block>>,
    /// What follows the account and the namespace in an identity; `None` where it was not read.
    domain: Option<String>,
}

/// The values that the chart gives where nobody gives others.
const NETWORKS: &str = "10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fd00::/8";
const CONFIG: &str = "linkerd-config";
const PROXY: &str = "linkerd-proxy";
const DEFAULT: &str = "config.linkerd.io/default-inbound-policy";
/// Ports of the proxy itself, which it does not guard.
pub(super) const OWN_PORTS: [u16; 3] = [4143, 4190, 4191];

/// Annotations that name ports.
pub(super) const PORT_ANNOTATIONS: [&str; 3] = [
    "config.linkerd.io/skip-inbound-ports",
    "config.linkerd.io/skip-outbound-ports",
    "config.linkerd.io/proxy-require-identity-inbound-ports",
];

impl<'s> Config<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let found = snapshot.config_maps.iter().find(|map| map.metadata.name == CONFIG);
        let text = found.and_then(|map| map.get().value.values.get("values"));
        let read: Option<Values> = match text.filter(|text| !text.trim().is_empty()) {
            Some(text) => yaml(text),
            // Where there surely is none the chart's own values hold.
            None if found.is_none() && snapshot.is_complete(ConfigMap::KIND, None).is_ok() => Some(Values::default()),
            None => None,
        };
        let control = found.map_or("linkerd", |map| map.get().value.metadata.namespace.as_str());
        let blocks = |list: Vec<&str>| list.into_iter().filter_map(block).collect::<Vec<_>>();
        let probes = |values: &Values| match &values.policy_controller.probe_networks {
            Some(list) => blocks(list.iter().map(String::as_str).collect()),
            None => blocks(vec!["0.0.0.0/0", "::/0"]),
        };
        let domain = |values: &Values| {
            let domain = values.identity_trust_domain.as_ref().or(values.cluster_domain.as_ref());
            format!("serviceaccount.identity.{control}.{}", domain.map_or("cluster.local", String::as_str))
        };
        let word = |values: &Values| values.proxy.default_inbound_policy.clone();
        Self {
            found,
            default: read.as_ref().and_then(|v| Inbound::of(word(v).as_deref().unwrap_or("all-unauthenticated"))),
            networks: read
                .as_ref()
                .map(|v| blocks(v.cluster_networks.as_deref().unwrap_or(NETWORKS).split(',').collect())),
            probe_networks: read.as_ref().map(probes),
            domain: read.as_ref().map(domain),
        }
    }

    /// Is the client in the networks of the cluster?
    pub(super) fn in_cluster(&self, client: &End<'s>) -> Truth<'s> {
        of_networks(self.networks.as_deref(), client)
    }

    /// Is the client where probes come from?
    pub(super) fn probes(&self, client: &End<'s>) -> Truth<'s> {
        of_networks(self.probe_networks.as_deref(), client)
    }

    /// Address ranges by which clients are told apart.
    pub(super) fn ranges(&self) -> impl Iterator<Item = ipnet::IpNet> {
        self.networks.iter().chain(&self.probe_networks).flatten().flat_map(Block::ranges)
    }

    /// The identity of an account; `None` where the mesh's domain was not read.
    pub(super) fn identity(&self, namespace: &str, account: &str) -> Option<String> {
        self.domain.as_ref().map(|domain| format!("{account}.{namespace}.{domain}"))
    }

    /// Who the client proves to be.
    pub(super) fn client(&self, asked: &Asked<'_, 's>) -> Identity<'s> {
        if let Some(principal) = asked.request.and_then(|request| request.principal.as_deref()) {
            return Identity::Proven(principal.to_owned());
        }
        let End::Pod(pod) = asked.other else { return Identity::of_no_pod(asked.other) };
        match meshed(pod) {
            Truth::No => Identity::Nobody,
            Truth::Unknown(missing) => Identity::Unknown(missing),
            Truth::Yes => match asked.port {
                Some(port) if lists(pod, "config.linkerd.io/skip-outbound-ports", port) => Identity::Nobody,
                _ => match self.identity(pod.namespace, service_account(pod)) {
                    Some(identity) => Identity::Proven(identity),
                    None => Identity::Unknown(Missing::MeshConfig(CONFIG)),
                },
            },
        }
    }

    /// What holds at a port of which no `Server` speaks; `None` where it was not read.
    pub(super) fn default_of(&self, pod: &PodEnd<'s>, port: u16) -> Option<Inbound> {
        let own = annotation(pod, DEFAULT);
        let around = || pod.namespace_annotations.and_then(|all| all.get(DEFAULT)).map(String::as_str);
        let said = match own {
            Some(own) => Inbound::of(own),
            None => around().and_then(Inbound::of),
        };
        Some(match said.or(self.default)? {
            Inbound::Allow { cluster, .. }
                if lists(pod, "config.linkerd.io/proxy-require-identity-inbound-ports", port) =>
            {
                Inbound::Allow { authenticated: true, cluster }
            }
            default => default,
        })
    }
}

fn of_networks<'s>(networks: Option<&[Block]>, client: &End<'s>) -> Truth<'s> {
    match networks {
        None => Truth::Unknown(Missing::MeshConfig(CONFIG)),
        Some(networks) => Truth::any(networks.iter().map(|block| from_block(block, client))),
    }
}

/// Is there a proxy in the pod?
pub(super) fn meshed<'s>(pod: &PodEnd<'s>) -> Truth<'s> {
    if pod.host_network {
        return Truth::No;
    }
    if pod.annotations.is_none() {
        return Truth::Unknown(Missing::Injection);
    }
    if runs_container(pod, PROXY) {
        return Truth::Yes;
    }
    if !pod.is_template {
        return Truth::No;
    }
    let said = |word: &str| word == "enabled" || word == "ingress";
    match (annotation(pod, "linkerd.io/inject"), pod.namespace_annotations) {
        (Some(own), _) => Truth::of(said(own)),
        (None, Some(around)) => Truth::of(around.get("linkerd.io/inject").is_some_and(|word| said(word))),
        (None, None) => Truth::Unknown(Missing::Injection),
    }
}

/// Does an annotation of the pod, or of its namespace, name the port?
fn lists(pod: &PodEnd<'_>, key: &str, port: u16) -> bool {
    let around = || pod.namespace_annotations.and_then(|all| all.get(key)).map(String::as_str);
    annotation(pod, key).or_else(around).is_some_and(|list| lists_port(list, port))
}

/// Does the proxy leave this port alone?
pub(super) fn leaves_alone(pod: &PodEnd<'_>, port: u16) -> bool {
    OWN_PORTS.contains(&port) || lists(pod, "config.linkerd.io/skip-inbound-ports", port)
}

/// Is it declared for some pod or namespace what holds by default?
pub(super) fn declares_default(snapshot: &Snapshot) -> bool {
    let pods = snapshot.pods.iter().map(|pod| &pod.get().value.metadata);
    let namespaces = snapshot.namespaces.iter().map(|namespace| &namespace.get().value.metadata);
    let templates = snapshot.workloads.iter().filter_map(|w| Some(&w.get().value.template()?.metadata));
    pods.chain(namespaces).chain(templates).any(|meta| {
        let identity = meta.annotation("config.linkerd.io/proxy-require-identity-inbound-ports").is_some();
        identity || meta.annotation(DEFAULT).is_some_and(|word| Inbound::of(word).is_some_and(|d| !d.is_open()))
    })
}
