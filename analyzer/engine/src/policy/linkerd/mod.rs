//! Linkerd: `Server` with what authorizes its clients, and what holds where no `Server` speaks of a port. The proxy
//! of the destination enforces them.
//! (docs/semantics/mesh-policy.md#linkerd)

mod config;
mod grants;
mod routes;
mod server;

use std::sync::Arc;

use ipnet::IpNet;
use kubereach_model::evidence::{FieldPath, Step};
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{ConfigMap, Resource as _, Unmodelled, Workload};
use kubereach_model::snapshot::{Found, FoundAny, Gap, GroupKind, Proof, Snapshot};
use kubereach_reports::report::ObjectRef;
use serde_json::Value;

use self::config::{Config, OWN_PORTS, PORT_ANNOTATIONS, declares_default, leaves_alone, meshed};
use self::grants::Grant;
use self::server::{Read, Server, admits, or_probes, probe_paths};
use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Protocol, Truth};
use super::ends::PodEnd;
use super::engine::{self, Asked, Compiled, Layer, Policy, Rules, Scope, Tier, Unread};
use super::groups::Sight;
use super::mesh::{items, listed_ports};
use super::ports::PortEntry;
use super::selectors::EVERY_POD;

const GROUP: &str = "policy.linkerd.io";

static KINDS: [GroupKind; 6] = [
    GroupKind::known(GROUP, "Server"),
    GroupKind::known(GROUP, "ServerAuthorization"),
    GroupKind::known(GROUP, "AuthorizationPolicy"),
    GroupKind::known(GROUP, "MeshTLSAuthentication"),
    GroupKind::known(GROUP, "NetworkAuthentication"),
    GroupKind::known(GROUP, "HTTPRoute"),
];

/// Reads the kinds.
#[derive(Debug)]
pub(super) struct Engine;

impl engine::Engine for Engine {
    fn kinds(&self) -> &'static [GroupKind] {
        &KINDS
    }

    fn compile<'s>(&self, snapshot: &'s Snapshot) -> Vec<Policy<'s>> {
        let of = |kind| snapshot.unmodelled.of_kind(kind).collect::<Vec<_>>();
        let [servers, authorizations, policies, _, _, routes] = KINDS.each_ref().map(of);
        let config = Config::of(snapshot);
        let restricted = config.found.is_some() && config.default.is_some_and(|default| !default.is_open());
        let by_default = restricted || declares_default(snapshot);
        if servers.is_empty() && !by_default {
            return Vec::new();
        }
        let servers = {
            let all = Read { snapshot, config: &config, authorizations, policies, routes };
            servers.into_iter().map(|found| all.server(found)).collect()
        };
        let ports = snapshot.pods.iter().map(|pod| &pod.get().value.metadata);
        let ports = ports.flat_map(|meta| PORT_ANNOTATIONS.into_iter().filter_map(|key| meta.annotation(key)));
        let annotated = ports.flat_map(listed_ports).collect();
        let shared = Arc::new(Shared { config, servers, annotated });
        let mut all: Vec<Policy<'s>> =
            (0..shared.servers.len()).filter_map(|index| server_policy(index, &shared)).collect();
        all.extend(by_default.then(|| default_policy(snapshot, &shared)).flatten());
        all
    }

    /// What holds by default turns nobody away unless it was changed: where it was not read that is assumed.
    fn unread_in(&self, snapshot: &Snapshot, namespace: &str) -> Option<Unread> {
        let in_mesh = |name: &str| {
            snapshot
                .pods
                .in_namespace(namespace)
                .any(|pod| pod.get().value.spec.containers.iter().any(|container| container.name == name))
        };
        if !in_mesh("linkerd-proxy") {
            return None;
        }
        let config = Config::of(snapshot);
        if config.default.is_some() {
            return None;
        }
        let unread = engine::unread(snapshot, ConfigMap::KIND, Some("linkerd"));
        let gap =
            unread.map_or_else(|| Gap::investigate("ConfigMap linkerd-config was not read", ""), |unread| unread.gap);
        Some(Unread {
            kind: ConfigMap::KIND.clone(),
            plural: "configmaps".to_owned(),
            namespace: Some("linkerd".to_owned()),
            system: None,
            may_allow: false,
            layer: Layer::Mesh,
            gap,
        })
    }
}

/// What all of its policies share.
#[derive(Debug)]
struct Shared<'s> {
    config: Config<'s>,
    servers: Vec<Server<'s>>,
    /// Ports that annotations name.
    annotated: Vec<(u16, u16)>,
}

/// A policy, ready to be asked.
#[derive(Debug)]
pub(super) struct Linkerd<'s> {
    what: What<'s>,
    shared: Arc<Shared<'s>>,
}

#[derive(Debug)]
enum What<'s> {
    /// It, and its place among all of them.
    Server(Found<'s, Unmodelled>, usize),
    /// What holds where no `Server` speaks, shown by this object.
    Default(Proven<'s>),
}

/// What shows that something holds by default.
#[derive(Debug, Clone, Copy)]
enum Proven<'s> {
    Any(FoundAny<'s>),
    Template(Found<'s, Workload>),
}

impl Proven<'_> {
    fn object(&self) -> (ObjectRef, u32) {
        match self {
            Self::Any(found) => (found.object(), found.origin),
            Self::Template(found) => (found.object(), found.get().origin),
        }
    }

    fn shows(&self, fact: &str) -> Proof {
        match self {
            Self::Any(found) => found.shows(fact),
            Self::Template(found) => found.shows(fact),
        }
    }
}

fn server_policy<'s>(index: usize, shared: &Arc<Shared<'s>>) -> Option<Policy<'s>> {
    let found = shared.servers.get(index)?.found;
    let stored = found.get();
    Some(Policy {
        object: stored.object_ref(),
        origin: stored.origin,
        tier: Tier::MeshAllow,
        rules: Compiled::Linkerd(Linkerd { what: What::Server(found, index), shared: Arc::clone(shared) }),
    })
}

/// Named after where it stands: the configuration, else the first object that an annotation declares it for.
fn default_policy<'s>(snapshot: &'s Snapshot, shared: &Arc<Shared<'s>>) -> Option<Policy<'s>> {
    let declares = |annotations: &std::collections::BTreeMap<String, String>| {
        annotations.keys().any(|key| key.starts_with("config.linkerd.io/"))
    };
    let namespace =
        || snapshot.namespaces.iter().find(|ns| declares(&ns.get().value.metadata.annotations)).map(Found::any);
    let pod = || snapshot.pods.iter().find(|pod| declares(&pod.get().value.metadata.annotations)).map(Found::any);
    let of_template = |found: &Found<'s, Workload>| {
        found.get().value.template().is_some_and(|template| declares(&template.metadata.annotations))
    };
    let template = || snapshot.workloads.iter().find(of_template).map(Proven::Template);
    let read = shared.config.found.map(Found::any);
    let proven = read.or_else(namespace).or_else(pod).map(Proven::Any).or_else(template)?;
    let (object, origin) = proven.object();
    Some(Policy {
        object,
        origin,
        tier: Tier::MeshAllow,
        rules: Compiled::Linkerd(Linkerd { what: What::Default(proven), shared: Arc::clone(shared) }),
    })
}

impl<'s> Linkerd<'s> {
    fn server(&self) -> Option<&Server<'s>> {
        match self.what {
            What::Server(_, index) => self.shared.servers.get(index),
            What::Default(_) => None,
        }
    }

    /// Does another `Server` speak of the port as well? Linkerd refuses that, and takes either.
    fn others(&self, asked: &Asked<'_, 's>) -> Truth<'s> {
        let own = |index: usize| matches!(self.what, What::Server(_, own) if own == index);
        let others = self.shared.servers.iter().enumerate().filter(|(index, _)| !own(*index));
        Truth::any(others.map(|(_, server)| server.selects(asked.pod).and(server.is_at(asked.pod, asked.port))))
    }

    /// What it says of a port of a pod in the mesh.
    fn says_to(&self, asked: &Asked<'_, 's>) -> PolicyAnswer<'s> {
        let config = &self.shared.config;
        let either = Outcomes::ALLOW.or(Outcomes::DENY);
        let Some(server) = self.server() else { return self.by_default(asked) };
        match (server.is_at(asked.pod, asked.port), self.others(asked)) {
            (Truth::No, _) => PolicyAnswer::NotApplicable,
            (Truth::Unknown(missing), _) => PolicyAnswer::Undecidable { missing, possible: either.or(Outcomes::NONE) },
            (Truth::Yes, Truth::No) => server.answer(config, asked),
            (Truth::Yes, _) => PolicyAnswer::Undecidable { missing: Missing::EqualPriorities, possible: either },
        }
    }

    fn by_default(&self, asked: &Asked<'_, 's>) -> PolicyAnswer<'s> {
        let config = &self.shared.config;
        match self.others(asked) {
            Truth::Yes => return PolicyAnswer::NotApplicable,
            Truth::No => {}
            Truth::Unknown(missing) => {
                let possible = Outcomes::ALLOW.or(Outcomes::DENY).or(Outcomes::NONE);
                return PolicyAnswer::Undecidable { missing, possible };
            }
        }
        let Some(default) = config.default_of(asked.pod, asked.port.unwrap_or_default()).filter(|d| !d.is_open())
        else {
            return PolicyAnswer::NotApplicable;
        };
        let grant = Grant::of_default(default, "");
        let own = admits(grant.iter().map(|grant| (0, grant)).collect(), config, asked);
        let probed = routes::is_probe(&probe_paths(asked.pod, asked.port), asked.request);
        or_probes(own, probed, config, asked)
    }
}

impl<'s> Rules<'s> for Linkerd<'s> {
    fn scope(&self) -> Scope<'s> {
        match self.server() {
            Some(server) => Scope::Namespace(server.namespace, &EVERY_POD),
            None => Scope::Cluster,
        }
    }

    fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        if direction == Direction::Egress {
            return Truth::No;
        }
        meshed(pod).and(self.server().map_or(Truth::Yes, |server| server.selects(pod)))
    }

    fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
        if selected == Truth::No || asked.direction == Direction::Egress || asked.protocol != Protocol::Tcp {
            return PolicyAnswer::NotApplicable;
        }
        if asked.port.is_some_and(|port| leaves_alone(asked.pod, port)) {
            return PolicyAnswer::NotApplicable;
        }
        let answer = self.says_to(asked);
        match selected {
            Truth::Unknown(missing) if answer != PolicyAnswer::NotApplicable => {
                PolicyAnswer::Undecidable { missing, possible: answer.outcomes().or(Outcomes::NONE) }
            }
            _ => answer,
        }
    }

    fn rule_count(&self, direction: Direction) -> Option<usize> {
        let count = || self.server().map_or(1, |server| server.all().count());
        (direction == Direction::Ingress).then(count)
    }

    fn restricts(&self, direction: Direction) -> bool {
        direction == Direction::Ingress
    }

    /// A process of the node is a client like any other.
    fn spares_own_node(&self) -> bool {
        false
    }

    fn denies_by_default(&self) -> bool {
        true
    }

    fn says(&self, answer: PolicyAnswer<'s>) -> Option<(String, FieldPath)> {
        let text = match (answer, self.server()) {
            (PolicyAnswer::Admits { rule }, Some(server)) => {
                let by = server.all().nth(rule).map_or("an authorization", |grant| grant.by.as_str());
                format!("lets it in by {by}")
            }
            (PolicyAnswer::DoesNotAdmit, Some(server)) if server.all().next().is_none() => {
                "has no authorization, so its port is closed".to_owned()
            }
            (PolicyAnswer::DoesNotAdmit, Some(_)) => {
                "lets in whom its authorizations name, and none of them fits".to_owned()
            }
            (PolicyAnswer::Admits { .. }, None) => "lets it in by the default inbound policy".to_owned(),
            (PolicyAnswer::DoesNotAdmit, None) => {
                "does not let it in by the default inbound policy, and no Server speaks of the port".to_owned()
            }
            _ => return None,
        };
        let field = if self.server().is_some() { "spec" } else { "metadata" };
        Some((text, vec![Step::from(field)]))
    }

    fn ports(&self, direction: Direction, each: &mut dyn FnMut(&PortEntry<'s>)) {
        if direction == Direction::Egress {
            return;
        }
        let mut range = |from: u16, to: u16| each(&PortEntry::range(Protocol::Tcp, Some((from, to))));
        for port in OWN_PORTS {
            range(port, port);
        }
        self.shared.annotated.iter().for_each(|(from, to)| range(*from, *to));
        for server in &self.shared.servers {
            if let Some(PortRef::Number(number)) = server.port {
                range(number, number);
            }
        }
        for name in self.shared.servers.iter().filter_map(|server| server.found.get().value.spec.get("port")?.as_str())
        {
            each(&PortEntry::named(name));
        }
    }

    fn ranges(&self, direction: Direction, each: &mut dyn FnMut(IpNet)) {
        if direction == Direction::Ingress {
            let of_server = self.server().into_iter().flat_map(Server::all).flat_map(Grant::ranges);
            of_server.chain(self.shared.config.ranges()).for_each(each);
        }
    }

    fn see(&self, sight: &mut Sight<'s>) {
        let keys = self.shared.servers.iter().filter_map(|server| server.found.get().value.spec.get("podSelector"));
        sight.mesh(keys.flat_map(selector_keys));
    }

    fn reached(&self, _phrases: &mut Vec<String>) {}

    fn admitted(&self, asked: &Asked<'_, 's>, phrases: &mut Vec<String>) {
        match self.server() {
            Some(server) if server.is_at(asked.pod, asked.port) != Truth::No => {
                phrases.extend(server.all().map(Grant::words));
            }
            Some(_) => {}
            None => {
                let default = asked.port.and_then(|port| self.shared.config.default_of(asked.pod, port));
                phrases.extend(default.and_then(|default| Grant::of_default(default, "")).map(|grant| grant.words()));
            }
        }
    }

    fn shows(&self, fact: &str) -> Proof {
        match &self.what {
            What::Server(found, _) => found.shows(fact),
            What::Default(proven) => proven.shows(fact),
        }
    }

    fn selector_keys(&self) -> Vec<&'s str> {
        let server = self.server().and_then(|server| server.found.get().value.spec.get("podSelector"));
        server.map(selector_keys).unwrap_or_default()
    }
}

/// The labels for which a selector asks.
fn selector_keys(selector: &Value) -> Vec<&str> {
    let pairs =
        selector.get("matchLabels").and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.as_str());
    let others = items(selector.get("matchExpressions")).iter().filter_map(|one| one.get("key")?.as_str());
    pairs.chain(others).collect()
}
