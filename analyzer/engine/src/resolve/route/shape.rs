//! A match of a rule as what it takes, and which of two comes first.
//!
//! Source: Gateway API `apis/v1/httproute_types.go` (`HTTPRouteRule.matches`, `HTTPRouteMatch`, `HTTPHeaderMatch`,
//! `HTTPQueryParamMatch`) and `apis/v1/grpcroute_types.go` (`GRPCRouteRule.matches`).

use std::cmp::Ordering;

use crate::resolve::request::{Reading, Request, Takes, fits, is_below};
use kubereach_model::snapshot::model::{HeaderMatch, MethodMatch, RouteKind, RouteMatch};

/// The path or the call that a match asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target<'r> {
    /// This path alone.
    Exact(&'r str),
    /// This path, without a final slash, and everything below it.
    Prefix(&'r str),
    /// Paths that fit a pattern.
    Pattern(&'r str),
    /// A gRPC call; `None` for any service or method.
    Call(Option<&'r str>, Option<&'r str>),
    /// A gRPC call by patterns.
    CallPattern(Option<&'r str>, Option<&'r str>),
    /// A type that the API does not define.
    Other(&'r str),
}

/// A header or query parameter that a match asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pair<'r> {
    /// The name; of a header in lower case.
    pub name: String,
    /// The value, or the pattern.
    pub value: &'r str,
    /// The value is a pattern.
    pub pattern: bool,
}

/// What a match takes. Two that are equal take the same requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shape<'r> {
    /// Its path or call.
    pub target: Target<'r>,
    /// Its HTTP method.
    pub method: Option<&'r str>,
    /// Its headers, in order of names.
    pub headers: Vec<Pair<'r>>,
    /// Its query parameters, in order of names.
    pub queries: Vec<Pair<'r>>,
}

const REGULAR: &str = "RegularExpression";

impl<'r> Shape<'r> {
    /// Of one match; without one, of a rule that takes everything.
    pub fn of(kind: RouteKind, matched: Option<&'r RouteMatch>) -> Self {
        let Some(matched) = matched else { return Self::everything(kind) };
        let text = |text: &'r Option<String>| text.as_deref().filter(|t| !t.is_empty());
        let (mut target, mut method) = (Self::everything(kind).target, None);
        match &matched.method {
            Some(MethodMatch::Http(word)) if !word.is_empty() && kind == RouteKind::Http => {
                method = Some(word.as_str());
            }
            Some(MethodMatch::Grpc(call)) if kind == RouteKind::Grpc => {
                let (service, name) = (text(&call.service), text(&call.method));
                target = match call.kind.as_deref() {
                    Some(REGULAR) => Target::CallPattern(service, name),
                    Some("Exact") | None => Target::Call(service, name),
                    Some(other) => Target::Other(other),
                };
            }
            _ => {}
        }
        if let Some(path) = matched.path.as_ref().filter(|_| kind == RouteKind::Http) {
            let value = path.value.as_deref().unwrap_or("/");
            target = match path.kind.as_deref().unwrap_or("PathPrefix") {
                "Exact" => Target::Exact(value),
                "PathPrefix" => Target::Prefix(value.trim_end_matches('/')),
                REGULAR => Target::Pattern(value),
                other => Target::Other(other),
            };
        }
        let queries = if kind == RouteKind::Http { pairs(&matched.query_params, false) } else { Vec::new() };
        Self { target, method, headers: pairs(&matched.headers, true), queries }
    }

    fn everything(kind: RouteKind) -> Self {
        let target = if kind == RouteKind::Grpc { Target::Call(None, None) } else { Target::Prefix("") };
        Self { target, method: None, headers: Vec::new(), queries: Vec::new() }
    }

    /// Does it rest on a pattern or a type whose place in the order is the implementation's affair?
    pub const fn is_open_to_reading(&self) -> bool {
        matches!(self.target, Target::Pattern(_) | Target::CallPattern(..) | Target::Other(_))
    }

    /// What makes one more specific than another, most telling first.
    fn weight(&self) -> [usize; 6] {
        let length = |text: Option<&str>| text.map_or(0, |t| t.chars().count());
        let (exact, path, call) = match &self.target {
            Target::Exact(_) => (1, 0, [0, 0]),
            // A prefix counts with its slash: `/` is one character.
            Target::Prefix(prefix) => (0, prefix.chars().count() + 1, [0, 0]),
            Target::Call(service, method) => (0, 0, [length(*service), length(*method)]),
            Target::Pattern(_) | Target::CallPattern(..) | Target::Other(_) => (0, 0, [0, 0]),
        };
        let [service, method] = call;
        let method = if method > 0 { method } else { usize::from(self.method.is_some()) };
        [exact, path, service, method, self.headers.len(), self.queries.len()]
    }

    /// `Less` where this one comes before the other by what it says; `None` where that is left to the
    /// implementation.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        let same_pattern = self.target == other.target;
        if (self.is_open_to_reading() || other.is_open_to_reading()) && !same_pattern {
            return None;
        }
        let mixed = |a: &Target<'_>, b: &Target<'_>| matches!(a, Target::Call(..)) != matches!(b, Target::Call(..));
        if mixed(&self.target, &other.target) {
            return None;
        }
        Some(other.weight().cmp(&self.weight()))
    }

    /// Does it take the request?
    pub fn takes(&self, request: &Request, reading: Reading) -> Takes {
        self.takes_path(request, reading).and(|| {
            let method = self.method.is_none_or(|method| method == request.method);
            Takes::from(method).and(|| self.takes_pairs(request, reading))
        })
    }

    fn takes_path(&self, request: &Request, reading: Reading) -> Takes {
        match &self.target {
            Target::Exact(path) => Takes::from(*path == request.path),
            Target::Prefix(prefix) => Takes::from(is_below(prefix, &request.path)),
            Target::Pattern(pattern) => fits(pattern, &request.path, reading, true),
            Target::Call(service, method) => {
                let Some(call) = called(request) else { return Takes::from(service.is_none() && method.is_none()) };
                let is = |wanted: Option<&str>, own: &str| wanted.is_none_or(|w| w == own);
                Takes::from(is(*service, call.0) && is(*method, call.1))
            }
            Target::CallPattern(service, method) => {
                let Some(call) = called(request) else { return Takes::No };
                let is = |wanted: Option<&str>, own: &str| wanted.map_or(Takes::Yes, |w| fits(w, own, reading, true));
                is(*service, call.0).and(|| is(*method, call.1))
            }
            Target::Other(kind) => Takes::Unknown(format!("a match of the type {kind} is not defined by the API")),
        }
    }

    fn takes_pairs(&self, request: &Request, reading: Reading) -> Takes {
        let mut all = Takes::Yes;
        for pair in &self.headers {
            all = all.and(|| match request.header(&pair.name) {
                None => Takes::No,
                Some(own) => one(pair, &own, reading),
            });
        }
        for pair in &self.queries {
            all = all.and(|| {
                let own: Vec<&str> = request.parameter(&pair.name).collect();
                match own.as_slice() {
                    [] => Takes::No,
                    [own] => one(pair, own, reading),
                    // The API leaves repeated parameters undefined.
                    several => {
                        let said: Vec<Takes> = several.iter().map(|own| one(pair, own, reading)).collect();
                        match said.first() {
                            Some(first) if said.iter().all(|s| s == first) => first.clone(),
                            _ => Takes::Unknown(format!("the query parameter {} is there more than once", pair.name)),
                        }
                    }
                }
            });
        }
        all
    }

    /// May the two have a request in common? Only what is certain counts as "no".
    pub fn may_meet(&self, other: &Self) -> bool {
        let paths = match (&self.target, &other.target) {
            (Target::Exact(a), Target::Exact(b)) => a == b,
            (Target::Prefix(prefix), Target::Exact(path)) | (Target::Exact(path), Target::Prefix(prefix)) => {
                is_below(prefix, path)
            }
            (Target::Prefix(a), Target::Prefix(b)) => is_below(a, b) || is_below(b, a),
            _ => true,
        };
        paths && self.method.zip(other.method).is_none_or(|(a, b)| a == b)
    }

    /// Does this one certainly take every request that the other takes?
    pub fn covers(&self, other: &Self) -> bool {
        let path = match (&self.target, &other.target) {
            (Target::Prefix(prefix), Target::Exact(path) | Target::Prefix(path)) => is_below(prefix, path),
            (a, b) => a == b,
        };
        let within = |own: &[Pair<'_>], others: &[Pair<'_>]| own.iter().all(|pair| others.contains(pair));
        path && self.method.is_none_or(|method| other.method == Some(method))
            && within(&self.headers, &other.headers)
            && within(&self.queries, &other.queries)
    }
}

/// Service and method of a call; an HTTP request is one where its path is `/SERVICE/METHOD`.
fn called(request: &Request) -> Option<(&str, &str)> {
    if let Some((service, method)) = &request.call {
        return Some((service, method));
    }
    request.path.strip_prefix('/')?.split_once('/').filter(|(_, method)| !method.contains('/'))
}

/// Of entries with one name only the first counts; names of headers differ not by case.
fn pairs(list: &[HeaderMatch], folded: bool) -> Vec<Pair<'_>> {
    let mut all: Vec<Pair<'_>> = Vec::with_capacity(list.len());
    for entry in list {
        let name = if folded { entry.name.to_ascii_lowercase() } else { entry.name.clone() };
        if all.iter().all(|known| known.name != name) {
            all.push(Pair { name, value: &entry.value, pattern: entry.kind.as_deref() == Some(REGULAR) });
        }
    }
    all.sort();
    all
}

fn one(pair: &Pair<'_>, own: &str, reading: Reading) -> Takes {
    if pair.pattern { fits(pair.value, own, reading, true) } else { Takes::from(pair.value == own) }
}
