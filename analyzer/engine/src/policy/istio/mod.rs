//! Istio: `PeerAuthentication`, `RequestAuthentication` and `AuthorizationPolicy`, enforced by the proxy in front of
//! the destination and by the waypoint that leads to it.
//! (docs/semantics/mesh-policy.md#istio)

mod config;
mod members;
mod mesh;
mod peer;
mod rule;
mod text;
mod token;

use std::sync::Arc;

use ipnet::IpNet;
use kubereach_model::evidence::{FieldPath, Step};
use kubereach_model::snapshot::model::{Resource as _, Unmodelled};
use kubereach_model::snapshot::{Found, GroupKind, LabelSelector, Proof, Snapshot};
use serde::Deserialize as _;
use serde_json::Value;

use self::members::{GATEWAY_NAME, PORT_ANNOTATIONS, Proxy, leaves_alone, own_ports, proxy};
use self::mesh::{Mesh, Speech, Via};
use self::peer::{Mode, Peers};
use self::rule::{Names, Rule, Seen, Sees};
use self::token::Token;
use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Protocol, Truth};
use super::ends::PodEnd;
use super::engine::{self, Asked, Compiled, Policy, Rules, Scope, Tier};
use super::groups::Sight;
use super::mesh::{Identity, items};
use super::ports::PortEntry;
use super::selectors::{EVERY_POD, on_labels};

static KINDS: [GroupKind; 3] = [
    GroupKind::known("security.istio.io", "AuthorizationPolicy"),
    GroupKind::known("security.istio.io", "PeerAuthentication"),
    GroupKind::known("security.istio.io", "RequestAuthentication"),
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
        let [authorizations, peers, tokens] = KINDS.each_ref().map(of);
        if authorizations.is_empty() && peers.is_empty() && tokens.is_empty() {
            return Vec::new();
        }
        let tokens_of: Vec<Token<'s>> = tokens.iter().map(|found| Token::of(*found)).collect();
        let mesh = Arc::new(Shared { mesh: Mesh::of(snapshot, Peers::of(peers)), tokens: tokens_of });
        let mut all: Vec<(Found<'s, Unmodelled>, What<'s>)> = Vec::new();
        let stricter = mesh.mesh.peers.iter().filter(|(_, peer)| peer.matters());
        all.extend(stricter.map(|(index, peer)| (peer.found(), What::Peer(index))));
        all.extend(tokens.into_iter().enumerate().map(|(index, found)| (found, What::Token(index))));
        all.extend(authorizations.into_iter().filter_map(|found| Some((found, authorization(found)?))));
        all.into_iter().map(|(found, what)| policy(found, what, &mesh)).collect()
    }
}

/// What all of its policies share.
#[derive(Debug)]
struct Shared<'s> {
    mesh: Mesh<'s>,
    tokens: Vec<Token<'s>>,
}

/// A policy, ready to be asked.
#[derive(Debug)]
pub(super) struct Istio<'s> {
    found: Found<'s, Unmodelled>,
    namespace: &'s str,
    selector: Option<LabelSelector>,
    targets: Vec<Target<'s>>,
    what: What<'s>,
    shared: Arc<Shared<'s>>,
}

#[derive(Debug)]
enum What<'s> {
    /// Which of the `PeerAuthentication`s.
    Peer(usize),
    /// Which of the `RequestAuthentication`s.
    Token(usize),
    Authorization {
        action: Action<'s>,
        rules: Vec<Rule<'s>>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action<'s> {
    Allow,
    Deny,
    /// What the rules name is left to this program.
    Custom(&'s str),
    /// A word this version does not know.
    Unreadable,
}

/// What a policy is bound to instead of workloads.
#[derive(Debug)]
struct Target<'s> {
    kind: &'s str,
    name: &'s str,
}

/// The workloads that a policy chooses; `None` where it chooses none.
fn selector(spec: &Value) -> Option<LabelSelector> {
    LabelSelector::deserialize(spec.get("selector").filter(|selector| !selector.is_null())?).ok()
}

fn targets(spec: &Value) -> Vec<Target<'_>> {
    let all = items(spec.get("targetRefs")).iter().chain(spec.get("targetRef").filter(|target| !target.is_null()));
    all.map(|target| Target {
        kind: target.get("kind").and_then(Value::as_str).unwrap_or_default(),
        name: target.get("name").and_then(Value::as_str).unwrap_or_default(),
    })
    .collect()
}

/// `None` for those that change nothing: they only count, or are tried out.
fn authorization(found: Found<'_, Unmodelled>) -> Option<What<'_>> {
    let stored = found.get();
    let spec = &stored.value.spec;
    if stored.value.metadata.annotation("istio.io/dry-run") == Some("true") {
        return None;
    }
    let action = match spec.get("action").filter(|action| !action.is_null()).map(Value::as_str) {
        None | Some(Some("ALLOW")) => Action::Allow,
        Some(Some("DENY")) => Action::Deny,
        Some(Some("AUDIT")) => return None,
        Some(Some("CUSTOM")) => {
            let provider = spec.get("provider").and_then(|provider| provider.get("name")).and_then(Value::as_str);
            Action::Custom(provider.unwrap_or_default())
        }
        Some(_) => Action::Unreadable,
    };
    Some(What::Authorization { action, rules: items(spec.get("rules")).iter().map(Rule::of).collect() })
}

fn policy<'s>(found: Found<'s, Unmodelled>, what: What<'s>, shared: &Arc<Shared<'s>>) -> Policy<'s> {
    let stored = found.get();
    let targets = targets(&stored.value.spec);
    let tier = match (&what, targets.is_empty()) {
        (What::Peer(_), _) | (What::Token(_), true) => Tier::MeshTransport,
        (What::Token(_), false) => Tier::WaypointDeny,
        (What::Authorization { action: Action::Allow, .. }, true) => Tier::MeshAllow,
        (What::Authorization { action: Action::Allow, .. }, false) => Tier::WaypointAllow,
        (What::Authorization { .. }, true) => Tier::MeshDeny,
        (What::Authorization { .. }, false) => Tier::WaypointDeny,
    };
    let istio = Istio {
        found,
        namespace: &stored.metadata.namespace,
        selector: selector(&stored.value.spec).filter(|selector| !selector.is_empty()),
        targets,
        what,
        shared: Arc::clone(shared),
    };
    Policy { object: stored.object_ref(), origin: stored.origin, tier, rules: Compiled::Istio(istio) }
}

/// On which way a connection comes to the destination's proxy.
#[derive(Debug, Clone, Copy)]
enum Way<'s> {
    Direct,
    Through(Via<'s>),
}

impl<'s> Istio<'s> {
    fn is_bound(&self) -> bool {
        !self.targets.is_empty()
    }

    /// Does it hold at this pod, or at the waypoint that leads to it?
    fn holds_at(&self, pod: &PodEnd<'s>) -> Truth<'s> {
        let mesh = &self.shared.mesh;
        let stands = proxy(pod);
        let in_mesh = match stands {
            Proxy::None => return Truth::No,
            Proxy::Unknown(missing) => Truth::Unknown(missing),
            Proxy::Waypoint | Proxy::Gateway if matches!(self.what, What::Peer(_)) => return Truth::No,
            Proxy::Waypoint if !self.is_bound() => return Truth::No,
            Proxy::Sidecar if self.is_bound() => return Truth::No,
            _ => Truth::Yes,
        };
        let root = mesh.config.is_root(self.namespace);
        let here = Truth::of(self.namespace == pod.namespace);
        if let What::Peer(_) = self.what {
            let reach = if self.selector.is_some() { here } else { here.or(root) };
            return in_mesh.and(reach).and(self.chooses(pod));
        }
        if !self.is_bound() {
            return in_mesh.and(here.or(root)).and(self.chooses(pod));
        }
        if matches!(stands, Proxy::Gateway | Proxy::Waypoint) {
            let own = pod.labels.get(GATEWAY_NAME).map(String::as_str);
            let bound = self.targets.iter().any(|target| target.kind == "Gateway" && Some(target.name) == own);
            // What is bound to a waypoint is asked where it leads to.
            return in_mesh.and(here).and(Truth::of(bound && stands == Proxy::Gateway));
        }
        // Which waypoint leads to the port is not asked yet: one that may.
        in_mesh.and(Truth::of(true))
    }

    fn chooses(&self, pod: &PodEnd<'s>) -> Truth<'s> {
        self.selector.as_ref().map_or(Truth::Yes, |selector| on_labels(selector, pod.labels))
    }

    /// Is it bound to this waypoint, or to the Service that uses it?
    fn is_bound_to(&self, via: &Via<'s>, pod: &PodEnd<'s>) -> Truth<'s> {
        Truth::any(self.targets.iter().map(|target| match target.kind {
            "Gateway" => Truth::of(target.name == via.name && self.namespace == via.namespace),
            "Service" => Truth::of(Some(target.name) == via.service && self.namespace == pod.namespace),
            "GatewayClass" if target.name == "istio-waypoint" => self.shared.mesh.config.is_root(self.namespace),
            _ => Truth::No,
        }))
    }

    /// Does the destination's proxy look into what comes there?
    fn guards(&self, asked: &Asked<'_, 's>) -> Result<bool, Missing<'s>> {
        if asked.direction != Direction::Ingress || asked.protocol != Protocol::Tcp {
            return Ok(false);
        }
        Ok(match (proxy(asked.pod), asked.port) {
            (Proxy::Sidecar, Some(port)) => !leaves_alone(asked.pod, port),
            (Proxy::Sidecar, None)
                if PORT_ANNOTATIONS.iter().any(|key| super::mesh::annotation(asked.pod, key).is_some()) =>
            {
                return Err(Missing::Port);
            }
            (Proxy::None, _) => false,
            _ => true,
        })
    }

    /// What it answers to a connection that comes on this way.
    fn on(&self, way: Way<'s>, asked: &Asked<'_, 's>) -> PolicyAnswer<'s> {
        let mesh = &self.shared.mesh;
        let at_waypoint = self.is_bound();
        let client = mesh.identity(asked);
        let identity = match (way, at_waypoint) {
            (Way::Through(via), false) => mesh.identity_of_waypoint(&via),
            _ => client,
        };
        match &self.what {
            What::Peer(index) => self.transport(*index, &identity, asked),
            What::Token(index) => self.token(*index, asked),
            What::Authorization { action, rules } => {
                let identity = match self.offered(identity, asked) {
                    Ok(identity) => identity,
                    Err(missing) => return undecidable(missing, action.outcomes()),
                };
                let seen = Seen {
                    asked,
                    mesh,
                    identity: &identity,
                    relayed: matches!(way, Way::Through(_)) && !at_waypoint,
                    namespace: self.namespace,
                    tokens: self.tokens_may_come(asked),
                };
                let sees = match (proxy(asked.pod), at_waypoint) {
                    (Proxy::Ztunnel, false) => vec![Sees::Ztunnel],
                    _ => match mesh.speech(asked.pod, asked.port) {
                        Speech::Http => vec![Sees::Http],
                        Speech::Tcp => vec![Sees::Tcp],
                        Speech::Looked if asked.request.is_some_and(super::Request::is_http) => vec![Sees::Http],
                        Speech::Looked => vec![Sees::Http, Sees::Tcp],
                    },
                };
                let ztunnel = sees == [Sees::Ztunnel];
                let mut answers = sees.into_iter().map(|sees| action.answer(rules, sees, &seen));
                let first = answers.next().unwrap_or(PolicyAnswer::NotApplicable);
                match answers.find(|other| other.outcomes() != first.outcomes()) {
                    _ if ztunnel && !matches!(action, Action::Allow | Action::Deny) => PolicyAnswer::NotApplicable,
                    Some(other) => undecidable(Missing::Request, first.outcomes().or(other.outcomes())),
                    None => first,
                }
            }
        }
    }

    /// A sidecar that offers no TLS learns no identity.
    fn offered(&self, identity: Identity<'s>, asked: &Asked<'_, 's>) -> Result<Identity<'s>, Missing<'s>> {
        if proxy(asked.pod) != Proxy::Sidecar || identity == Identity::Nobody {
            return Ok(identity);
        }
        let mesh = &self.shared.mesh;
        match mesh.peers.effective(&mesh.config, asked.pod, asked.port)? {
            (Mode::Disable, _) => Ok(Identity::Nobody),
            _ => Ok(identity),
        }
    }

    fn tokens_may_come(&self, asked: &Asked<'_, 's>) -> bool {
        let shared = &self.shared;
        let accepted = shared.tokens.iter().filter(|token| token.has_rules);
        accepted
            .filter(|token| token.is_bound || token.selects(&shared.mesh.config, asked.pod) != Truth::No)
            .any(|t| t.may_come(asked))
    }

    fn transport(&self, index: usize, identity: &Identity<'s>, asked: &Asked<'_, 's>) -> PolicyAnswer<'s> {
        let mesh = &self.shared.mesh;
        let may_deny = Outcomes::DENY.or(Outcomes::NONE);
        let mode = match mesh.peers.effective(&mesh.config, asked.pod, asked.port) {
            Ok((mode, by)) if by == Some(index) => mode,
            Ok(_) => return PolicyAnswer::NotApplicable,
            Err(missing) if mesh.peers.get(index).is_some_and(peer::Peer::is_strict) => {
                return undecidable(missing, may_deny);
            }
            Err(_) => return PolicyAnswer::NotApplicable,
        };
        match (mode, identity.is_proven()) {
            (Mode::Strict, Truth::No) => PolicyAnswer::Denies { rule: 0 },
            (Mode::Strict, Truth::Unknown(missing)) => undecidable(missing, may_deny),
            _ => PolicyAnswer::NotApplicable,
        }
    }

    /// A token that comes has to be right; none has to come.
    fn token(&self, index: usize, asked: &Asked<'_, 's>) -> PolicyAnswer<'s> {
        let envoy = self.is_bound() || proxy(asked.pod) != Proxy::Ztunnel;
        let comes = |token: &Token<'s>| token.has_rules && token.may_come(asked);
        let known = asked.request.is_some_and(super::Request::is_http);
        if envoy && known && self.shared.tokens.get(index).is_some_and(comes) {
            return undecidable(Missing::Token, Outcomes::DENY.or(Outcomes::NONE));
        }
        PolicyAnswer::NotApplicable
    }
}

impl<'s> Action<'s> {
    /// What may come of it where nothing is known.
    const fn outcomes(self) -> Outcomes {
        match self {
            Self::Allow => Outcomes::ALLOW.or(Outcomes::DENY),
            Self::Deny | Self::Custom(_) => Outcomes::DENY.or(Outcomes::NONE),
            Self::Unreadable => Outcomes::ALLOW.or(Outcomes::DENY).or(Outcomes::NONE),
        }
    }

    fn answer(self, rules: &[Rule<'s>], sees: Sees, seen: &Seen<'_, 's>) -> PolicyAnswer<'s> {
        let names = if self == Self::Allow { Names::Allowed } else { Names::Denied };
        let mut doubt = None;
        for (index, rule) in rules.iter().enumerate() {
            match (rule.matches(names, sees, seen), self) {
                (Truth::No, _) => {}
                (Truth::Yes, Self::Allow) => return PolicyAnswer::Admits { rule: index },
                (Truth::Yes, Self::Deny) => return PolicyAnswer::Denies { rule: index },
                (_, Self::Custom(name)) => return undecidable(Missing::Authorizer(name), self.outcomes()),
                (_, Self::Unreadable) => return undecidable(Missing::Form, self.outcomes()),
                (Truth::Unknown(missing), _) => {
                    doubt = Some(Missing::rather(doubt, missing));
                }
            }
        }
        match (doubt, self) {
            (Some(missing), _) => undecidable(missing, self.outcomes()),
            (None, Self::Allow) => PolicyAnswer::DoesNotAdmit,
            (None, _) => PolicyAnswer::NotApplicable,
        }
    }
}

const fn undecidable(missing: Missing<'_>, possible: Outcomes) -> PolicyAnswer<'_> {
    PolicyAnswer::Undecidable { missing, possible }
}

impl<'s> Rules<'s> for Istio<'s> {
    fn scope(&self) -> Scope<'s> {
        // A policy of the mesh's root namespace holds everywhere, and one that is bound where its target leads.
        if self.is_bound() || self.shared.mesh.config.is_root(self.namespace) != Truth::No {
            Scope::Cluster
        } else {
            Scope::Namespace(self.namespace, &EVERY_POD)
        }
    }

    fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s> {
        if direction == Direction::Egress { Truth::No } else { self.holds_at(pod) }
    }

    fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
        match self.guards(asked) {
            Ok(true) if selected != Truth::No => {}
            Ok(_) => return PolicyAnswer::NotApplicable,
            Err(missing) => return undecidable(missing, self.possible()),
        }
        let via = match self.shared.mesh.via(asked.pod, asked.port) {
            Ok(via) => via,
            Err(missing) => return undecidable(missing, self.possible()),
        };
        let at_gateway = matches!(proxy(asked.pod), Proxy::Gateway | Proxy::Waypoint);
        let mut selected = selected;
        let through = match via {
            Some(via) if self.is_bound() => {
                selected = selected.and(self.is_bound_to(&via, asked.pod));
                Mesh::goes_through(asked.other, &via)
            }
            Some(via) => Mesh::goes_through(asked.other, &via),
            None if self.is_bound() && !at_gateway => return PolicyAnswer::NotApplicable,
            None => Truth::No,
        };
        if selected == Truth::No {
            return PolicyAnswer::NotApplicable;
        }
        let direct =
            || if self.is_bound() && !at_gateway { PolicyAnswer::NotApplicable } else { self.on(Way::Direct, asked) };
        let on_way = || via.map_or(PolicyAnswer::NotApplicable, |via| self.on(Way::Through(via), asked));
        let answer = match through {
            Truth::Yes => on_way(),
            Truth::No => direct(),
            Truth::Unknown(missing) => {
                let (a, b) = (direct(), on_way());
                if a.outcomes() == b.outcomes() { b } else { undecidable(missing, a.outcomes().or(b.outcomes())) }
            }
        };
        match selected {
            Truth::Unknown(missing) if answer != PolicyAnswer::NotApplicable => {
                undecidable(missing, answer.outcomes().or(Outcomes::NONE))
            }
            _ => answer,
        }
    }

    fn rule_count(&self, direction: Direction) -> Option<usize> {
        match &self.what {
            What::Authorization { rules, .. } if direction == Direction::Ingress => Some(rules.len()),
            _ => None,
        }
    }

    fn restricts(&self, direction: Direction) -> bool {
        direction == Direction::Ingress
            && match self.what {
                What::Peer(index) => self.shared.mesh.peers.get(index).is_some_and(peer::Peer::is_strict),
                What::Token(_) => false,
                What::Authorization { .. } => true,
            }
    }

    /// A process of the node is a client like any other; the kubelet's probes go to the proxy itself.
    fn spares_own_node(&self) -> bool {
        false
    }

    fn denies_by_default(&self) -> bool {
        matches!(self.what, What::Authorization { action: Action::Allow, .. })
    }

    fn says(&self, answer: PolicyAnswer<'s>) -> Option<(String, FieldPath)> {
        let of_rule = |rule: usize| vec![Step::from("spec"), Step::from("rules"), Step::from(rule)];
        let spec = || vec![Step::from("spec")];
        Some(match (answer, &self.what) {
            (PolicyAnswer::Denies { .. }, What::Peer(_)) => (
                "asks for the mesh's mutual TLS (STRICT), and the caller has no proxy that offers it".to_owned(),
                spec(),
            ),
            (PolicyAnswer::Admits { rule }, _) => (format!("admits it by rules[{rule}]"), of_rule(rule)),
            (PolicyAnswer::Denies { rule }, _) => (format!("denies it by rules[{rule}]"), of_rule(rule)),
            (PolicyAnswer::DoesNotAdmit, What::Authorization { rules, .. }) => {
                let text = match rules.len() {
                    0 => "allows nothing: it has no rule",
                    1 => "lets in whom its one rule names, and it does not match",
                    _ => "lets in whom its rules name, and none of them matches",
                };
                (text.to_owned(), spec())
            }
            _ => return None,
        })
    }

    fn ports(&self, direction: Direction, each: &mut dyn FnMut(&PortEntry<'s>)) {
        if direction == Direction::Egress {
            return;
        }
        let mut range = |from: u16, to: u16| each(&PortEntry::range(Protocol::Tcp, Some((from, to))));
        for port in own_ports().into_iter().chain(self.shared.mesh.ports().iter().copied()) {
            range(port, port);
        }
        match &self.what {
            What::Peer(_) | What::Token(_) => {}
            What::Authorization { rules, .. } => rules.iter().flat_map(Rule::ports).for_each(|port| range(port, port)),
        }
        for port in self.shared.mesh.peers.iter().flat_map(|(_, peer)| peer.ports()) {
            range(port, port);
        }
        for (from, to) in self.shared.mesh.annotated_ports().iter().copied() {
            range(from, to);
        }
        for name in self.shared.mesh.port_names() {
            each(&PortEntry::named(name));
        }
    }

    fn ranges(&self, direction: Direction, each: &mut dyn FnMut(IpNet)) {
        if let (Direction::Ingress, What::Authorization { rules, .. }) = (direction, &self.what) {
            rules.iter().flat_map(Rule::ranges).for_each(each);
        }
    }

    fn see(&self, sight: &mut Sight<'s>) {
        sight.mesh(members::LABELS.into_iter().chain(self.shared.mesh.service_labels()));
        sight.mesh(self.selector_keys().into_iter());
        for (_, peer) in self.shared.mesh.peers.iter() {
            sight.mesh(peer.label_keys());
        }
    }

    fn reached(&self, _phrases: &mut Vec<String>) {}

    fn admitted(&self, _asked: &Asked<'_, 's>, phrases: &mut Vec<String>) {
        match &self.what {
            What::Authorization { action: Action::Allow, rules } => phrases.extend(rules.iter().map(Rule::words)),
            What::Peer(index) if self.shared.mesh.peers.get(*index).is_some_and(peer::Peer::is_strict) => {
                phrases.push("clients with the mesh's mutual TLS".to_owned());
            }
            _ => {}
        }
    }

    fn shows(&self, fact: &str) -> Proof {
        self.found.shows(fact)
    }

    fn selector_keys(&self) -> Vec<&'s str> {
        let selector = self.found.get().value.spec.get("selector").and_then(|selector| selector.get("matchLabels"));
        selector.and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.as_str()).collect()
    }
}

impl Istio<'_> {
    /// What it may answer.
    fn possible(&self) -> Outcomes {
        match &self.what {
            What::Peer(_) | What::Token(_) => Outcomes::DENY.or(Outcomes::NONE),
            What::Authorization { action, .. } => action.outcomes().or(Outcomes::NONE),
        }
    }
}
