//! What the Ingresses of one controller do with a request: host, path, redirects, what is changed.
//!
//! Sources: API reference, `IngressRule.host` and `HTTPIngressPath.pathType` (the longest path first, an exact one
//! before a prefix); for ingress-nginx `internal/ingress/controller/template/template.go` and
//! `docs/user-guide/{ingress-path-matching,nginx-configuration/annotations}.md`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use kubereach_reports::report::ObjectRef;

use super::door::is_encrypted;
use super::location::{Begin, Location, Matching};
use super::nginx;
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Candidate, Fit, Handled, Listing, Outcome, Share, Taken};
use crate::resolve::by_path::ByPath;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::backend::{self, Target};
use crate::resolve::ingress::claims::{is_canary, meeting};
use crate::resolve::ingress::rules::Declared;
use crate::resolve::ingress::state::IngressState;
use crate::resolve::request::{Request, Takes};

/// The rules of the Ingresses that share one set of hosts and paths, by host: which Ingress and which of its paths.
#[derive(Debug, Default)]
struct Shared {
    members: Vec<usize>,
    /// Where they are published.
    places: BTreeSet<String>,
    hosts: HashMap<Option<String>, AtHost>,
}

/// The rules for one host: which Ingress and which of its paths.
#[derive(Debug, Default)]
struct AtHost {
    rules: Vec<(usize, usize)>,
    paths: ByPath,
}

/// Every such set.
#[derive(Debug, Default)]
pub(super) struct Answers {
    sets: Vec<Shared>,
}

/// A rule that takes a request, or may.
struct Found<'a, 's> {
    state: &'a IngressState<'s>,
    rule: &'a Declared<'s>,
    location: Location<'a>,
    takes: Takes,
}

impl Answers {
    pub(super) fn new(ingresses: &Ingresses<'_>) -> Self {
        let mut sets: BTreeMap<String, Shared> = BTreeMap::new();
        for (id, state) in ingresses.states.iter().enumerate() {
            let set = sets.entry(meeting(state)).or_default();
            set.members.push(id);
            let places = state.ingress.published.unwrap_or_default().iter();
            let names = places.filter_map(|place| place.ip.known().map(String::as_str).or(place.hostname.as_deref()));
            set.places.extend(names.map(|name| name.trim_end_matches('.').to_ascii_lowercase()));
            for (path, rule) in state.ingress.declared.iter().enumerate() {
                let host = rule.host.map(|host| host.trim_end_matches('.').to_ascii_lowercase());
                let location = location(ingresses, state, rule);
                for name in std::iter::once(host).chain(nginx::aliases(state).into_iter().map(Some)) {
                    set.hosts.entry(name).or_default().add((id, path), &location);
                }
            }
        }
        Self { sets: sets.into_values().collect() }
    }

    /// What each rule looks at.
    pub(super) fn listed(ingresses: &Ingresses<'_>) -> Vec<Listing> {
        let mut found = Vec::new();
        for state in &ingresses.states {
            for rule in &state.ingress.declared {
                let path = match location(ingresses, state, rule).begin() {
                    Begin::Exact(path) | Begin::Below(path) | Begin::Text(path) => Some(path.to_owned()),
                    Begin::Unknown if rule.path_type.is_empty() => Some("/".to_owned()),
                    Begin::Unknown => None,
                };
                let more = is_canary(state) || nginx::looks_at_more(state);
                let hosts = std::iter::once(rule.host.map(|host| host.trim_end_matches('.').to_ascii_lowercase()));
                found.extend(hosts.chain(nginx::aliases(state).into_iter().map(Some)).map(|host| Listing {
                    host,
                    path: path.clone(),
                    more,
                    ..Listing::default()
                }));
            }
        }
        found
    }

    pub(super) fn all(
        &self,
        cluster: &Cluster<'_>,
        ingresses: &Ingresses<'_>,
        request: &Request,
        only: Option<&ObjectRef>,
    ) -> Vec<Handled> {
        if !request.speech.is_http() {
            return Vec::new();
        }
        let sets = self.sets.iter().filter_map(|set| Some((set, set.fit(ingresses, request, only)?)));
        sets.map(|(set, fit)| set.handled(cluster, ingresses, request, fit)).collect()
    }
}

impl Shared {
    fn states<'i, 's>(&self, ingresses: &'i Ingresses<'s>) -> impl Iterator<Item = &'i IngressState<'s>> {
        self.members.iter().filter_map(|id| ingresses.states.get(*id))
    }

    /// Why the request may come in here.
    fn fit(&self, ingresses: &Ingresses<'_>, request: &Request, only: Option<&ObjectRef>) -> Option<Fit> {
        if let Some(only) = only {
            return self.states(ingresses).any(|s| s.ingress.object() == *only).then_some(Fit::Named);
        }
        if self.places.contains(&request.dialled) {
            return Some(Fit::Address);
        }
        if request.dialled.parse::<IpAddr>().is_ok() || !matches!(request.port, 80 | 443) {
            return None;
        }
        let [exact, wildcard, any] = Self::names(&request.host);
        let serves = |name: &Option<String>| self.hosts.contains_key(name);
        if [exact, wildcard].iter().any(|name| name.is_some() && serves(name)) {
            return Some(Fit::Host);
        }
        serves(&any).then_some(Fit::Any)
    }

    /// The hosts that a request is looked up at, the most specific first.
    fn names(host: &str) -> [Option<String>; 3] {
        let wildcard =
            host.split_once('.').filter(|(label, _)| !label.is_empty()).map(|(_, parent)| format!("*.{parent}"));
        [Some(host.to_owned()), wildcard, None]
    }

    fn handled(&self, cluster: &Cluster<'_>, ingresses: &Ingresses<'_>, request: &Request, fit: Fit) -> Handled {
        let first = self.states(ingresses).next();
        let door = |object: Option<ObjectRef>| match (&object, first.and_then(IngressState::controller)) {
            (Some(object), Some(controller)) => format!("{object} ({})", controller.name),
            (Some(object), None) => object.to_string(),
            (None, Some(controller)) => controller.name.to_owned(),
            (None, None) => "the ingress controller".to_owned(),
        };
        let nginx = first.is_some_and(|state| state.is(Product::IngressNginx));
        let mut considered = Vec::new();
        let mut passed: Option<String> = None;
        for name in Self::names(&request.host) {
            let Some(own) = self.hosts.get(&name) else { continue };
            let found = found(ingresses, own, request);
            considered.extend(found.iter().map(|one| one.candidate(&found)));
            let outcome = match winner(&found) {
                Ok(Some(one)) => taken(cluster, one, &found, request),
                Err(because) => Outcome::Unknown(because),
                Ok(None) => {
                    passed = passed.or(Some(name.unwrap_or_else(|| "any host".to_owned())));
                    // nginx has chosen its server by now; others differ.
                    if nginx {
                        break;
                    }
                    continue;
                }
            };
            let object = winner(&found).ok().flatten().map(|one| one.state.ingress.object());
            if let Some(passed) = passed.filter(|_| !nginx) {
                let because = format!(
                    "no path of {passed} takes it and one of {} would: whether a less specific host is asked then differs \
                     between controllers",
                    name.as_deref().unwrap_or("any host")
                );
                return Handled { door: door(object), fit, outcome: Outcome::Unknown(because), candidates: considered };
            }
            return Handled { door: door(object), fit, outcome, candidates: considered };
        }
        let because = match passed {
            Some(host) => format!("no path of {host} takes it, and no default backend does"),
            None => "no Ingress serves the host".to_owned(),
        };
        let outcome = match &ingresses.complete {
            Ok(()) => Outcome::Reply { status: vec![404], because },
            Err(gap) => {
                Outcome::Unknown(format!("{because}; and an Ingress that was not read may: {}", gap.sentence()))
            }
        };
        Handled { door: door(None), fit, outcome, candidates: considered }
    }
}

impl Found<'_, '_> {
    fn candidate(&self, all: &[Self]) -> Candidate {
        let why = match &self.takes {
            Takes::Unknown(why) => why.clone(),
            _ if all.first().is_some_and(|first| std::ptr::eq(first, self)) => "comes first".to_owned(),
            _ if is_canary(self.state) => "a canary: it takes its share beside the main path".to_owned(),
            _ => "loses to a longer, an exact or an older path".to_owned(),
        };
        Candidate { entry: self.state.ingress.object(), rule: None, matches: self.rule.describe(), why }
    }

    /// `Less` where this one comes first; `None` where it cannot be told.
    fn order(&self, other: &Self) -> Option<Ordering> {
        let decided = self.location.order(&other.location)?;
        if decided != Ordering::Equal {
            return Some(decided);
        }
        let key = |state: &IngressState<'_>| {
            let meta = state.ingress.metadata;
            (meta.creation_timestamp.0, meta.namespace.clone(), meta.name.clone())
        };
        let (a, b) = (key(self.state), key(other.state));
        if (&a.1, &a.2) == (&b.1, &b.2) {
            return Some(Ordering::Equal);
        }
        (a.0.is_some() && b.0.is_some()).then(|| a.cmp(&b))
    }
}

impl AtHost {
    fn add(&mut self, rule: (usize, usize), location: &Location<'_>) {
        let at = self.rules.len();
        self.rules.push(rule);
        match location.begin() {
            Begin::Exact(path) => self.paths.exact(path, at),
            Begin::Below(path) => self.paths.below(path, at),
            Begin::Text(text) => self.paths.begins(text, at),
            Begin::Unknown => self.paths.other(at),
        }
    }
}

fn location<'a, 's>(ingresses: &Ingresses<'s>, state: &IngressState<'s>, rule: &'a Declared<'s>) -> Location<'a> {
    Location::of(state, rule, ingresses.claims.regex(state, rule).is_some())
}

/// The rules that take a request or may, those first that come first.
fn found<'a, 's>(ingresses: &'a Ingresses<'s>, here: &AtHost, request: &Request) -> Vec<Found<'a, 's>> {
    let rules = here.paths.of(&request.path).into_iter().filter_map(|at| {
        let (id, path) = here.rules.get(at)?;
        let state = ingresses.states.get(*id)?;
        Some((state, state.ingress.declared.get(*path)?))
    });
    let mut all: Vec<Found<'a, 's>> = rules
        .map(|(state, rule)| {
            let regular = ingresses.claims.regex(state, rule).is_some();
            let location = Location::of(state, rule, regular);
            let takes = location.takes(&request.path);
            Found { state, rule, location, takes }
        })
        .filter(|one| one.takes != Takes::No)
        .collect();
    all.sort_by(|a, b| a.order(b).unwrap_or(Ordering::Equal).then_with(|| is_canary(a.state).cmp(&is_canary(b.state))));
    all
}

/// The main rule that takes it: canaries take a part of what comes to their main path.
fn winner<'f, 'a, 's>(found: &'f [Found<'a, 's>]) -> Result<Option<&'f Found<'a, 's>>, String> {
    let main: Vec<&Found<'a, 's>> = found.iter().filter(|one| !is_canary(one.state)).collect();
    let Some(first) = main.first() else { return Ok(None) };
    if let Takes::Unknown(why) = &first.takes {
        return Err(why.clone());
    }
    for other in main.iter().skip(1) {
        match first.order(other) {
            Some(Ordering::Less | Ordering::Equal) => {}
            _ if matches!(other.takes, Takes::Unknown(_)) => {
                return Err(format!("a path of {} may take it first", other.state.ingress.object()));
            }
            _ => {
                return Err(format!(
                    "{} and {} claim the path, and which is older was not read",
                    first.state.ingress.object(),
                    other.state.ingress.object()
                ));
            }
        }
    }
    Ok(Some(first))
}

fn taken(cluster: &Cluster<'_>, one: &Found<'_, '_>, found: &[Found<'_, '_>], request: &Request) -> Outcome {
    let canaries: Vec<&Found<'_, '_>> =
        found.iter().filter(|c| is_canary(c.state) && c.location.is_same(&one.location)).collect();
    let mut changes = Vec::new();
    let mut doubts = Vec::new();
    let mut chosen = one;
    for canary in canaries {
        match nginx::canary(canary.state, request) {
            nginx::Share::All => {
                chosen = canary;
                break;
            }
            nginx::Share::None => {}
            nginx::Share::Percent(percent) => {
                changes.push(format!("{percent}% of the requests go to the canary {}", canary.state.ingress.object()));
            }
            nginx::Share::Unknown(why) => doubts.push(why),
        }
    }
    let state = chosen.state;
    let encrypted = is_encrypted(state, Some(&request.host));
    let tls = request.speech.is_tls();
    if tls && !encrypted {
        doubts.push(format!(
            "no TLS is declared for {}: which certificate is shown is the controller's affair",
            request.host
        ));
    }
    let redirect = match nginx::redirect(state, request, encrypted) {
        nginx::Sends::Nowhere => None,
        nginx::Sends::To(location) => Some(location),
        nginx::Sends::Unknown(why) => {
            doubts.push(why);
            None
        }
    };
    let reply = nginx::refused(state, request).filter(|_| redirect.is_none());
    if redirect.is_none() {
        let rewritten = nginx::rewritten(state, &chosen.location, request);
        changes.extend(rewritten);
        changes.extend(nginx::limits(state));
    }
    doubts.extend(nginx::doubts(state, request));
    let reference = backend::resolve(cluster, state, chosen.rule.backend);
    if let Target::Action(name) = &reference.target {
        doubts.push(format!("the action {name} answers, which is not followed"));
    }
    Outcome::Taken(Box::new(Taken {
        host: chosen.rule.host.map(str::to_owned),
        matches: Some(chosen.rule.matches()),
        redirect,
        reply,
        changes,
        shares: vec![Share { backend: reference.backend, weight: 1 }],
        doubts,
        lost: lost(state),
        ..Taken::by(state.ingress.object())
    }))
}

/// What a client gets where the Service or port of a rule is not there. Traefik then has no rule (`crd` and `ingress`
/// providers); the others answer for it.
fn lost(state: &IngressState<'_>) -> &'static [u16] {
    if state.is(Product::Traefik) {
        &[404]
    } else if state.controller().is_some() {
        &[503]
    } else {
        &[404, 500, 503]
    }
}

impl Location<'_> {
    /// Do the two stand for one path?
    fn is_same(&self, other: &Self) -> bool {
        self.path == other.path && (self.matching == Matching::Exact) == (other.matching == Matching::Exact)
    }
}
