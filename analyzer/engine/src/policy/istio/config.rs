//! What Istio's configuration says: the mesh's root namespace, its trust domains, and what clients send.

use kubereach_model::snapshot::model::{ConfigMap, Resource as _, Service, Unmodelled};
use kubereach_model::snapshot::{Found, GroupKind, Snapshot};
use serde::Deserialize;
use serde_json::Value;

use crate::policy::answer::{Missing, Truth};
use crate::policy::mesh::{items, yaml};

static DESTINATION_RULE: GroupKind = GroupKind::known("networking.istio.io", "DestinationRule");

/// The mesh configuration: key `mesh` of the `ConfigMap` `istio`.
/// (Istio API reference: `MeshConfig`)
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MeshConfig {
    root_namespace: Option<String>,
    trust_domain: Option<String>,
    trust_domain_aliases: Vec<String>,
    enable_auto_mtls: Option<bool>,
}

/// The configuration, as far as it was read.
#[derive(Debug)]
pub(super) struct Config<'s> {
    /// `None` where the configuration was not read.
    root: Option<String>,
    /// The mesh's own trust domain first; `None` where the configuration was not read.
    trust_domains: Option<Vec<String>>,
    auto_mtls: bool,
    client_rules: Vec<ClientRule<'s>>,
}

/// What a `DestinationRule` says of the TLS of clients.
#[derive(Debug)]
struct ClientRule<'s> {
    namespace: &'s str,
    host: &'s str,
    only_here: bool,
    /// `None` where it depends on the port or the subset, or the word is not known.
    tls: Option<Tls>,
}

/// What the proxy of a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tls {
    /// The mesh's own.
    Mesh,
    /// None.
    Plain,
    /// Another.
    Other,
}

impl<'s> Config<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let is_it =
            |map: &Found<'s, ConfigMap>| map.metadata.name == "istio" && map.keys.iter().any(|key| key == "mesh");
        let maps: Vec<Found<'s, ConfigMap>> = snapshot.config_maps.iter().filter(is_it).collect();
        let of_system = maps.iter().find(|map| map.metadata.namespace == "istio-system");
        let text = of_system.or(maps.first()).and_then(|map| map.get().value.values.get("mesh"));
        let read: Option<MeshConfig> = match text.filter(|text| !text.trim().is_empty()) {
            Some(text) => yaml(text),
            // Where there surely is none the defaults hold.
            None if maps.is_empty() && snapshot.is_complete(ConfigMap::KIND, None).is_ok() => {
                Some(MeshConfig::default())
            }
            None => None,
        };
        let client_rules = snapshot.unmodelled.iter().filter_map(client_rule).collect();
        let trust_domains = read.as_ref().map(|config| {
            let own = config.trust_domain.clone().unwrap_or_else(|| "cluster.local".to_owned());
            std::iter::once(own).chain(config.trust_domain_aliases.iter().cloned()).collect()
        });
        Self {
            root: read
                .as_ref()
                .map(|config| config.root_namespace.clone().unwrap_or_else(|| "istio-system".to_owned())),
            trust_domains,
            auto_mtls: read.and_then(|config| config.enable_auto_mtls).unwrap_or(true),
            client_rules,
        }
    }

    /// Do policies of this namespace hold in the whole mesh? Where the configuration was not read, those of the
    /// namespace that has this role by default may.
    pub(super) fn is_root(&self, namespace: &str) -> Truth<'static> {
        match &self.root {
            Some(root) => Truth::of(root == namespace),
            None if namespace == "istio-system" => Truth::Unknown(Missing::MeshConfig("istio")),
            None => Truth::No,
        }
    }

    /// The identity of an account, as its certificate names it.
    pub(super) fn identity(&self, namespace: &str, account: &str) -> String {
        let own = self.trust_domains.as_ref().and_then(|all| all.first()).map_or("cluster.local", String::as_str);
        format!("{own}/ns/{namespace}/sa/{account}")
    }

    /// The trust domains that count as the mesh's own.
    pub(super) fn trust_domains(&self) -> Option<&[String]> {
        self.trust_domains.as_deref()
    }

    /// What a client's sidecar sends to the pods of these Services; `None` where it is not settled.
    pub(super) fn sends(&self, client: &str, services: &[Found<'s, Service>]) -> Option<Tls> {
        let concerns = |rule: &&ClientRule<'s>| {
            services.iter().any(|service| {
                let meta = &service.get().value.metadata;
                let seen = rule.namespace == client
                    || !rule.only_here
                        && (rule.namespace == meta.namespace || self.is_root(rule.namespace) != Truth::No);
                seen && rule.names(&meta.namespace, &meta.name)
            })
        };
        let mut said = self.client_rules.iter().filter(concerns).map(|rule| rule.tls);
        let Some(first) = said.next() else {
            return Some(if self.auto_mtls { Tls::Mesh } else { Tls::Plain });
        };
        if said.all(|other| other == first) { first } else { None }
    }
}

impl ClientRule<'_> {
    /// Is this Service meant? A name without a dot is one of the rule's own namespace.
    fn names(&self, namespace: &str, name: &str) -> bool {
        if let Some(end) = self.host.strip_prefix('*') {
            return format!("{name}.{namespace}.svc.cluster.local").ends_with(end);
        }
        if !self.host.contains('.') {
            return self.host == name && self.namespace == namespace;
        }
        self.host
            .strip_prefix(&format!("{name}.{namespace}.svc"))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

fn client_rule(found: Found<'_, Unmodelled>) -> Option<ClientRule<'_>> {
    let stored = found.get();
    if stored.value.group_kind.as_ref() != Some(&DESTINATION_RULE) {
        return None;
    }
    let spec = &stored.value.spec;
    let policy = spec.get("trafficPolicy");
    let of = |policy: Option<&Value>| policy.and_then(|policy| policy.get("tls")).is_some();
    let by_port = items(policy.and_then(|policy| policy.get("portLevelSettings"))).iter().any(|port| of(Some(port)));
    let by_subset = items(spec.get("subsets")).iter().any(|subset| of(subset.get("trafficPolicy")));
    if !of(policy) && !by_port && !by_subset {
        return None;
    }
    let mode = policy.and_then(|policy| policy.get("tls")).map(|tls| tls.get("mode").and_then(Value::as_str));
    let tls = match mode {
        _ if by_port || by_subset => None,
        Some(Some("ISTIO_MUTUAL")) => Some(Tls::Mesh),
        Some(None | Some("DISABLE")) => Some(Tls::Plain),
        Some(Some("SIMPLE" | "MUTUAL")) => Some(Tls::Other),
        _ => None,
    };
    let exported = items(spec.get("exportTo"));
    Some(ClientRule {
        namespace: &stored.metadata.namespace,
        host: spec.get("host").and_then(Value::as_str)?,
        only_here: !exported.is_empty() && exported.iter().all(|to| to.as_str() == Some(".")),
        tls,
    })
}
