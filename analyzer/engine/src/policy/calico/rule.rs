//! Rules of Calico: what a connection has to be, and what happens to it then.
//! (`api/pkg/apis/projectcalico/v3/networkpolicy.go`: `Rule`, `EntityRule`; `updateprocessors/rules.go`)

use ipnet::IpNet;
use serde_json::Value;

use super::decode::{fields, items, nets, texts};
use super::place::Place;
use super::selector::Selector;
use super::world::{ACCOUNT, Chosen, Endpoints, NAMESPACE, OF_ACCOUNT, OF_NAMESPACE, World};
use crate::policy::answer::{Direction, Missing, Outcomes, Protocol, Truth};
use crate::policy::engine::Asked;
use crate::policy::network::Block;
use crate::policy::ports::PortEntry;
use crate::policy::request::Request;
use crate::policy::words::on_ports;

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Allow,
    Deny,
    Pass,
    /// Nothing: the next rule is asked.
    Log,
    /// A word this version does not know.
    Unreadable,
}

impl Action {
    fn of(value: Option<&Value>) -> Self {
        match value.and_then(Value::as_str) {
            Some("Allow") => Self::Allow,
            Some("Deny") => Self::Deny,
            Some("Pass") => Self::Pass,
            Some("Log") => Self::Log,
            _ => Self::Unreadable,
        }
    }

    pub(super) const fn outcome(self) -> Outcomes {
        match self {
            Self::Allow => Outcomes::ALLOW,
            Self::Deny => Outcomes::DENY,
            Self::Pass => Outcomes::PASS,
            Self::Log => Outcomes::EMPTY,
            Self::Unreadable => Outcomes::ALLOW.or(Outcomes::DENY).or(Outcomes::PASS),
        }
    }
}

/// A protocol that a rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Known(Protocol),
    /// ICMP and others: not TCP, UDP or SCTP.
    Other,
    Unreadable,
}

impl Named {
    fn of(value: &Value) -> Self {
        let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        match (number, value.as_str()) {
            (Some(6), _) => Self::Known(Protocol::Tcp),
            (Some(17), _) => Self::Known(Protocol::Udp),
            (Some(132), _) => Self::Known(Protocol::Sctp),
            (Some(1..=255), _) => Self::Other,
            (_, Some(word)) => match Protocol::of(word) {
                Some(protocol) => Self::Known(protocol),
                None if ["icmp", "icmpv6", "udplite"].iter().any(|known| known.eq_ignore_ascii_case(word)) => {
                    Self::Other
                }
                None => Self::Unreadable,
            },
            _ => Self::Unreadable,
        }
    }

    fn is<'s>(self, protocol: Protocol) -> Truth<'s> {
        match self {
            Self::Known(known) => Truth::of(known == protocol),
            Self::Other => Truth::No,
            Self::Unreadable => Truth::Unknown(Missing::Form),
        }
    }

    const fn known(self) -> Option<Protocol> {
        match self {
            Self::Known(protocol) => Some(protocol),
            Self::Other | Self::Unreadable => None,
        }
    }
}

/// A rule.
#[derive(Debug)]
pub(super) struct Rule<'s> {
    pub(super) action: Action,
    protocol: Option<Named>,
    not_protocol: Option<Named>,
    ipv4: Option<bool>,
    source: Entity<'s>,
    destination: Entity<'s>,
    /// Of TCP, UDP and SCTP it speaks not at all.
    is_icmp: bool,
    http: Option<Http<'s>>,
    is_unreadable: bool,
}

/// What an HTTP request has to be.
#[derive(Debug)]
struct Http<'s> {
    methods: Vec<&'s str>,
    exact: Vec<&'s str>,
    prefixes: Vec<&'s str>,
}

impl<'s> Http<'s> {
    fn of(value: &'s Value) -> Self {
        let paths = |key: &str| -> Vec<&'s str> {
            items(value.get("paths")).iter().filter_map(|path| path.get(key)?.as_str()).collect()
        };
        let methods = value.get("methods").into_iter().flat_map(texts).collect();
        Self { methods, exact: paths("exact"), prefixes: paths("prefix") }
    }

    /// A request that is meant, is meant whoever looks. Of any other it depends on whether anybody does.
    fn matches(&self, request: Option<&Request>) -> Truth<'s> {
        let method = |method: &String| self.methods.iter().any(|known| *known == "*" || known == method);
        let path = |path: &String| {
            let path = path.split('?').next().unwrap_or_default();
            self.exact.contains(&path) || self.prefixes.iter().any(|prefix| path.starts_with(prefix))
        };
        let any_path = self.exact.is_empty() && self.prefixes.is_empty();
        let is_meant = request.is_some_and(|request| {
            (self.methods.is_empty() || request.method.as_ref().is_some_and(method))
                && (any_path || request.path.as_ref().is_some_and(path))
        });
        if is_meant { Truth::Yes } else { Truth::Unknown(Missing::HttpRequest) }
    }
}

impl<'s> Rule<'s> {
    /// `namespace`: that of the policy, for policies of one namespace.
    pub(super) fn of(value: &'s Value, namespace: Option<&'s str>, world: &World<'s>) -> Self {
        let mut rule = Self {
            action: Action::of(value.get("action")),
            protocol: None,
            not_protocol: None,
            ipv4: None,
            source: Entity::default(),
            destination: Entity::default(),
            is_icmp: false,
            http: None,
            is_unreadable: false,
        };
        for (key, value) in fields(Some(value)) {
            match key {
                "protocol" => rule.protocol = Some(Named::of(value)),
                "notProtocol" => rule.not_protocol = Some(Named::of(value)),
                "ipVersion" => match value.as_u64() {
                    Some(4) => rule.ipv4 = Some(true),
                    Some(6) => rule.ipv4 = Some(false),
                    _ => rule.is_unreadable = true,
                },
                "icmp" => rule.is_icmp = fields(Some(value)).next().is_some(),
                // It stands only beside the protocol that it is about, which then decides.
                "notICMP" => rule.is_unreadable |= fields(Some(value)).next().is_some(),
                "http" if fields(Some(value)).next().is_none() => {}
                "http" => rule.http = Some(Http::of(value)),
                "action" | "metadata" | "source" | "destination" => {}
                _ => rule.is_unreadable = true,
            }
        }
        let protocol = rule.protocol.and_then(Named::known);
        rule.source = Entity::of(value.get("source"), namespace, protocol, world);
        rule.destination = Entity::of(value.get("destination"), namespace, protocol, world);
        rule
    }

    /// Is the connection one of those that the rule means?
    pub(super) fn matches(&self, world: &World<'s>, asked: &Asked<'_, 's>) -> Truth<'s> {
        let mut truth = self.by_port(asked);
        if truth == Truth::No {
            return truth;
        }
        let (own, other) = (Place::of_pod(asked.pod), Place::of(asked.other));
        let (source, destination) = match asked.direction {
            Direction::Ingress => (other, own),
            Direction::Egress => (own, other),
        };
        let from = self.unsettled(self.source.matches(world, &source, None), world, asked, &source);
        truth = truth.and(from);
        if truth != Truth::No {
            let to = (asked.protocol, asked.port);
            truth = truth.and(self.destination.matches(world, &destination, Some(to)));
        }
        if let Some(ipv4) = self.ipv4 {
            truth = truth.and(is_of_family(ipv4, [&source, &destination]));
        }
        if let Some(http) = &self.http {
            truth = truth.and(http.matches(asked.request));
        }
        truth.and(if self.is_unreadable { Truth::Unknown(Missing::Form) } else { Truth::Yes })
    }

    /// As far as protocol and ports decide.
    pub(super) fn by_port(&self, asked: &Asked<'_, 's>) -> Truth<'s> {
        if self.is_icmp {
            return Truth::No;
        }
        let protocol = self.protocol.map_or(Truth::Yes, |named| named.is(asked.protocol));
        let other = self.not_protocol.map_or(Truth::Yes, |named| named.is(asked.protocol).negated());
        let truth = protocol.and(other);
        if truth == Truth::No {
            return truth;
        }
        let port = |entry: &PortEntry<'s>| entry.matches(asked.to, asked.protocol, asked.port, asked.options);
        let destination = &self.destination;
        let ports = match destination.ports.as_slice() {
            [] => Truth::Yes,
            ports => Truth::any(ports.iter().map(port)),
        };
        let none = Truth::any(destination.not_ports.iter().map(port)).negated();
        let source = &self.source;
        let from = if source.ports.is_empty() && source.not_ports.is_empty() {
            Truth::Yes
        } else {
            Truth::Unknown(Missing::SourcePort)
        };
        truth.and(ports).and(none).and(from)
    }

    /// The address of who comes from outside may be replaced on its way: a rule that lets through may match then, and
    /// one that turns away may not.
    fn unsettled(
        &self,
        truth: Truth<'s>,
        world: &World<'s>,
        asked: &Asked<'_, 's>,
        source: &Place<'_, 's>,
    ) -> Truth<'s> {
        if asked.direction == Direction::Egress || !source.is_beyond() || !self.source.looks_at_addresses(world) {
            return truth;
        }
        match (self.action, truth) {
            (Action::Allow, Truth::Yes) | (Action::Deny, Truth::No) => truth,
            (_, Truth::Yes | Truth::No) => Truth::Unknown(Missing::SourceTranslation),
            (_, unknown) => unknown,
        }
    }

    pub(super) fn ports(&self, each: &mut dyn FnMut(&PortEntry<'s>)) {
        let to = &self.destination;
        to.ports.iter().chain(&to.not_ports).for_each(&mut *each);
        for (_, protocol, port) in to.services.iter().flat_map(|endpoints| &endpoints.ports) {
            each(&PortEntry::numbers(Some(*protocol), *port, *port));
        }
    }

    pub(super) fn ranges(&self, world: &World<'s>, each: &mut dyn FnMut(IpNet)) {
        for entity in [&self.source, &self.destination] {
            entity.ranges(world, each);
        }
        if self.ipv4.is_some() {
            each(IpNet::V4(ipnet::Ipv4Net::default()));
        }
    }

    /// Every label that its selectors ask for.
    pub(super) fn keys(&self, each: &mut dyn FnMut(&str)) {
        for chosen in
            [&self.source, &self.destination].into_iter().flat_map(|of| of.selector.iter().chain(&of.not_selector))
        {
            chosen.selector.keys(each);
        }
    }

    /// Whom it means at the other end, and on which ports.
    pub(super) fn words(&self, direction: Direction, without: &str) -> String {
        let other = match direction {
            Direction::Ingress => &self.source,
            Direction::Egress => &self.destination,
        };
        other.words().unwrap_or_else(|| without.to_owned())
    }

    /// On which ports, in words; nothing where every one is meant.
    pub(super) fn port_words(&self) -> String {
        on_ports(&self.destination.ports)
    }
}

/// Is the connection of this family? One address of either end is enough to tell, where an end has no other family.
fn is_of_family<'s>(ipv4: bool, ends: [&Place<'_, 's>; 2]) -> Truth<'s> {
    for end in ends {
        let mut addresses = end.addresses().iter();
        if let Some(first) = addresses.next()
            && addresses.all(|address| address.is_ipv4() == first.is_ipv4())
        {
            return Truth::of(first.is_ipv4() == ipv4);
        }
    }
    Truth::Unknown(Missing::PodAddress)
}

/// What a rule says of one end.
#[derive(Debug, Default)]
struct Entity<'s> {
    nets: Option<Vec<Block>>,
    not_nets: Vec<Block>,
    /// Everything that selects, taken together.
    selector: Option<Chosen<'s>>,
    not_selector: Option<Chosen<'s>>,
    /// It selects only within this namespace.
    within: Option<&'s str>,
    services: Option<Endpoints<'s>>,
    ports: Vec<PortEntry<'s>>,
    not_ports: Vec<PortEntry<'s>>,
    names_domains: bool,
    is_unreadable: bool,
    /// For words.
    texts: Vec<(&'static str, &'s str)>,
    account_names: Vec<&'s str>,
}

impl<'s> Entity<'s> {
    fn of(value: Option<&'s Value>, namespace: Option<&'s str>, protocol: Option<Protocol>, world: &World<'s>) -> Self {
        let mut entity = Self::default();
        let (mut own, mut around, mut accounts, mut not) = (None, None, None, None);
        for (key, value) in fields(value) {
            let text = value.as_str().filter(|text| !text.is_empty());
            match key {
                "nets" if items(Some(value)).is_empty() => {}
                "nets" => entity.nets = Some(nets(Some(value))),
                "notNets" => entity.not_nets = nets(Some(value)),
                "selector" => own = text,
                "namespaceSelector" => around = text,
                "notSelector" => not = text.map(|text| Selector::of(text).without_global()),
                "serviceAccounts" => accounts = Some(value),
                "services" => match value.get("name").and_then(Value::as_str) {
                    Some(name) => {
                        let named = value.get("namespace").and_then(Value::as_str).filter(|ns| !ns.is_empty());
                        entity.services = Some(world.endpoints(named.or(namespace).unwrap_or_default(), name));
                    }
                    None => entity.is_unreadable = true,
                },
                "ports" => entity.ports = ports(value, protocol),
                "notPorts" => entity.not_ports = ports(value, protocol),
                "domains" => entity.names_domains = !items(Some(value)).is_empty(),
                _ => entity.is_unreadable = true,
            }
            if let (Some(text), Some(word)) = (text, ["selector", "namespaceSelector"].iter().find(|w| **w == key)) {
                entity.texts.push((word, text));
            }
        }
        let named: Vec<&'s str> = accounts.and_then(|value| value.get("names")).into_iter().flat_map(texts).collect();
        let mut parts: Vec<Selector> = Vec::new();
        if let Some(text) = accounts.and_then(|value| value.get("selector")).and_then(Value::as_str)
            && !text.is_empty()
        {
            parts.push(Selector::of(text).of_parents(OF_ACCOUNT, None, None));
        }
        if !named.is_empty() {
            parts.push(Selector::one_of(ACCOUNT, named.iter().map(|name| (*name).to_owned()).collect()));
        }
        parts.extend(own.map(|text| Selector::of(text).without_global()));
        // As soon as anything is selected, it is within the namespace of the policy or those that are chosen.
        match (around, namespace) {
            (Some(text), _) => {
                parts.push(Selector::of(text).of_parents(OF_NAMESPACE, Some(NAMESPACE), Some(NAMESPACE)));
            }
            (None, Some(namespace)) if !parts.is_empty() || not.is_some() => {
                entity.within = Some(namespace);
                parts.push(Selector::equals(NAMESPACE, namespace));
            }
            (None, _) => {}
        }
        entity.account_names = named;
        if parts.is_empty() {
            entity.not_selector = not.map(|not| world.chosen(not, None));
            return entity;
        }
        // Beside a selector what must not be selected is left out of it; alone it is everybody else.
        parts.extend(not.map(Selector::negated));
        let whole = parts.into_iter().reduce(Selector::and);
        entity.selector = whole.map(|whole| world.chosen(whole, entity.within));
        entity
    }

    /// May it mean another address and not this one? A selector that selects no set and no host means pods alone, and a
    /// pod's address is nobody else's.
    fn looks_at_addresses(&self, world: &World<'s>) -> bool {
        let beside_pods =
            |chosen: &Chosen<'s>| chosen.lacks_sets || !world.hosts.is_empty() || chosen.sets(world).next().is_some();
        self.nets.is_some()
            || !self.not_nets.is_empty()
            || self.services.is_some()
            || self.selector.iter().chain(&self.not_selector).any(beside_pods)
    }

    /// Does it mean who is there? `to`: where it is connected to, for the end that is connected to.
    fn matches(&self, world: &World<'s>, place: &Place<'_, 's>, to: Option<(Protocol, Option<u16>)>) -> Truth<'s> {
        let connects = to.is_none();
        let mut truth = self.nets.as_ref().map_or(Truth::Yes, |nets| place.is_in(nets, connects));
        if truth != Truth::No && !self.not_nets.is_empty() {
            truth = truth.and(place.is_in(&self.not_nets, connects).negated());
        }
        let selected = |chosen: &Chosen<'s>| place.is_selected(world, chosen, connects);
        if let Some(selector) = self.selector.as_ref().filter(|_| truth != Truth::No) {
            truth = truth.and(selected(selector));
        }
        if let Some(selector) = self.not_selector.as_ref().filter(|_| truth != Truth::No) {
            truth = truth.and(selected(selector).negated());
        }
        if let Some(endpoints) = self.services.as_ref().filter(|_| truth != Truth::No) {
            truth = truth.and(place.is_endpoint(endpoints, to));
        }
        if self.names_domains {
            truth = truth.and(Truth::Unknown(Missing::DomainNames));
        }
        truth.and(if self.is_unreadable { Truth::Unknown(Missing::Form) } else { Truth::Yes })
    }

    fn ranges(&self, world: &World<'s>, each: &mut dyn FnMut(IpNet)) {
        let own = self.nets.iter().flatten().chain(&self.not_nets);
        own.flat_map(Block::ranges).for_each(&mut *each);
        for chosen in self.selector.iter().chain(&self.not_selector) {
            let sets = chosen.sets(world).flat_map(|(_, set)| &set.nets);
            sets.flat_map(Block::ranges).for_each(&mut *each);
        }
        if let Some(endpoints) = &self.services {
            endpoints.addresses.iter().for_each(|address| each(IpNet::from(*address)));
        }
    }

    /// None where it means everybody.
    fn words(&self) -> Option<String> {
        let mut parts = Vec::new();
        let selects = self.selector.is_some();
        if selects {
            let text = |which: &str| self.texts.iter().find(|(key, _)| *key == which).map(|(_, text)| *text);
            let mut words = text("selector").map_or_else(|| "pods".to_owned(), |text| format!("whoever is {text}"));
            if !self.account_names.is_empty() {
                words = format!("{words} with service account {}", self.account_names.join(" or "));
            }
            match (text("namespaceSelector"), self.within) {
                (Some(around), _) => words = format!("{words} of namespaces {around}"),
                (None, Some(namespace)) => words = format!("{words} in namespace {namespace}"),
                (None, None) => {}
            }
            parts.push(words);
        }
        if let Some(nets) = &self.nets {
            let nets: Vec<String> = nets.iter().map(ToString::to_string).collect();
            parts.push(format!("addresses in {}", nets.join(", ")));
        }
        if !self.not_nets.is_empty() {
            let nets: Vec<String> = self.not_nets.iter().map(ToString::to_string).collect();
            parts.push(format!("addresses outside {}", nets.join(", ")));
        }
        if self.not_selector.is_some() {
            parts.push("whoever is not excluded".to_owned());
        }
        if let Some(endpoints) = &self.services {
            parts.push(format!("the endpoints of Service {}", endpoints.service));
        }
        (!parts.is_empty()).then(|| parts.join(" and "))
    }
}

/// Numbers, ranges (`from:to`) and names.
fn ports(value: &Value, protocol: Option<Protocol>) -> Vec<PortEntry<'_>> {
    let is_name = |text: &&str| {
        let letters = text.chars().any(|c| c.is_ascii_alphabetic());
        letters && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let mut entries = Vec::new();
    for value in items(Some(value)) {
        entries.push(match (number(value), value.as_str().filter(is_name)) {
            (Some((from, to)), _) => PortEntry::numbers(protocol, from, to),
            (None, Some(name)) => PortEntry::named(name),
            (None, None) => PortEntry::unreadable(),
        });
    }
    entries
}

fn number(value: &Value) -> Option<(u16, u16)> {
    if let Some(number) = value.as_u64() {
        return u16::try_from(number).ok().map(|number| (number, number));
    }
    let text = value.as_str()?;
    let (from, to) = text.split_once(':').unwrap_or((text, text));
    Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
}
