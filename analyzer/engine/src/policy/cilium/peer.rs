//! Whom a rule speaks of (cilium/cilium `pkg/policy/api/ingress.go`, `egress.go`, `entity.go`, `cidr.go`;
//! Documentation/security/policy/layer3.rst).

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use super::answer::{Direction, Missing, Truth};
use super::config::{Fact, Settings};
use super::ends::End;
use super::engine::Asked;
use super::identity::{Identity, Sort, of_other};
use super::network::{Block, on_addresses};
use super::selector::Selector;
use super::world::World;
use kubereach_model::snapshot::matches_pairs;

/// One peer of a rule.
#[derive(Debug, Clone)]
pub(super) enum Peer<'s> {
    Endpoints(Selector<'s>),
    Nodes(Selector<'s>),
    Entity(Entity),
    Range(Block),
    /// Addresses in a `CiliumCIDRGroup` that was not read.
    Group(&'s str),
    /// The Service behind `toServices`.
    Service(Target<'s>),
    /// A domain name.
    Name(&'s str),
    /// Groups of a cloud, and what this version does not know.
    Unreadable,
}

/// What a Service stands for.
#[derive(Debug, Clone)]
pub(super) enum Target<'s> {
    /// Pods of its namespace with these labels.
    Pods { namespace: &'s str, selector: &'s std::collections::BTreeMap<String, String> },
    /// Without a selector: the addresses behind it, as if they were ranges.
    Addresses(Vec<IpAddr>),
    /// It was not read.
    Unread(&'s str),
}

/// A word for a class of peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entity {
    All,
    World,
    WorldV4,
    WorldV6,
    Cluster,
    Host,
    RemoteNode,
    ApiServer,
    /// Those that no pod, node or address outside has: `ingress`, `init`, `health`, `unmanaged`, `none`.
    Nobody(&'static str),
}

impl Entity {
    fn of(word: &str) -> Option<Self> {
        const NOBODY: [&str; 5] = ["ingress", "init", "health", "unmanaged", "none"];
        Some(match word {
            "all" => Self::All,
            "world" => Self::World,
            "world-ipv4" => Self::WorldV4,
            "world-ipv6" => Self::WorldV6,
            "cluster" => Self::Cluster,
            "host" => Self::Host,
            "remote-node" => Self::RemoteNode,
            "kube-apiserver" => Self::ApiServer,
            _ => Self::Nobody(NOBODY.into_iter().find(|name| *name == word)?),
        })
    }

    const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::World => "world",
            Self::WorldV4 => "world-ipv4",
            Self::WorldV6 => "world-ipv6",
            Self::Cluster => "cluster",
            Self::Host => "host",
            Self::RemoteNode => "remote-node",
            Self::ApiServer => "kube-apiserver",
            Self::Nobody(word) => word,
        }
    }

    fn selects<'s>(self, identity: &Identity<'_, 's>) -> Truth<'s> {
        let family = |v4: bool| match (identity.sort, identity.settings.dual_stack) {
            (Sort::World(_), None) => Truth::Unknown(Missing::CiliumSetting("enable-ipv6")),
            // With one family the world is one identity, which these words do not name (`pkg/labels/cidr.go`).
            (Sort::World(_), Some(false)) => Truth::No,
            (Sort::World(Some(address)), Some(true)) => Truth::of(address.is_ipv4() == v4),
            (Sort::World(None), Some(true)) => Truth::Unknown(Missing::OutsideAddress),
            _ => Truth::No,
        };
        match (self, identity.sort) {
            (Self::All, _)
            | (Self::World, Sort::World(_))
            | (Self::Cluster, Sort::Endpoint | Sort::Host | Sort::RemoteNode | Sort::Ingress)
            | (Self::Nobody("ingress"), Sort::Ingress)
            | (Self::Host, Sort::Host)
            | (Self::RemoteNode, Sort::RemoteNode) => Truth::Yes,
            (Self::WorldV4, _) => family(true),
            (Self::WorldV6, _) => family(false),
            (Self::Cluster | Self::ApiServer, _) => identity.is_api_server(),
            (Self::World | Self::Host | Self::RemoteNode | Self::Nobody(_), _) => Truth::No,
        }
    }
}

/// The fields of a rule that name peers: the first is that of ingress rules, the second that of egress rules.
const FIELDS: [(&str, &str); 8] = [
    ("fromEndpoints", "toEndpoints"),
    ("fromEntities", "toEntities"),
    ("fromCIDR", "toCIDR"),
    ("fromCIDRSet", "toCIDRSet"),
    ("fromNodes", "toNodes"),
    ("fromGroups", "toGroups"),
    ("", "toFQDNs"),
    ("", "toServices"),
];

/// What is needed to read a rule's peers.
pub(super) struct Reading<'r, 's> {
    pub(super) direction: Direction,
    pub(super) namespace: Option<&'s str>,
    pub(super) subject_may_start: bool,
    pub(super) settings: &'r Settings<'s>,
    pub(super) world: &'r World<'s>,
}

/// Whom a rule names.
#[derive(Debug)]
pub(super) enum Peers<'s> {
    /// No field is there.
    Anyone,
    /// These; none of them: nobody.
    These(Vec<Peer<'s>>),
}

/// The peers of a rule; `None` where Cilium rejects the rule or it cannot be read.
pub(super) fn peers<'s>(rule: &'s Value, reading: &Reading<'_, 's>) -> Option<Peers<'s>> {
    let mut named: Option<Vec<Peer<'s>>> = None;
    let mut kinds = 0;
    for (ingress, egress) in FIELDS {
        let field = if reading.direction == Direction::Ingress { ingress } else { egress };
        let Some(list) = rule.get(field).filter(|v| !v.is_null()) else { continue };
        let list = list.as_array()?;
        kinds += usize::from(!list.is_empty());
        let peers = named.get_or_insert_default();
        for value in list {
            read(ingress, egress, value, reading, peers)?;
        }
    }
    // "Combining … is not supported yet" (`pkg/policy/api/rule_validation.go`).
    (kinds <= 1).then(|| named.map_or(Peers::Anyone, Peers::These))
}

fn read<'s>(
    ingress: &str,
    egress: &str,
    value: &'s Value,
    reading: &Reading<'_, 's>,
    peers: &mut Vec<Peer<'s>>,
) -> Option<()> {
    match (ingress, egress) {
        ("fromEndpoints", _) => {
            peers.push(Peer::Endpoints(Selector::peer(value, reading.namespace, reading.subject_may_start)?));
        }
        ("fromEntities", _) => peers.push(Entity::of(value.as_str()?).map_or(Peer::Unreadable, Peer::Entity)),
        ("fromCIDR", _) => peers.push(Peer::Range(range(value.as_str()?))),
        ("fromCIDRSet", _) => set(value, reading.world, peers)?,
        // Without the flag the rule is rejected.
        ("fromNodes", _) => {
            peers.push(Peer::Nodes(Selector::of(value).filter(|_| reading.settings.is(Fact::NodeLabels))?));
        }
        (_, "toFQDNs") => {
            let name = value.get("matchName").or_else(|| value.get("matchPattern"))?;
            peers.push(Peer::Name(name.as_str()?));
        }
        (_, "toServices") => match reading.world.targets(value, reading.namespace) {
            Some(targets) => peers.extend(targets.into_iter().map(Peer::Service)),
            None => peers.push(Peer::Unreadable),
        },
        _ => peers.push(Peer::Unreadable),
    }
    Some(())
}

/// A range, or one address.
fn range(text: &str) -> Block {
    match text.trim().parse::<IpAddr>() {
        Ok(address) => Block::with_holes(Some(IpNet::from(address)), Vec::new()),
        Err(_) => Block::of_cidr(text),
    }
}

/// One entry of a set: a range or groups of ranges, with holes.
fn set<'s>(value: &'s Value, world: &World<'s>, peers: &mut Vec<Peer<'s>>) -> Option<()> {
    let holes: Vec<Option<IpNet>> = match value.get("except") {
        None | Some(Value::Null) => Vec::new(),
        Some(list) => list.as_array()?.iter().map(|hole| hole.as_str().and_then(|h| h.trim().parse().ok())).collect(),
    };
    let field = |key: &str| value.get(key).filter(|v| !v.is_null());
    let block = |cidr: &str| Block::with_holes(cidr.trim().parse().ok(), holes.clone());
    match (field("cidr"), field("cidrGroupRef"), field("cidrGroupSelector")) {
        (Some(cidr), None, None) => peers.push(Peer::Range(block(cidr.as_str()?))),
        (None, Some(name), None) => match world.group(name.as_str()?) {
            Some(cidrs) => peers.extend(cidrs.into_iter().map(|cidr| Peer::Range(block(cidr)))),
            None => peers.push(Peer::Group(name.as_str()?)),
        },
        (None, None, Some(selector)) => match world.groups(&Selector::of(selector)?) {
            Some(cidrs) => peers.extend(cidrs.into_iter().map(|cidr| Peer::Range(block(cidr)))),
            None => peers.push(Peer::Group("chosen by labels")),
        },
        _ => return None,
    }
    Some(())
}

impl<'s> Peer<'s> {
    pub(super) fn matches<'a>(&self, asked: &Asked<'a, 's>, settings: &'a Settings<'s>) -> Truth<'s> {
        match self {
            Self::Unreadable => Truth::Unknown(Missing::Form),
            Self::Entity(Entity::All) => Truth::Yes,
            Self::Entity(entity) => match (entity, asked.other) {
                (Entity::World | Entity::WorldV4 | Entity::WorldV6, End::UnnamedPod) => Truth::No,
                (Entity::Cluster, End::UnnamedPod) => Truth::Yes,
                _ => of_other(asked, settings, &|identity| entity.selects(identity)),
            },
            Self::Endpoints(selector) => of_other(asked, settings, &|identity| selector.selects(identity)),
            Self::Nodes(selector) => of_other(asked, settings, &|identity| match identity.sort {
                Sort::Host | Sort::RemoteNode => match (identity.node_labels, identity.node_name) {
                    (Some(labels), _) => selector.selects_labels(labels),
                    (None, Some(node)) => Truth::Unknown(Missing::NodeLabels(node)),
                    (None, None) => Truth::Unknown(Missing::SameNode),
                },
                Sort::Endpoint | Sort::World(_) | Sort::Ingress => Truth::No,
            }),
            Self::Range(block) => in_range(block, asked, settings),
            Self::Group(name) => match asked.other {
                End::Pod(pod) if !pod.host_network => Truth::No,
                _ if asked.options.from_own_proxy => Truth::No,
                _ => Truth::Unknown(Missing::CidrGroup(name)),
            },
            Self::Name(_) => of_other(asked, settings, &|identity| match identity.sort {
                Sort::World(_) => Truth::Unknown(Missing::DomainNames),
                // Names stand for addresses, which are no endpoint's.
                Sort::Endpoint | Sort::Ingress => Truth::No,
                Sort::Host | Sort::RemoteNode if settings.ranges_match_nodes == Some(false) => Truth::No,
                Sort::Host | Sort::RemoteNode => Truth::Unknown(Missing::DomainNames),
            }),
            Self::Service(Target::Unread(name)) => Truth::Unknown(Missing::ServiceEndpoints(name)),
            Self::Service(Target::Addresses(addresses)) => of_other(asked, settings, &|identity| match identity.sort {
                Sort::World(Some(address)) => Truth::of(addresses.contains(&address)),
                Sort::World(None) if addresses.is_empty() => Truth::No,
                Sort::World(None) => Truth::Unknown(Missing::OutsideAddress),
                Sort::Endpoint | Sort::Ingress => Truth::No,
                Sort::Host | Sort::RemoteNode => {
                    on_nodes(settings, Truth::of(identity.addresses.iter().any(|a| addresses.contains(a))))
                }
            }),
            Self::Service(Target::Pods { namespace, selector }) => of_other(asked, settings, &|identity| {
                let selected =
                    |pod: &super::ends::PodEnd<'s>| pod.namespace == *namespace && matches_pairs(selector, pod.labels);
                // Older versions knew only Services without a selector.
                match identity.pod {
                    Some(pod) if selected(pod) => Truth::Unknown(Missing::CiliumVersion),
                    _ => Truth::No,
                }
            }),
        }
    }

    /// Address ranges at which an answer may change.
    pub(super) fn ranges(&self, settings: &Settings<'s>, each: &mut dyn FnMut(IpNet)) {
        let addresses: &[IpAddr] = match self {
            Self::Range(block) => {
                block.ranges().for_each(&mut *each);
                &[]
            }
            Self::Entity(Entity::ApiServer | Entity::Cluster) => settings.api_server.as_deref().unwrap_or_default(),
            Self::Service(Target::Addresses(addresses)) => addresses,
            _ => &[],
        };
        for address in addresses {
            each(IpNet::from(*address));
        }
    }

    pub(super) fn words(&self) -> String {
        match self {
            Self::Endpoints(selector) => selector.words(),
            Self::Nodes(selector) => selector.words().replacen("endpoint", "node", 1),
            Self::Entity(entity) => format!("entity {}", entity.word()),
            Self::Range(block) => format!("addresses in {block}"),
            Self::Group(name) => format!("addresses of the CiliumCIDRGroup {name}"),
            Self::Service(Target::Pods { namespace, .. }) => format!("pods behind a Service of namespace {namespace}"),
            Self::Service(Target::Addresses(_)) => "the addresses behind a Service".to_owned(),
            Self::Service(Target::Unread(name)) => format!("Service {name}"),
            Self::Name(name) => (*name).to_owned(),
            Self::Unreadable => "a peer in a form this version does not know".to_owned(),
        }
    }
}

/// Ranges speak of addresses outside; of nodes only where the mode says so.
fn on_nodes<'s>(settings: &Settings<'s>, within: Truth<'s>) -> Truth<'s> {
    match (settings.ranges_match_nodes, within) {
        (Some(true), within) => within,
        (Some(false), _) | (None, Truth::No) => Truth::No,
        (None, _) => Truth::Unknown(Missing::CiliumSetting("policy-cidr-match-mode")),
    }
}

fn in_range<'a, 's>(block: &Block, asked: &Asked<'a, 's>, settings: &'a Settings<'s>) -> Truth<'s> {
    if let End::Unclear(address) = asked.other
        && block.contains(*address) == Truth::No
    {
        return Truth::No;
    }
    if matches!(asked.other, End::UnnamedPod) && settings.ranges_match_nodes == Some(false) {
        return Truth::No;
    }
    of_other(asked, settings, &|identity| match identity.sort {
        Sort::Endpoint | Sort::Ingress => Truth::No,
        Sort::Host | Sort::RemoteNode => on_nodes(settings, on_addresses(block, identity.addresses)),
        Sort::World(Some(address)) => block.contains(address),
        Sort::World(None) if block.is_everything() => Truth::Yes,
        Sort::World(None) => Truth::Unknown(Missing::OutsideAddress),
    })
}
