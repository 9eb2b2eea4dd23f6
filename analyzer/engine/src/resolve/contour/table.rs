//! The routes of one root as Envoy gets them: those of its includes and its own, which of them takes a request, and in
//! which order they are asked.
//!
//! Sources: `internal/dag/httpproxy_processor.go` (`computeRoutes`, `addStatusBadGatewayRoute`, `expandPrefixMatches`),
//! `internal/dag/dag.go` (`AddRoute`), `internal/sorter/sorter.go` (`routeSorter`,
//! `compareRoutesByMethodHeaderQueryParams`), `internal/envoy/v3/route.go` (`headerMatcher`, `queryParamMatcher`), and the
//! API reference of HTTPProxy (`HeaderMatchCondition`).

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

use serde_json::Value;

use kubereach_model::snapshot::model::{HeaderCondition, MatchCondition, ProxyRoute, QueryCondition};

use super::conditions::{PathMatch, others, path};
use super::include::Followed;
use super::text::text;
use super::tree::{Chain, Node, Tree};
use super::{Basis, Proxy};
use crate::resolve::by_path::ByPath;
use crate::resolve::request::{Reading, Request, Takes, fits};

/// Routes of one root beyond which they are not put together.
const MOST: usize = 5000;

/// What stands at a place of the table.
#[derive(Debug, Clone, Copy)]
pub enum Does<'s> {
    /// A route of an object.
    Route(&'s ProxyRoute),
    /// An include that leads nowhere, for which Envoy answers 502.
    Nowhere,
}

/// One route.
#[derive(Debug, Clone)]
pub struct Listed<'s> {
    /// The object in which it stands.
    pub proxy: Proxy<'s>,
    /// Its place among the routes of the object.
    pub index: Option<usize>,
    /// What it does.
    pub does: Does<'s>,
    /// The conditions of the includes on the way, and its own.
    pub conditions: Vec<&'s MatchCondition>,
    /// What its path has to be like.
    pub path: PathMatch,
    /// Why it is not certain that Contour makes it.
    pub doubt: Option<String>,
}

/// The routes of a root.
#[derive(Debug, Default)]
pub struct Table<'s> {
    /// Each once: of equal conditions the last.
    pub routes: Vec<Listed<'s>>,
    /// There are more than are put together.
    pub incomplete: bool,
    paths: ByPath,
}

impl<'s> Table<'s> {
    /// Follows the includes of a root as Contour does: what an object includes comes before its own routes.
    pub fn of(tree: &Tree<'s>, root: &Node<'s>) -> Self {
        let mut table = Self::default();
        for chain in root.chains.iter().filter(|chain| !chain.tcp && is(&chain.root, &root.proxy)) {
            table.add(tree, root, chain, &mut Vec::new());
        }
        let mut last: HashMap<(PathMatch, Vec<String>), usize> = HashMap::new();
        for (at, route) in table.routes.iter().enumerate() {
            last.insert((route.path.clone(), others(&route.conditions)), at);
        }
        let mut at = 0;
        table.routes.retain(|route| {
            at += 1;
            last.get(&(route.path.clone(), others(&route.conditions))) == Some(&(at - 1))
        });
        table.expand();
        for (at, route) in table.routes.iter().enumerate() {
            match &route.path {
                PathMatch::Exact(path) => table.paths.exact(path, at),
                PathMatch::Prefix(text) => table.paths.begins(text, at),
                PathMatch::Regex(_) => table.paths.other(at),
            }
        }
        table
    }

    fn add(&mut self, tree: &Tree<'s>, node: &Node<'s>, chain: &Chain<'s>, above: &mut Vec<Proxy<'s>>) {
        if self.routes.len() > MOST || above.iter().any(|other| is(other, &node.proxy)) {
            self.incomplete |= self.routes.len() > MOST;
            return;
        }
        let spec = &node.proxy.get().value.spec;
        above.push(node.proxy);
        for (include, followed) in spec.includes.iter().zip(&node.includes) {
            let conditions: Vec<_> = chain.conditions.iter().copied().chain(include.conditions.iter()).collect();
            match followed {
                Followed::To(target) => {
                    let Some(next) = tree.node(target) else { continue };
                    if let Some(own) = next.chains.iter().find(|other| is_way(other, chain, &conditions)) {
                        self.add(tree, next, own, above);
                    }
                }
                // The 502 stands at the conditions of the include alone, and not at those above it.
                Followed::Nowhere(problem) if is_answered(problem.reason) && !include.conditions.is_empty() => {
                    let own: Vec<_> = include.conditions.iter().collect();
                    let doubt = match &problem.basis {
                        Basis::Shown | Basis::Missing(_) => None,
                        Basis::Unknown(_) | Basis::Secret(_) => Some(problem.what.clone()),
                    };
                    let (proxy, path, does) = (node.proxy, path(&own), Does::Nowhere);
                    self.routes.push(Listed { proxy, index: None, does, conditions: own, path, doubt });
                }
                Followed::Nowhere(_) => {}
            }
        }
        above.pop();
        // One route that is wrong drops them all.
        if chain.routes.iter().any(super::Problem::is_certain) {
            return;
        }
        let doubt = chain.routes.iter().find(|p| matches!(p.basis, Basis::Unknown(_))).map(|p| p.what.clone());
        for (index, route) in spec.routes.iter().enumerate() {
            let conditions: Vec<_> = chain.conditions.iter().copied().chain(route.conditions.iter()).collect();
            self.routes.push(Listed {
                proxy: node.proxy,
                index: Some(index),
                does: Does::Route(route),
                path: path(&conditions),
                conditions,
                doubt: doubt.clone(),
            });
        }
    }

    /// A prefix that is replaced takes its path without the slash at its end too, unless another route has that.
    fn expand(&mut self) {
        let bare = |path: &PathMatch| match path {
            PathMatch::Prefix(text) if text != "/" => Some(text.trim_end_matches('/').to_owned()),
            _ => None,
        };
        let mut count: HashMap<String, usize> = HashMap::new();
        for prefix in self.routes.iter().filter_map(|route| bare(&route.path)) {
            *count.entry(prefix).or_default() += 1;
        }
        for route in &mut self.routes {
            if let Some(prefix) = bare(&route.path)
                && count.get(&prefix) == Some(&1)
                && route.replacement().is_some()
            {
                route.path = PathMatch::Prefix(prefix);
            }
        }
    }

    /// Those that take a request or may, in Contour's order; the error says why the first is not known.
    pub fn taking(&self, request: &Request) -> Result<Vec<(&Listed<'s>, Takes)>, String> {
        let found = self.paths.of(&request.path).into_iter().filter_map(|at| self.routes.get(at));
        let mut all: Vec<(&Listed<'s>, Takes)> =
            found.map(|route| (route, route.takes(request))).filter(|(_, takes)| *takes != Takes::No).collect();
        all.sort_by(|(a, _), (b, _)| a.order(b).unwrap_or(Ordering::Equal));
        match all.as_slice() {
            [(first, _), (second, _), ..] if first.order(second).is_none() => {
                Err("two routes with equally many conditions take it, and their order is left to Contour".to_owned())
            }
            _ => Ok(all),
        }
    }
}

fn is(a: &Proxy<'_>, b: &Proxy<'_>) -> bool {
    std::ptr::eq(a.get(), b.get())
}

/// Is `own` the way that goes on from `above` under these conditions?
fn is_way(own: &Chain<'_>, above: &Chain<'_>, conditions: &[&MatchCondition]) -> bool {
    let same = |(a, b): (&&MatchCondition, &&MatchCondition)| std::ptr::eq(*a, *b);
    !own.tcp
        && is(&own.root, &above.root)
        && own.conditions.len() == conditions.len()
        && own.conditions.iter().zip(conditions).all(same)
}

/// Does Envoy answer for such an include? Others are left out.
fn is_answered(reason: &str) -> bool {
    matches!(reason, "IncludeError/IncludeNotFound" | "IncludeError/RootIncludesRoot")
}

impl<'s> Listed<'s> {
    /// What becomes of the prefix that was matched (`pathRewritePolicy`).
    pub fn replacement(&self) -> Option<&'s str> {
        let (Does::Route(route), PathMatch::Prefix(prefix)) = (self.does, &self.path) else { return None };
        let all = route.path_rewrite_policy.as_ref()?.get("replacePrefix")?.as_array()?;
        let own = |entry: &&Value| text(entry, "prefix").trim_end_matches('/') == prefix.trim_end_matches('/');
        let named = all.iter().find(|entry| !text(entry, "prefix").is_empty() && own(entry));
        let found = named.or_else(|| all.iter().find(|entry| text(entry, "prefix").is_empty()))?;
        Some(text(found, "replacement"))
    }

    fn headers(&self) -> impl Iterator<Item = &'s HeaderCondition> {
        self.conditions.iter().filter_map(|condition| condition.header.as_ref())
    }

    fn queries(&self) -> impl Iterator<Item = &'s QueryCondition> {
        self.conditions.iter().filter_map(|condition| condition.query_parameter.as_ref())
    }

    /// Does it look at more than the path?
    pub fn has_more(&self) -> bool {
        self.headers().next().is_some() || self.queries().next().is_some()
    }

    /// Does it take the request?
    pub fn takes(&self, request: &Request) -> Takes {
        let by_path = match &self.path {
            PathMatch::Prefix(text) => Takes::from(request.path.starts_with(text.as_str())),
            PathMatch::Exact(text) => Takes::from(request.path == *text),
            PathMatch::Regex(text) => fits(text, &request.path, Reading::Whole, true),
        };
        let mut takes = by_path;
        for header in self.headers() {
            takes = takes.and(|| of_header(header, request));
        }
        for query in self.queries() {
            takes = takes.and(|| of_query(query, request));
        }
        takes
    }

    /// `Less` where this one is asked first; `None` where that cannot be told.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        let kind = |path: &PathMatch| match path {
            PathMatch::Exact(_) => 0,
            PathMatch::Regex(_) => 1,
            PathMatch::Prefix(_) => 2,
        };
        let key = |route: &Self| {
            let method = route.headers().any(|header| header.name == ":method");
            let headers = route.headers().count() - usize::from(method);
            let (text, queries) = (route.path.text().to_owned(), route.queries().count());
            (kind(&route.path), Reverse(text.len()), Reverse(text), !method, Reverse(headers), Reverse(queries))
        };
        match key(self).cmp(&key(other)) {
            Ordering::Equal => by_conditions(self, other),
            decided => Some(decided),
        }
    }
}

/// Equally many conditions are compared one by one; where one is before and another behind, nobody says which counts.
fn by_conditions(a: &Listed<'_>, b: &Listed<'_>) -> Option<Ordering> {
    let of = |route: &Listed<'_>| -> Vec<(u8, String, u8, String)> {
        let headers = route.headers().filter(|header| header.name != ":method").map(|header| {
            let texts = [
                (0, &header.exact),
                (0, &header.notexact),
                (1, &header.regex),
                (2, &header.contains),
                (2, &header.notcontains),
            ];
            let found = texts.into_iter().find(|(_, text)| !text.is_empty());
            let (kind, value) = found.map_or((3, String::new()), |(kind, text)| (kind, text.clone()));
            (0, header.name.clone(), kind, value)
        });
        let queries = route.queries().map(|query| {
            let texts = [&query.exact, &query.regex, &query.prefix, &query.suffix, &query.contains];
            let found = (0_u8..).zip(texts).find(|(_, text)| !text.is_empty());
            let (kind, value) = found.map_or((5, String::new()), |(kind, text)| (kind, text.clone()));
            (1, query.name.clone(), kind, value)
        });
        headers.chain(queries).collect()
    };
    let orders: Vec<Ordering> = of(a).iter().zip(&of(b)).map(|(a, b)| a.cmp(b)).collect();
    match (orders.contains(&Ordering::Less), orders.contains(&Ordering::Greater)) {
        (true, false) => Some(Ordering::Less),
        (false, true) => Some(Ordering::Greater),
        (false, false) if is(&a.proxy, &b.proxy) && a.index == b.index => Some(Ordering::Equal),
        _ => None,
    }
}

/// Envoy's header matchers. One that must not be so asks for the header all the same, unless a missing one counts as
/// empty.
fn of_header(condition: &HeaderCondition, request: &Request) -> Takes {
    let name = condition.name.to_ascii_lowercase();
    let value = match name.as_str() {
        ":method" => Some(request.method.clone()),
        ":authority" | "host" => Some(request.host.clone()),
        name => request.header(name),
    };
    if condition.present.0 == Some(true) {
        return Takes::from(value.is_some());
    }
    if condition.notpresent.0 == Some(true) {
        return Takes::from(value.is_none());
    }
    let folds = condition.ignore_case.0 == Some(true);
    let folded = |text: &str| if folds { text.to_lowercase() } else { text.to_owned() };
    let as_empty = condition.treat_missing_as_empty.0 == Some(true);
    let of = |text: &str, is: fn(&str, &str) -> bool, inverted: bool| -> Takes {
        match value.clone().or((inverted && as_empty).then(String::new)) {
            Some(value) => Takes::from(is(&folded(&value), &folded(text)) != inverted),
            None => Takes::No,
        }
    };
    let (contains, equals): (fn(&str, &str) -> bool, fn(&str, &str) -> bool) =
        (|value, text| value.contains(text), |value, text| value == text);
    if !condition.contains.is_empty() {
        of(&condition.contains, contains, false)
    } else if !condition.notcontains.is_empty() {
        of(&condition.notcontains, contains, true)
    } else if !condition.exact.is_empty() {
        of(&condition.exact, equals, false)
    } else if !condition.notexact.is_empty() {
        of(&condition.notexact, equals, true)
    } else if condition.regex.is_empty() {
        Takes::Yes
    } else {
        value.map_or(Takes::No, |value| fits(&condition.regex, &value, Reading::Whole, true))
    }
}

fn of_query(condition: &QueryCondition, request: &Request) -> Takes {
    let Some(value) = request.parameter(&condition.name).next() else { return Takes::No };
    if !condition.regex.is_empty() {
        return fits(&condition.regex, value, Reading::Whole, true);
    }
    let folds = condition.ignore_case.0 == Some(true);
    let folded = |text: &str| if folds { text.to_lowercase() } else { text.to_owned() };
    let value = folded(value);
    let tests: [(&String, fn(&str, &str) -> bool); 4] = [
        (&condition.exact, |value, text| value == text),
        (&condition.prefix, |value, text| value.starts_with(text)),
        (&condition.suffix, |value, text| value.ends_with(text)),
        (&condition.contains, |value, text| value.contains(text)),
    ];
    let asked = tests.into_iter().find(|(text, _)| !text.is_empty());
    Takes::from(asked.is_none_or(|(text, is)| is(&value, &folded(text))))
}
