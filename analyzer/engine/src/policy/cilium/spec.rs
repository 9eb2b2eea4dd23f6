//! One spec of a policy: whom it selects, and its rules (cilium/cilium `pkg/policy/api/rule.go`,
//! `rule_validation.go`).

use serde_json::Value;

use super::answer::{Direction, Protocol, Truth};
use super::config::{Fact, Settings};
use super::engine::Asked;
use super::layer7::Layer7;
use super::peer::{Peer, Peers, Reading, peers};
use super::ports::PortEntry;
use super::selector::Selector;
use super::words::on_ports;
use super::world::World;

/// A spec, ready to be asked.
#[derive(Debug)]
pub(super) struct Spec<'s> {
    pub(super) subject: Subject<'s>,
    /// Per direction: what is let through.
    allow: [Vec<Rule<'s>>; 2],
    /// Per direction: what is turned away.
    deny: [Vec<Rule<'s>>; 2],
    /// Per direction: is whoever is selected isolated?
    isolates: [bool; 2],
    /// Per direction: are there rules, whether or not they can be read?
    has_rules: [bool; 2],
    /// Cilium rejects it, or it is in a form that this version does not know.
    pub(super) is_unreadable: bool,
}

/// Whom a spec is about.
#[derive(Debug)]
pub(super) enum Subject<'s> {
    Endpoints(Selector<'s>),
    Nodes(Selector<'s>),
    /// Every endpoint, by a setting.
    Everyone,
    Unreadable,
}

/// One rule.
#[derive(Debug)]
pub(super) struct Rule<'s> {
    peers: Peers<'s>,
    /// Empty: every port.
    ports: Vec<PortRule<'s>>,
    /// It speaks of ICMP, or of nothing at all.
    is_about_no_port: bool,
    pub(super) authentication: Authentication,
}

#[derive(Debug)]
struct PortRule<'s> {
    entries: Vec<PortEntry<'s>>,
    layer7: Layer7<'s>,
}

/// Does a rule demand that both ends prove who they are?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Authentication {
    NotAsked,
    Required,
    AlwaysFails,
}

/// What a rule says to a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match<'s> {
    /// By peers and ports.
    pub(super) connection: Truth<'s>,
    /// By layer 7 as well.
    pub(super) request: Truth<'s>,
}

impl<'s> Spec<'s> {
    /// Isolates every endpoint and lets nothing through.
    pub(super) const fn always() -> Self {
        Self {
            subject: Subject::Everyone,
            allow: [const { Vec::new() }; 2],
            deny: [const { Vec::new() }; 2],
            isolates: [true; 2],
            has_rules: [false; 2],
            is_unreadable: false,
        }
    }

    /// Of `spec` or one of `specs`.
    pub(super) fn of(value: &'s Value, namespace: Option<&'s str>, settings: &Settings<'s>, world: &World<'s>) -> Self {
        let selector = |key: &str| value.get(key).filter(|v| !v.is_null()).map(Selector::of);
        let subject = match (selector("endpointSelector"), selector("nodeSelector")) {
            (Some(Some(endpoints)), None) => Subject::Endpoints(endpoints),
            (None, Some(Some(nodes))) if namespace.is_none() => Subject::Nodes(nodes),
            _ => Subject::Unreadable,
        };
        let subject_may_start = matches!(&subject, Subject::Endpoints(selector) if selector.may_start());
        let is_about_nodes = matches!(subject, Subject::Nodes(_));
        let mut spec = Self {
            is_unreadable: matches!(subject, Subject::Unreadable),
            subject,
            allow: [Vec::new(), Vec::new()],
            deny: [Vec::new(), Vec::new()],
            isolates: [false; 2],
            has_rules: [false; 2],
        };
        for direction in Direction::BOTH {
            let reading = Reading { direction, namespace, subject_may_start, settings, world };
            let mut is_there = false;
            let lists = [(direction.word(), &mut spec.allow), (deny_word(direction), &mut spec.deny)];
            for (key, into) in lists {
                let Some(list) = value.get(key).filter(|v| !v.is_null()) else { continue };
                let Some(list) = list.as_array() else {
                    spec.is_unreadable = true;
                    is_there = true;
                    continue;
                };
                is_there |= !list.is_empty();
                let rules: Option<Vec<Rule<'s>>> = list.iter().map(|rule| Rule::of(rule, &reading)).collect();
                match (rules, into.get_mut(direction.index())) {
                    (Some(rules), Some(slot)) => {
                        let looks_into = rules.iter().any(Rule::has_layer7);
                        // Host policies have no layer 7, and none is enforced without the proxy.
                        spec.is_unreadable |= looks_into && (is_about_nodes || settings.is(Fact::NoProxy));
                        *slot = rules;
                    }
                    _ => spec.is_unreadable = true,
                }
            }
            let asked = value.get("enableDefaultDeny").and_then(|deny| deny.get(direction.word()));
            let isolates = match asked {
                None | Some(Value::Null) => is_there,
                Some(Value::Bool(isolates)) => *isolates,
                Some(_) => {
                    spec.is_unreadable = true;
                    is_there
                }
            };
            for (slots, value) in [(&mut spec.isolates, isolates), (&mut spec.has_rules, is_there)] {
                if let Some(slot) = slots.get_mut(direction.index()) {
                    *slot = value;
                }
            }
        }
        spec
    }

    pub(super) fn allows(&self, direction: Direction) -> &[Rule<'s>] {
        self.allow.get(direction.index()).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn denies(&self, direction: Direction) -> &[Rule<'s>] {
        self.deny.get(direction.index()).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn isolates(&self, direction: Direction) -> bool {
        self.isolates.get(direction.index()).copied().unwrap_or(false)
    }

    /// Every rule of a direction, those that allow first.
    pub(super) fn rules(&self, direction: Direction) -> impl Iterator<Item = &Rule<'s>> {
        self.allows(direction).iter().chain(self.denies(direction))
    }

    /// Has it anything to say in this direction?
    pub(super) fn speaks_of(&self, direction: Direction) -> bool {
        self.isolates(direction) || self.has_rules.get(direction.index()).copied().unwrap_or(false)
    }
}

/// The list of rules that deny.
pub(super) const fn deny_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingressDeny",
        Direction::Egress => "egressDeny",
    }
}

impl<'s> Rule<'s> {
    fn of(value: &'s Value, reading: &Reading<'_, 's>) -> Option<Self> {
        let requires = if reading.direction == Direction::Ingress { "fromRequires" } else { "toRequires" };
        let list = |key: &str| match value.get(key).filter(|v| !v.is_null()) {
            None => Some(&[][..]),
            Some(list) => list.as_array().map(Vec::as_slice),
        };
        // What is required of peers changes the rules beside it, and was taken away since.
        if !value.is_object() || !list(requires)?.is_empty() {
            return None;
        }
        let peers = peers(value, reading)?;
        let ports: Vec<PortRule<'s>> = list("toPorts")?.iter().map(PortRule::of).collect::<Option<_>>()?;
        let icmps = list("icmps")?;
        if !icmps.is_empty() && !ports.is_empty() {
            return None;
        }
        let authentication = match value.get("authentication").and_then(|a| a.get("mode")).and_then(Value::as_str) {
            None | Some("" | "disabled") => Authentication::NotAsked,
            Some("required") => Authentication::Required,
            Some("test-always-fail") => Authentication::AlwaysFails,
            Some(_) => return None,
        };
        // A rule that names neither peers nor ports isolates and lets nothing through.
        let is_about_no_port = !icmps.is_empty() || (matches!(peers, Peers::Anyone) && ports.is_empty());
        Some(Self { peers, ports, is_about_no_port, authentication })
    }

    fn has_layer7(&self) -> bool {
        self.ports.iter().any(|port| !port.layer7.is_everything())
    }

    /// Does it match?
    pub(super) fn matches<'a>(&self, asked: &Asked<'a, 's>, settings: &'a Settings<'s>) -> Match<'s> {
        let no = Match { connection: Truth::No, request: Truth::No };
        let ports = self.on_ports(asked);
        if ports.connection == Truth::No {
            return no;
        }
        let peers = match &self.peers {
            Peers::Anyone => Truth::Yes,
            Peers::These(peers) => Truth::any(peers.iter().map(|peer| peer.matches(asked, settings))),
        };
        Match { connection: ports.connection.and(peers), request: ports.request.and(peers) }
    }

    pub(super) fn on_ports(&self, asked: &Asked<'_, 's>) -> Match<'s> {
        if self.is_about_no_port {
            return Match { connection: Truth::No, request: Truth::No };
        }
        if self.ports.is_empty() {
            return Match { connection: Truth::Yes, request: Truth::Yes };
        }
        let mut all = Match { connection: Truth::No, request: Truth::No };
        for port in &self.ports {
            let on = port.entries.iter().map(|e| e.matches(asked.to, asked.protocol, asked.port, asked.options));
            let connection = Truth::any(on);
            all.connection = all.connection.or(connection);
            if connection != Truth::No {
                all.request = all.request.or(connection.and(port.layer7.allows(asked.request)));
            }
        }
        all
    }

    /// May it match on the port that is asked about, whoever connects?
    pub(super) fn may_be_about(&self, asked: &Asked<'_, 's>) -> bool {
        self.on_ports(asked).connection != Truth::No
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &PortEntry<'s>> {
        self.ports.iter().flat_map(|port| &port.entries)
    }

    pub(super) fn peers(&self) -> &[Peer<'s>] {
        match &self.peers {
            Peers::Anyone => &[],
            Peers::These(peers) => peers,
        }
    }

    /// A phrase for each of its peers; `anyone` where it names none.
    pub(super) fn words(&self, anyone: &str) -> Vec<String> {
        if self.is_about_no_port {
            return Vec::new();
        }
        let entries: Vec<PortEntry<'s>> = self.entries().cloned().collect();
        let mut suffix = on_ports(&entries);
        if self.has_layer7() {
            suffix.push_str(" (some requests)");
        }
        match &self.peers {
            Peers::Anyone => vec![format!("{anyone}{suffix}")],
            Peers::These(peers) => peers.iter().map(|peer| format!("{}{suffix}", peer.words())).collect(),
        }
    }
}

impl<'s> PortRule<'s> {
    fn of(value: &'s Value) -> Option<Self> {
        let layer7 = Layer7::of(value)?;
        let list = value.get("ports").filter(|v| !v.is_null())?.as_array()?;
        let mut entries = Vec::new();
        for port in list {
            read_port(port, layer7.needs_tcp(), &mut entries)?;
        }
        // Without ports there is nothing that the rest could be about.
        (!entries.is_empty() || !list.is_empty()).then_some(Self { entries, layer7 })
    }
}

/// One entry: a number (0 is every port), a range, or a name; of one protocol or of all.
fn read_port<'s>(value: &'s Value, needs_tcp: bool, entries: &mut Vec<PortEntry<'s>>) -> Option<()> {
    let text = match value.get("port")? {
        Value::String(text) => text.as_str(),
        _ => return None,
    };
    let protocols = match value.get("protocol") {
        None | Some(Value::Null) => Protocol::ALL.to_vec(),
        Some(word) => match word.as_str()? {
            "" => Protocol::ALL.to_vec(),
            any if any.eq_ignore_ascii_case("ANY") => Protocol::ALL.to_vec(),
            word => match Protocol::of(word) {
                Some(protocol) => vec![protocol],
                // ICMP, VRRP, IGMP: no port of these three.
                None if word.bytes().all(|b| b.is_ascii_alphanumeric()) => Vec::new(),
                None => return None,
            },
        },
    };
    if needs_tcp && protocols.as_slice() != [Protocol::Tcp] {
        return None;
    }
    let end = match value.get("endPort") {
        None | Some(Value::Null) => 0,
        Some(end) => u16::try_from(end.as_u64()?).ok()?,
    };
    for protocol in protocols {
        entries.push(if text.bytes().any(|b| b.is_ascii_alphabetic()) {
            // Names are compared in lower case, as pods write theirs.
            if text.bytes().any(|b| b.is_ascii_uppercase()) {
                return None;
            }
            PortEntry::named_of(protocol, text)
        } else {
            match text.parse::<u16>().ok()? {
                0 => PortEntry::range(protocol, None),
                from => PortEntry::range(protocol, Some((from, end.max(from)))),
            }
        });
    }
    Some(())
}
