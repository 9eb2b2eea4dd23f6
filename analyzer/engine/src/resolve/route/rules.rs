//! Every match at every listener, by host name: which of them takes a request, and which is never asked because
//! another takes the same requests first.
//!
//! Source: Gateway API `apis/v1/httproute_types.go`: `HTTPRouteSpec.hostnames` (the rules of the most specific host name
//! come first) and `HTTPRouteRule.matches` (then the most specific match, the oldest route, the first by name, the
//! first rule); `apis/v1/grpcroute_types.go` says the same of calls.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::attach::Attached;
use super::shape::{Shape, Target};
use crate::resolve::gateway::{Gateways, hostname};
use crate::resolve::request::{Reading, Request, Takes};
use kubereach_model::snapshot::model::{RouteKind, RouteMatch, RouteRule};

/// Matches times host names of a route beyond which they are not compared with others'.
const MOST: usize = 20_000;

/// One match of one rule at a listener and host name.
#[derive(Debug, Clone)]
pub struct Entry<'s> {
    /// Index of the route.
    pub route: usize,
    /// Index of its rule.
    pub rule: usize,
    /// Index of the rule's match; `None` where it has none and takes everything.
    pub matched: Option<usize>,
    /// What it takes.
    pub shape: Shape<'s>,
    /// It is not certain that the route stands here.
    pub doubtful: bool,
}

/// The matches for one host name.
#[derive(Debug, Default)]
pub struct AtHost<'s> {
    /// All of them.
    pub entries: Vec<Entry<'s>>,
    first: HashMap<Shape<'s>, usize>,
    exact: HashMap<&'s str, Vec<usize>>,
    prefix: HashMap<&'s str, Vec<usize>>,
    rest: Vec<usize>,
}

/// The matches at one listener, by host name; `None` for any.
#[derive(Debug, Default)]
pub struct AtListener<'s> {
    /// By the host name in common of listener and route.
    pub hosts: HashMap<Option<String>, AtHost<'s>>,
    /// A route with too many matches stands here too.
    pub incomplete: bool,
}

/// Every listener's matches.
#[derive(Debug, Default)]
pub struct Rules<'s> {
    listeners: HashMap<usize, AtListener<'s>>,
    order: Vec<Age<'s>>,
}

/// What decides between routes whose matches are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Age<'s> {
    created: Option<jiff::Timestamp>,
    namespace: &'s str,
    name: &'s str,
}

/// Which match takes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// None.
    None,
    /// This one (index in [`AtHost::entries`]).
    Taken(usize),
    /// It cannot be told, because.
    Unclear(String),
}

/// Every match of a rule; one `None` for a rule that takes everything.
pub fn matches_of(rule: &RouteRule) -> impl Iterator<Item = (Option<usize>, Option<&RouteMatch>)> {
    let none = rule.matches.is_empty().then_some((None, None));
    rule.matches.iter().enumerate().map(|(index, m)| (Some(index), Some(m))).chain(none)
}

impl<'s> Rules<'s> {
    /// Of every attached route.
    pub fn new(gateways: &Gateways<'s>, routes: &[Attached<'s>]) -> Self {
        let age = |attached: &Attached<'s>| {
            let meta = &attached.route.get().metadata;
            Age { created: meta.creation_timestamp.0, namespace: &meta.namespace, name: &meta.name }
        };
        let mut this = Self { listeners: HashMap::new(), order: routes.iter().map(age).collect() };
        for (id, attached) in routes.iter().enumerate() {
            this.add(gateways, id, attached);
        }
        for listener in this.listeners.values_mut() {
            for host in listener.hosts.values_mut() {
                host.index(&this.order);
            }
        }
        this
    }

    fn add(&mut self, gateways: &Gateways<'s>, id: usize, attached: &Attached<'s>) {
        let route = attached.route.get();
        let mut entries = Vec::new();
        for (index, rule) in route.spec.rules.iter().enumerate() {
            entries.extend(matches_of(rule).map(|(at, m)| (index, at, Shape::of(route.kind, m))));
        }
        if entries.is_empty() {
            entries.push((0, None, Shape::of(route.kind, None)));
        }
        if matches!(route.kind, RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp) {
            entries.truncate(1);
        }
        let attachments = || attached.parents.iter().flat_map(|p| &p.attachments);
        let many = entries.len().saturating_mul(attachments().map(|a| a.hosts.len()).sum()) > MOST;
        for attachment in attachments() {
            // Of an HTTPRoute and a GRPCRoute with one host name one yields, unless the implementation serves both.
            let yields = attachment.rival.as_ref().filter(|_| !gateways.shares_hostnames(attachment.listener));
            if yields.is_some_and(|rival| rival.certain) {
                continue;
            }
            let at = self.listeners.entry(attachment.listener).or_default();
            if many {
                at.incomplete = true;
                continue;
            }
            let mut seen: Vec<&Option<String>> = Vec::new();
            for host in &attachment.hosts {
                if seen.contains(&&host.effective) {
                    continue;
                }
                seen.push(&host.effective);
                let all = &mut at.hosts.entry(host.effective.clone()).or_default().entries;
                // Two parentRefs may lead to one listener.
                if all.iter().rev().take_while(|e| e.route == id).any(|_| true) {
                    continue;
                }
                all.extend(entries.iter().map(|(rule, matched, shape)| Entry {
                    route: id,
                    rule: *rule,
                    matched: *matched,
                    shape: shape.clone(),
                    doubtful: attachment.doubt.is_some() || yields.is_some(),
                }));
            }
        }
    }

    /// The matches at a listener.
    pub fn at(&self, listener: usize) -> Option<&AtListener<'s>> {
        self.listeners.get(&listener)
    }

    /// The match that takes every request of this one, where another does: `(route, rule)`, and whether that is
    /// certain.
    pub fn first(&self, listener: usize, host: Option<&str>, own: (usize, usize), shape: &Shape<'s>) -> Option<First> {
        let at = self.at(listener)?;
        let host = at.hosts.get(&host.map(str::to_owned))?;
        let first = host.entries.get(*host.first.get(shape)?)?;
        if (first.route, first.rule) == own {
            return None;
        }
        let certain = !first.doubtful && self.compare_routes(first.route, own.0).is_some();
        Some(First { route: first.route, rule: first.rule, certain })
    }

    /// `None` where the ages that decide are not known.
    fn compare_routes(&self, a: usize, b: usize) -> Option<Ordering> {
        compare(&self.order, a, b)
    }

    /// Which of two matches comes first.
    pub fn order(&self, a: &Entry<'_>, b: &Entry<'_>) -> Option<Ordering> {
        let by_route = || {
            let routes = self.compare_routes(a.route, b.route)?;
            Some(routes.then_with(|| (a.rule, a.matched).cmp(&(b.rule, b.matched))))
        };
        match a.shape.order(&b.shape)? {
            Ordering::Equal => by_route(),
            decided => Some(decided),
        }
    }

    /// The match for a host name that takes a request.
    pub fn choose(&self, at: &AtHost<'s>, request: &Request, reading: Reading) -> Choice {
        let candidates = at.candidates(request, reading);
        let first = |(one, _): &&(usize, Takes)| {
            let Some(own) = at.entries.get(*one) else { return false };
            candidates.iter().filter(|(other, _)| other != one).all(|(other, _)| {
                let other = at.entries.get(*other);
                other.is_none_or(|other| self.order(own, other) == Some(Ordering::Less))
            })
        };
        if candidates.is_empty() {
            return Choice::None;
        }
        match candidates.iter().find(first) {
            Some((_, Takes::Unknown(why))) => Choice::Unclear(why.clone()),
            Some((one, _)) if at.entries.get(*one).is_some_and(|e| e.doubtful) => {
                Choice::Unclear("it is not certain that the route stands at the listener".to_owned())
            }
            Some((one, _)) => Choice::Taken(*one),
            None => self.undecided(at, &candidates),
        }
    }

    fn undecided(&self, at: &AtHost<'s>, candidates: &[(usize, Takes)]) -> Choice {
        // Those that nothing certainly precedes.
        let open: Vec<&(usize, Takes)> = candidates
            .iter()
            .filter(|(one, _)| {
                let Some(own) = at.entries.get(*one) else { return false };
                !candidates.iter().any(|(other, takes)| {
                    *takes == Takes::Yes
                        && at.entries.get(*other).is_some_and(|o| self.order(o, own) == Some(Ordering::Less))
                })
            })
            .collect();
        let rules: Vec<(usize, usize)> =
            open.iter().filter_map(|(one, _)| at.entries.get(*one)).map(|e| (e.route, e.rule)).collect();
        let settled = open.iter().all(|(_, takes)| *takes == Takes::Yes);
        if let (Some((one, _)), true) = (open.first(), settled && rules.windows(2).all(|w| w.first() == w.last())) {
            return Choice::Taken(*one);
        }
        if let Some(why) = open.iter().find_map(|(_, takes)| match takes {
            Takes::Unknown(why) => Some(why.clone()),
            _ => None,
        }) {
            return Choice::Unclear(why);
        }
        let patterns = open.iter().any(|(one, _)| at.entries.get(*one).is_some_and(|e| e.shape.is_open_to_reading()));
        Choice::Unclear(if patterns {
            "which comes first where a regular expression takes part is left to the implementation".to_owned()
        } else {
            "which of the routes is older, and so comes first, was not read".to_owned()
        })
    }

    /// The candidates in order, those first that come first, as far as that is told.
    pub fn ranked(&self, at: &AtHost<'s>, request: &Request, reading: Reading) -> Vec<(usize, Takes)> {
        let mut all = at.candidates(request, reading);
        all.sort_by(|(a, _), (b, _)| {
            let (Some(a), Some(b)) = (at.entries.get(*a), at.entries.get(*b)) else { return Ordering::Equal };
            let key = |e: &Entry<'_>| (e.route, e.rule, e.matched);
            self.order(a, b).unwrap_or_else(|| key(a).cmp(&key(b)))
        });
        all
    }
}

/// A match that takes every request of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First {
    /// Index of its route.
    pub route: usize,
    /// Index of its rule.
    pub rule: usize,
    /// The ages that decide are known.
    pub certain: bool,
}

fn compare(order: &[Age<'_>], a: usize, b: usize) -> Option<Ordering> {
    if a == b {
        return Some(Ordering::Equal);
    }
    let (a, b) = (order.get(a)?, order.get(b)?);
    let (at_a, at_b) = (a.created?, b.created?);
    Some(at_a.cmp(&at_b).then_with(|| (a.namespace, a.name).cmp(&(b.namespace, b.name))))
}

impl<'s> AtHost<'s> {
    fn index(&mut self, order: &[Age<'s>]) {
        for (index, entry) in self.entries.iter().enumerate() {
            match &entry.shape.target {
                Target::Exact(path) => self.exact.entry(path).or_default().push(index),
                Target::Prefix(path) => self.prefix.entry(path).or_default().push(index),
                _ => self.rest.push(index),
            }
            let first = self.first.entry(entry.shape.clone()).or_insert(index);
            let before = self.entries.get(*first).is_some_and(|known| {
                // A route that certainly stands here before one of which that is not certain; where no age is known, by
                // name, as routes that were created together are.
                let key = |e: &Entry<'_>| {
                    let age = order.get(e.route);
                    (e.doubtful, age.map(|a| (a.created, a.namespace, a.name)), e.rule, e.matched)
                };
                key(entry) < key(known)
            });
            if before {
                *first = index;
            }
        }
    }

    /// Those that take a request, or may.
    fn candidates(&self, request: &Request, reading: Reading) -> Vec<(usize, Takes)> {
        let path = request.path.as_str();
        let mut found: Vec<usize> = self.exact.get(path).into_iter().flatten().copied().collect();
        let bare = path.trim_end_matches('/');
        let above = bare.match_indices('/').filter_map(|(at, _)| bare.get(..at));
        for prefix in above.chain([bare]) {
            found.extend(self.prefix.get(prefix).into_iter().flatten());
        }
        found.extend(&self.rest);
        let asked = found.into_iter().filter_map(|id| Some((id, self.entries.get(id)?.shape.takes(request, reading))));
        asked.filter(|(_, takes)| *takes != Takes::No).collect()
    }
}

impl<'s> AtListener<'s> {
    /// The host names that cover one, the most specific first; of a request without a host those for any.
    pub fn covering(&self, host: &str) -> Vec<(Option<&str>, &AtHost<'s>)> {
        let mut found = Vec::new();
        let mut look = |name: Option<String>| {
            if let Some((own, at)) = self.hosts.get_key_value(&name) {
                found.push((own.as_deref(), at));
            }
        };
        if let Some(host) = hostname::normal(Some(host)) {
            look(Some(host.clone()));
            let mut rest = host.as_str();
            while let Some((label, parent)) = rest.split_once('.') {
                if !label.is_empty() {
                    look(Some(format!("*.{parent}")));
                }
                rest = parent;
            }
        }
        look(None);
        found
    }
}
