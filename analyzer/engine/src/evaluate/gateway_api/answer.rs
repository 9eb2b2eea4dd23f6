//! What a Gateway does with a request: listener, host name, match, filters.

use std::sync::OnceLock;

use kubereach_reports::report::ObjectRef;

use super::context::weight;
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Candidate, Fit, Handled, Listing, Outcome, Share, Taken};
use crate::resolve::controllers;
use crate::resolve::gateway::choice::Chosen;
use crate::resolve::gateway::clients;
use crate::resolve::gateway::listener::{ListenerState, Owner};
use crate::resolve::gateway::{GatewayState, Gateways};
use crate::resolve::request::{Reading, Request, Speech, Takes};
use crate::resolve::route::attach::{self, Attached};
use crate::resolve::route::backend::follow;
use crate::resolve::route::redirect::{self, From};
use crate::resolve::route::rules::{AtHost, AtListener, Choice, Entry, Rules};
use crate::resolve::route::shape::{Shape, Target};
use crate::resolve::route::{changes, matches};
use kubereach_model::snapshot::model::{RouteKind, RouteRule};

/// So many milliseconds any application may need: a shorter timeout may end ordinary requests.
const PROMPT: u64 = 1000;

/// Routes and their rules, read when the first request asks.
pub(super) struct Answers<'w, 's> {
    cluster: &'w Cluster<'s>,
    read: OnceLock<(Vec<Attached<'s>>, Rules<'s>)>,
}

/// One request at one listener.
struct At<'a, 's> {
    listener: &'a ListenerState<'s>,
    id: usize,
    request: &'a Request,
    reading: Reading,
}

impl<'w, 's> Answers<'w, 's> {
    pub(super) const fn new(cluster: &'w Cluster<'s>) -> Self {
        Self { cluster, read: OnceLock::new() }
    }

    fn read(&self, gateways: &Gateways<'s>) -> &(Vec<Attached<'s>>, Rules<'s>) {
        self.read.get_or_init(|| {
            let routes = attach::all(self.cluster, gateways);
            let rules = Rules::new(gateways, &routes);
            (routes, rules)
        })
    }

    /// Every Gateway at which the request may come in.
    pub(super) fn all(&self, gateways: &Gateways<'s>, request: &Request, only: Option<&ObjectRef>) -> Vec<Handled> {
        let mut all = Vec::new();
        for gateway in &gateways.all {
            let fit = match only {
                Some(only) if gateway.gateway.object() == *only => Fit::Named,
                Some(_) => continue,
                None => match self.fit(gateways, gateway, request) {
                    Some(fit) => fit,
                    None => continue,
                },
            };
            all.push(self.at_gateway(gateways, gateway, request, fit));
        }
        all
    }

    /// What each match of each route at each listener looks at.
    pub(super) fn listed(&self, gateways: &Gateways<'s>) -> Vec<Listing> {
        let (_, rules) = self.read(gateways);
        let mut found = Vec::new();
        for (id, listener) in gateways.listeners.iter().enumerate() {
            let own = listener.spec.hostname.as_deref().filter(|host| !host.is_empty());
            let host = own.map(str::to_ascii_lowercase);
            found.push(Listing { host, path: Some("/".to_owned()), ..Listing::default() });
            let Some(here) = rules.at(id) else { continue };
            for (host, of_host) in &here.hosts {
                found.extend(of_host.entries.iter().map(|entry| listing(host.clone(), &entry.shape)));
            }
        }
        found
    }

    /// Why the request may come in at this Gateway.
    fn fit(&self, gateways: &Gateways<'s>, gateway: &GatewayState<'s>, request: &Request) -> Option<Fit> {
        let published = Owner::Gateway(gateway.gateway).addresses();
        let is_host = |value: &String| value.trim_end_matches('.').eq_ignore_ascii_case(&request.dialled);
        if published.iter().filter_map(|a| a.value.known()).any(is_host) {
            return Some(Fit::Address);
        }
        if request.host.parse::<std::net::IpAddr>().is_ok() {
            return None;
        }
        let listening = gateways.listening(gateway, request);
        let name = if request.speech.is_tls() { request.asked_name() } else { Some(request.host.clone()) };
        let chosen = gateways.for_name(&listening, name.as_deref())?;
        let rules = self.read(gateways).1.at(chosen)?;
        let named = rules.covering(&request.host).into_iter().any(|(host, _)| host.is_some());
        Some(if named { Fit::Host } else { Fit::Any })
    }

    fn at_gateway(&self, gateways: &Gateways<'s>, gateway: &GatewayState<'s>, request: &Request, fit: Fit) -> Handled {
        let door = gateway.gateway.object().to_string();
        let alone = |outcome: Outcome| Handled { door: door.clone(), fit, outcome, candidates: Vec::new() };
        let name = |id: usize| gateways.listeners.get(id).map_or_else(String::new, ListenerState::describe);
        match gateways.choose(gateway, request) {
            Chosen::Nothing(because) => alone(Outcome::Refused(because)),
            Chosen::NoName(because) if request.speech.is_tls() || request.server_name.is_some() => {
                alone(Outcome::Refused(because))
            }
            Chosen::NoName(because) => alone(Outcome::Reply { status: vec![404], because }),
            Chosen::Misdirected { by_name, by_host } => {
                let because = format!(
                    "the TLS handshake went to {} and the host belongs to {}: the request is misdirected",
                    name(by_name),
                    name(by_host)
                );
                alone(Outcome::Reply { status: vec![421], because })
            }
            Chosen::Listener(id) => {
                let Some(listener) = gateways.listeners.get(id) else {
                    return alone(Outcome::Unknown("its listener was not read".to_owned()));
                };
                let at = At { listener, id, request, reading: reading(gateway) };
                let (outcome, candidates) = self.at_listener(gateways, &at);
                let outcome = self.isolated(gateways, gateway, &at, fit, outcome);
                let outcome = self.with_gaps(with_client_check(gateway, listener, outcome));
                Handled { door: listener.key(), fit, outcome, candidates }
            }
        }
    }

    fn at_listener(&self, gateways: &Gateways<'s>, at: &At<'_, 's>) -> (Outcome, Vec<Candidate>) {
        let (_, rules) = self.read(gateways);
        let none = |at: &At<'_, 's>| {
            (unanswered(at.request, &format!("no route stands at {}", at.listener.describe())), Vec::new())
        };
        let Some(here) = rules.at(at.id) else { return none(at) };
        if here.incomplete {
            let because = format!("a route at {} has too many matches to compare them all", at.listener.describe());
            return (Outcome::Unknown(because), Vec::new());
        }
        let by_name = at.listener.spec.protocol == "TLS" || !at.request.speech.is_http();
        if by_name { self.by_name(gateways, at, here) } else { self.by_request(gateways, at, here) }
    }

    /// Where no route at the most specific listener takes it and one at a wider listener would, implementations differ:
    /// keeping listeners apart is recommended and not demanded. What the specs say is that nobody takes it.
    fn isolated(
        &self,
        gateways: &Gateways<'s>,
        gateway: &GatewayState<'s>,
        at: &At<'_, 's>,
        fit: Fit,
        outcome: Outcome,
    ) -> Outcome {
        if fit == Fit::Named || !matches!(outcome, Outcome::Reply { .. }) {
            return outcome;
        }
        for id in gateways.listening(gateway, at.request).into_iter().filter(|id| *id != at.id) {
            let Some(listener) = gateways.listeners.get(id) else { continue };
            if gateways.for_name(&[id], Some(&at.request.host)).is_none() {
                continue;
            }
            let wider = At { listener, id, request: at.request, reading: at.reading };
            if let (Outcome::Taken(taken), _) = self.at_listener(gateways, &wider) {
                return Outcome::Unknown(format!(
                    "{} takes the host and no route there takes the request; {} at {} would, where the implementation \
                     does not keep listeners apart",
                    at.listener.describe(),
                    taken.entry,
                    listener.describe()
                ));
            }
        }
        outcome
    }

    /// That no rule takes it is known only where every route was read.
    fn with_gaps(&self, outcome: Outcome) -> Outcome {
        if matches!(outcome, Outcome::Taken(_) | Outcome::Unknown(_)) {
            return outcome;
        }
        let unread = RouteKind::ALL
            .into_iter()
            .find_map(|kind| self.cluster.snapshot.is_complete(&kind.group_kind(), None).err().map(|gap| (kind, gap)));
        match (unread, outcome) {
            (Some((kind, gap)), Outcome::Reply { because, .. } | Outcome::Refused(because)) => {
                Outcome::Unknown(format!("{because}; and a {} that was not read may: {}", kind.word(), gap.sentence()))
            }
            (_, outcome) => outcome,
        }
    }

    /// Connections go by their server name, or to whatever stands at the port.
    fn by_name(&self, gateways: &Gateways<'s>, at: &At<'_, 's>, here: &AtListener<'s>) -> (Outcome, Vec<Candidate>) {
        let name = at.request.asked_name().unwrap_or_default();
        let (routes, rules) = self.read(gateways);
        let wanted = |entry: &Entry<'_>| {
            let kind = routes.get(entry.route).map(|r| r.route.kind);
            match at.request.speech {
                Speech::Udp => kind == Some(RouteKind::Udp),
                Speech::Tcp => kind == Some(RouteKind::Tcp),
                _ => true,
            }
        };
        for (host, of_host) in here.covering(&name) {
            if !of_host.entries.iter().any(wanted) {
                continue;
            }
            let candidates = self.considered(gateways, at, host, of_host);
            return (self.chosen(gateways, at, host, of_host, rules), candidates);
        }
        let what = if name.is_empty() { "such connections".to_owned() } else { name };
        (Outcome::Refused(format!("no route at {} takes {what}", at.listener.describe())), Vec::new())
    }

    fn by_request(&self, gateways: &Gateways<'s>, at: &At<'_, 's>, here: &AtListener<'s>) -> (Outcome, Vec<Candidate>) {
        let (_, rules) = self.read(gateways);
        let mut passed: Option<String> = None;
        let mut seen = Vec::new();
        for (host, of_host) in here.covering(&at.request.host) {
            seen.extend(self.considered(gateways, at, host, of_host));
            if rules.choose(of_host, at.request, at.reading) == Choice::None {
                passed = passed.or_else(|| Some(host.unwrap_or("any host").to_owned()));
                continue;
            }
            if let Some(passed) = passed {
                // The API ranks rules by host name; most proxies choose the host first and never come back.
                let because = format!(
                    "no rule for {passed} takes it and one for {} would: whether a less specific host name is asked then \
                     differs between implementations",
                    host.unwrap_or("any host")
                );
                return (Outcome::Unknown(because), seen);
            }
            return (self.chosen(gateways, at, host, of_host, rules), seen);
        }
        let because = match passed {
            Some(host) => format!("no rule for {host} at {} takes it", at.listener.describe()),
            None => format!("no route at {} serves the host", at.listener.describe()),
        };
        (unanswered(at.request, &because), seen)
    }

    fn chosen(
        &self,
        gateways: &Gateways<'s>,
        at: &At<'_, 's>,
        host: Option<&str>,
        of_host: &AtHost<'s>,
        rules: &Rules<'s>,
    ) -> Outcome {
        match rules.choose(of_host, at.request, at.reading) {
            Choice::None => unanswered(at.request, "no rule takes it"),
            Choice::Unclear(because) => Outcome::Unknown(because),
            Choice::Taken(index) => match of_host.entries.get(index) {
                Some(entry) => self.taken(gateways, at, host, entry),
                None => Outcome::Unknown("the rule was not read".to_owned()),
            },
        }
    }

    fn considered(
        &self,
        gateways: &Gateways<'s>,
        at: &At<'_, 's>,
        host: Option<&str>,
        of_host: &AtHost<'s>,
    ) -> Vec<Candidate> {
        let (routes, rules) = self.read(gateways);
        let mut all = Vec::new();
        let mut winner: Option<&Entry<'_>> = None;
        for (index, takes) in rules.ranked(of_host, at.request, at.reading) {
            let Some(entry) = of_host.entries.get(index) else { continue };
            let Some(attached) = routes.get(entry.route) else { continue };
            let why = match (&takes, winner) {
                (Takes::Unknown(why), _) => why.clone(),
                (_, None) => "comes first".to_owned(),
                (_, Some(first)) => lost(first, entry),
            };
            if winner.is_none() && takes == Takes::Yes {
                winner = Some(entry);
            }
            let text = text_of(attached, entry).unwrap_or_default();
            let matches = format!("{} {text}", host.unwrap_or("any host")).trim_end().to_owned();
            all.push(Candidate { entry: attached.route.object(), rule: Some(entry.rule), matches, why });
        }
        all
    }

    fn taken(&self, gateways: &Gateways<'s>, at: &At<'_, 's>, host: Option<&str>, entry: &Entry<'s>) -> Outcome {
        let (routes, _) = self.read(gateways);
        let Some(attached) = routes.get(entry.route) else {
            return Outcome::Unknown("the route was not read".to_owned());
        };
        let route = attached.route.get();
        let none_declared = RouteRule::default();
        let rule = route.spec.rules.get(entry.rule).unwrap_or(&none_declared);
        let prefix = match &entry.shape.target {
            Target::Prefix(prefix) => Some(*prefix),
            _ => None,
        };
        let mut doubts = Vec::new();
        let filter = redirect::of_rule(&rule.filters);
        let port = at.listener.spec.port.known().copied().unwrap_or(at.request.port);
        let scheme = if at.listener.spec.protocol == "HTTP" { "http" } else { "https" };
        let from = From { scheme, host: &at.request.host, port, path: &at.request.path, prefix };
        let location = filter.and_then(|filter| redirect::location(filter, &from));
        if filter.is_some() && location.is_none() {
            doubts.push("where its redirect leads cannot be told".to_owned());
        }
        if filter.is_none()
            && let Some((_, words)) = changes::timeout(rule).filter(|(ms, _)| *ms < PROMPT)
        {
            doubts.push(format!("whether the application answers within {words} does not show in objects"));
        }
        let shares = rule.backend_refs.iter().map(|reference| Share {
            backend: follow(self.cluster, &attached.route, reference).key(),
            weight: weight(reference),
        });
        Outcome::Taken(Box::new(Taken {
            listener: Some(at.listener.key()),
            host: host.map(str::to_owned),
            matches: text_of(attached, entry),
            rule: Some(entry.rule),
            shares: if filter.is_some() { Vec::new() } else { shares.collect() },
            redirect: location,
            changes: changes::of_rule(rule, &at.request.path, prefix),
            doubts,
            ..Taken::by(attached.route.object())
        }))
    }
}

fn listing(host: Option<String>, shape: &Shape<'_>) -> Listing {
    let path = match shape.target {
        Target::Exact(path) => Some(path.to_owned()),
        Target::Prefix("") | Target::Call(None, None) => Some("/".to_owned()),
        Target::Prefix(path) => Some(path.to_owned()),
        Target::Pattern(_) | Target::Call(..) | Target::CallPattern(..) | Target::Other(_) => None,
    };
    let plain = shape.headers.iter().filter(|pair| !pair.pattern);
    Listing {
        host,
        path,
        more: shape.method.is_some() || !shape.headers.is_empty() || !shape.queries.is_empty(),
        method: shape.method.map(str::to_owned),
        headers: plain.map(|pair| (pair.name.clone(), pair.value.to_owned())).collect(),
    }
}

/// Clients without a certificate are turned away, and whether this one has one was not said.
fn with_client_check(gateway: &GatewayState<'_>, listener: &ListenerState<'_>, mut outcome: Outcome) -> Outcome {
    let Some((validation, _)) = clients::validation(gateway.gateway, listener) else { return outcome };
    if !clients::are_demanded(validation) {
        return outcome;
    }
    let doubt = format!(
        "{} takes only clients with a valid certificate, and whether this one has one was not said",
        listener.describe()
    );
    match &mut outcome {
        Outcome::Taken(taken) => taken.doubts.push(doubt),
        _ => return Outcome::Unknown(doubt),
    }
    outcome
}

/// How the match is written in the paths of the route.
fn text_of(attached: &Attached<'_>, entry: &Entry<'_>) -> Option<String> {
    let route = attached.route.get();
    let none_declared = RouteRule::default();
    let rule = route.spec.rules.get(entry.rule).unwrap_or(&none_declared);
    matches::of_rule(route, rule, entry.rule).into_iter().find(|m| m.index == entry.matched)?.text
}

/// Why one match yields to another.
fn lost(first: &Entry<'_>, own: &Entry<'_>) -> String {
    match first.shape.order(&own.shape) {
        None => "its place in the order is left to the implementation".to_owned(),
        Some(std::cmp::Ordering::Equal) if first.route == own.route => {
            format!("loses to an earlier match of the same route (rule {})", first.rule + 1)
        }
        Some(std::cmp::Ordering::Equal) => "loses to an older route with an equal match".to_owned(),
        Some(_) => "loses to a more specific match".to_owned(),
    }
}

/// What a client gets where no rule takes its request (API reference: `HTTPRouteRule.matches`: 404).
fn unanswered(request: &Request, because: &str) -> Outcome {
    if request.speech.is_http() {
        Outcome::Reply { status: vec![404], because: because.to_owned() }
    } else {
        Outcome::Refused(because.to_owned())
    }
}

/// How the implementation reads regular expressions. Envoy wants the whole text to fit
/// (`envoy.type.matcher.v3.RegexMatcher`).
fn reading(gateway: &GatewayState<'_>) -> Reading {
    const ENVOY: [&str; 4] = ["Envoy Gateway", "Istio", "Cilium", "Contour"];
    match controllers::of_gateway_class(gateway.controller()) {
        Some((controller, _)) if ENVOY.contains(&controller.name) => Reading::Whole,
        _ => Reading::Unknown,
    }
}
