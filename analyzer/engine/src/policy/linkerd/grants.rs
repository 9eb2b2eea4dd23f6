//! Whom an authorization lets in: from which networks, and with which identities.
//! (linkerd2 policy-controller/k8s/index: `policy_client_authz`, `client_authz`)

use std::collections::BTreeMap;

use kubereach_model::snapshot::model::{IpBlock, Resource as _, Unmodelled};
use kubereach_model::snapshot::{Found, GroupKind, LabelSelector, Snapshot};
use serde::Deserialize as _;
use serde_json::Value;

use super::config::{Config, Inbound};
use crate::policy::answer::{Missing, Truth};
use crate::policy::engine::Asked;
use crate::policy::mesh::{Identity, block, from_block, items};
use crate::policy::network::Block;
use crate::policy::selectors::on_labels;

static MESH_TLS: GroupKind = GroupKind::known("policy.linkerd.io", "MeshTLSAuthentication");
static NETWORK: GroupKind = GroupKind::known("policy.linkerd.io", "NetworkAuthentication");

/// One way in.
#[derive(Debug, Clone)]
pub(super) struct Grant<'s> {
    /// The policy that opens it.
    pub(super) by: String,
    networks: Networks,
    client: Client<'s>,
}

#[derive(Debug, Clone)]
enum Networks {
    Any,
    /// Those of the cluster.
    Cluster,
    Probes,
    These(Vec<Block>),
}

#[derive(Debug, Clone)]
enum Client<'s> {
    Anyone,
    /// Whoever comes with the mesh's TLS.
    Meshed,
    /// Names of identities; `*` in front leaves the beginning open.
    Named(Vec<String>),
    /// Cannot be told.
    Unknown(Missing<'s>),
}

impl<'s> Grant<'s> {
    /// Of what holds by default; none where it lets nobody in.
    pub(super) fn of_default(default: Inbound, by: &str) -> Option<Self> {
        let Inbound::Allow { authenticated, cluster } = default else { return None };
        Some(Self {
            by: by.to_owned(),
            networks: if cluster { Networks::Cluster } else { Networks::Any },
            client: if authenticated { Client::Meshed } else { Client::Anyone },
        })
    }

    /// The kubelet's probes, which stay open.
    pub(super) fn of_probes() -> Self {
        Self { by: "the probes of its containers".to_owned(), networks: Networks::Probes, client: Client::Anyone }
    }

    /// Does it let the client in?
    pub(super) fn admits(&self, config: &Config<'s>, identity: &Identity<'s>, asked: &Asked<'_, 's>) -> Truth<'s> {
        let near = match &self.networks {
            Networks::Any => Truth::Yes,
            Networks::Cluster => config.in_cluster(asked.other),
            Networks::Probes => config.probes(asked.other),
            Networks::These(blocks) => Truth::any(blocks.iter().map(|block| from_block(block, asked.other))),
        };
        near.and(match &self.client {
            Client::Anyone => Truth::Yes,
            Client::Meshed => identity.is_proven(),
            Client::Named(names) => identity.is(|identity| names.iter().any(|name| names_identity(name, identity))),
            Client::Unknown(missing) => Truth::Unknown(*missing),
        })
    }

    /// Whom it lets in: a phrase.
    pub(super) fn words(&self) -> String {
        let whom = match &self.client {
            Client::Anyone => "anybody".to_owned(),
            Client::Meshed => "clients with a proxy of the mesh".to_owned(),
            Client::Named(names) => format!("the identities {}", names.join(", ")),
            Client::Unknown(_) => "clients that were not read".to_owned(),
        };
        match &self.networks {
            Networks::Any => whom,
            Networks::Cluster => format!("{whom} from the networks of the cluster"),
            Networks::Probes => format!("{whom} from the networks of probes"),
            Networks::These(blocks) => {
                let blocks: Vec<String> = blocks.iter().map(ToString::to_string).collect();
                format!("{whom} from {}", blocks.join(", "))
            }
        }
    }

    /// Address ranges that it names.
    pub(super) fn ranges(&self) -> impl Iterator<Item = ipnet::IpNet> {
        let blocks = if let Networks::These(blocks) = &self.networks { blocks.as_slice() } else { &[] };
        blocks.iter().flat_map(Block::ranges)
    }
}

/// `*` alone is every identity; in front of a dot it leaves the beginning open.
fn names_identity(name: &str, identity: &str) -> bool {
    match name.strip_prefix('*') {
        Some("") => true,
        Some(end) => identity.ends_with(end),
        None => name == identity,
    }
}

/// Networks with holes.
fn networks(of: Option<&Value>) -> Vec<Block> {
    let cidr = |network: &Value| {
        let own = network.get("cidr").and_then(Value::as_str)?;
        let holes = items(network.get("except"));
        if holes.is_empty() {
            return block(own);
        }
        IpBlock::deserialize(network).ok().map(|block| Block::of(&block))
    };
    items(of).iter().map(|network| cidr(network).unwrap_or_else(|| Block::of_cidr(""))).collect()
}

fn text<'v>(of: &'v Value, key: &str) -> Option<&'v str> {
    of.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Of a `ServerAuthorization`; none where it names no client.
pub(super) fn of_server_authorization<'s>(found: Found<'s, Unmodelled>, config: &Config<'s>) -> Option<Grant<'s>> {
    let stored = found.get();
    let client = stored.value.spec.get("client")?;
    let mesh = client.get("meshTLS").filter(|mesh| !mesh.is_null());
    let flag = |of: &Value, key: &str| of.get(key).and_then(Value::as_bool) == Some(true);
    let who = if flag(client, "unauthenticated") {
        Client::Anyone
    } else {
        let mesh = mesh?;
        if flag(mesh, "unauthenticatedTLS") {
            Client::Meshed
        } else {
            let names = items(mesh.get("identities")).iter().filter_map(Value::as_str).map(str::to_owned);
            let accounts = items(mesh.get("serviceAccounts")).iter().filter_map(|account| {
                let namespace = text(account, "namespace").unwrap_or(&stored.metadata.namespace);
                text(account, "name").map(|name| config.identity(namespace, name))
            });
            named(names.map(Some).chain(accounts).collect())?
        }
    };
    let networks = networks(client.get("networks"));
    Some(Grant {
        by: stored.object_ref().to_string(),
        networks: if networks.is_empty() { Networks::Cluster } else { Networks::These(networks) },
        client: who,
    })
}

/// None where no identity is named at all.
fn named<'s>(names: Vec<Option<String>>) -> Option<Client<'s>> {
    if names.is_empty() {
        return None;
    }
    let all: Option<Vec<String>> = names.into_iter().collect();
    Some(all.map_or(Client::Unknown(Missing::MeshConfig("linkerd-config")), Client::Named))
}

/// Does a `ServerAuthorization` speak of this `Server`?
pub(super) fn names_server(found: Found<'_, Unmodelled>, name: &str, labels: &BTreeMap<String, String>) -> bool {
    let Some(server) = found.get().value.spec.get("server") else { return false };
    if let Some(own) = text(server, "name") {
        return own == name;
    }
    let selector = server.get("selector").and_then(|selector| LabelSelector::deserialize(selector).ok());
    selector.is_none_or(|selector| on_labels(&selector, labels) != Truth::No)
}

/// Of an `AuthorizationPolicy`: every authentication that it requires has to hold. None where Linkerd passes it over:
/// it refers to what is not there, or to more than one of a sort.
pub(super) fn of_policy<'s>(
    found: Found<'s, Unmodelled>,
    snapshot: &'s Snapshot,
    config: &Config<'s>,
) -> Option<Grant<'s>> {
    let stored = found.get();
    let own = stored.metadata.namespace.as_str();
    let (mut nets, mut who, mut doubt) = (None, None, None);
    for reference in items(stored.value.spec.get("requiredAuthenticationRefs")) {
        let namespace = text(reference, "namespace").unwrap_or(own);
        let name = text(reference, "name")?;
        match text(reference, "kind")? {
            "ServiceAccount" => {
                if who.replace(named(vec![config.identity(namespace, name)])?).is_some() {
                    return None;
                }
            }
            "MeshTLSAuthentication" => match authentication(snapshot, &MESH_TLS, namespace, name) {
                Ok(Some(found)) => {
                    if who.replace(of_mesh_tls(found, config)?).is_some() {
                        return None;
                    }
                }
                Ok(None) => return None,
                Err(()) => doubt = Some(Missing::Reference("MeshTLSAuthentication", name)),
            },
            "NetworkAuthentication" => match authentication(snapshot, &NETWORK, namespace, name) {
                Ok(Some(found)) => {
                    if nets.replace(networks(found.get().value.spec.get("networks"))).is_some() {
                        return None;
                    }
                }
                Ok(None) => return None,
                Err(()) => doubt = Some(Missing::Reference("NetworkAuthentication", name)),
            },
            _ => return None,
        }
    }
    Some(Grant {
        by: stored.object_ref().to_string(),
        networks: nets.map_or(Networks::Any, Networks::These),
        client: doubt.map_or_else(|| who.unwrap_or(Client::Anyone), Client::Unknown),
    })
}

/// An authentication by its name; an error where it cannot be told whether there is one.
fn authentication<'s>(
    snapshot: &'s Snapshot,
    kind: &'static GroupKind,
    namespace: &str,
    name: &str,
) -> Result<Option<Found<'s, Unmodelled>>, ()> {
    let is_it = |found: &Found<'s, Unmodelled>| found.get().value.group_kind.as_ref() == Some(kind);
    match snapshot.unmodelled.named(namespace, name).find(is_it) {
        Some(found) => Ok(Some(found)),
        None if snapshot.is_complete(kind, Some(namespace)).is_ok() => Ok(None),
        None => Err(()),
    }
}

/// Of a `MeshTLSAuthentication`.
fn of_mesh_tls<'s>(found: Found<'s, Unmodelled>, config: &Config<'s>) -> Option<Client<'s>> {
    let stored = found.get();
    let own = stored.metadata.namespace.as_str();
    let names = items(stored.value.spec.get("identities")).iter().filter_map(Value::as_str).map(str::to_owned);
    let references = items(stored.value.spec.get("identityRefs")).iter().filter_map(|reference| {
        let name = text(reference, "name");
        match text(reference, "kind")? {
            "ServiceAccount" => Some(config.identity(text(reference, "namespace").unwrap_or(own), name?)),
            // All accounts of a namespace.
            "Namespace" => Some(config.identity(name.unwrap_or(own), "*")),
            _ => None,
        }
    });
    named(names.map(Some).chain(references).collect())
}
