//! Redirects that lead in a circle: to themselves, or over other rules and listeners of their Gateway.
//!
//! What is followed is not one request but all that a match takes. A circle is told only where every one of them is
//! sent around; a part that another rule takes on the way ends the search.
//!
//! Source: Gateway API `apis/v1/httproute_types.go`, `HTTPRequestRedirectFilter`: scheme, host name, port and path that
//! are not given are those of the request.

use std::cmp::Ordering;

use super::attach::Attached;
use super::redirect;
use super::rules::{AtHost, AtListener, Entry, Rules};
use super::shape::{Shape, Target};
use crate::resolve::gateway::{Gateways, hostname};
use crate::resolve::request::{Request, Speech};
use kubereach_model::snapshot::model::RewriteFilter;

/// So many redirects are followed; clients give up earlier.
const MOST: usize = 10;

/// A rule at a listener that sends clients on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Index of the listener.
    pub listener: usize,
    /// The host name; `None` for any.
    pub host: Option<String>,
    /// Index of the route.
    pub route: usize,
    /// Index of its rule.
    pub rule: usize,
}

/// What is looked at while a redirect is followed.
pub struct Around<'a, 's> {
    /// Every listener.
    pub gateways: &'a Gateways<'s>,
    /// Every route.
    pub routes: &'a [Attached<'s>],
    /// Their rules.
    pub rules: &'a Rules<'s>,
}

impl<'s> Around<'_, 's> {
    /// The rules that requests of this match run through until they are where they have been: the last leads to one of
    /// those before it. `None` where it does not end like this, or cannot be told to.
    pub fn circle(&self, first: Member, shape: &Shape<'s>) -> Option<Vec<Member>> {
        let mut seen = vec![first];
        let mut shape = shape.clone();
        while seen.len() <= MOST {
            let here = seen.last()?;
            let (next, sent) = self.step(here, &shape)?;
            if seen.contains(&next) {
                return Some(seen);
            }
            seen.push(next);
            shape = sent;
        }
        None
    }

    /// The redirect of a rule.
    fn redirect(&self, member: &Member) -> Option<&'s RewriteFilter> {
        let route = self.routes.get(member.route)?.route.get();
        redirect::of_rule(&route.spec.rules.get(member.rule)?.filters)
    }

    /// Where all requests of a match go next, and what they ask for there.
    fn step(&self, here: &Member, shape: &Shape<'s>) -> Option<(Member, Shape<'s>)> {
        let filter = self.redirect(here)?;
        let listener = self.gateways.listeners.get(here.listener)?;
        let own_scheme = if listener.spec.protocol == "HTTP" { "http" } else { "https" };
        let scheme = filter.scheme.as_deref().filter(|s| !s.is_empty());
        let port = match (filter.port.known(), scheme) {
            (Some(port), _) => *port,
            _ if filter.port.is_redacted() => return None,
            (None, Some(scheme)) => redirect::usual_port(scheme)?,
            (None, None) => *listener.spec.port.known()?,
        };
        let given = filter.hostname.as_deref().filter(|host| !host.is_empty());
        let host = given.map(str::to_ascii_lowercase).or_else(|| here.host.clone());
        let sent = sent(filter, shape)?;
        let speech = if scheme.unwrap_or(own_scheme) == "https" { Speech::Https } else { Speech::Http };
        let gateway = self.gateways.all.get(listener.gateway?)?;
        let listening = self.gateways.listening(gateway, &any_request(speech, port));
        let next = self.gateways.for_name(&listening, host.as_deref())?;
        let same_place = next == here.listener && host == here.host;
        let at = self.rules.at(next)?;
        if at.incomplete || (!same_place && self.is_divided(&listening, next, at, host.as_deref())) {
            return None;
        }
        let (name, table) = first_table(at, host.as_deref())?;
        let source = self.rules.at(here.listener)?.hosts.get(&here.host)?;
        // What other matches took before this rule could never comes here, as long as clients ask for the same again:
        // the same path, and the same method (after 301, 302 and 303 a POST becomes a GET).
        let same_path = sent.target == shape.target;
        let same_method = matches!(filter.status_code.known(), Some(307 | 308));
        let winner = self.winner(table, &sent, |other| {
            same_path
                && (same_method || other.shape.method.is_none())
                && self.is_taken_before(source, here, shape, &other.shape)
        })?;
        let member = Member { listener: next, host: name, route: winner.route, rule: winner.rule };
        Some((member, sent))
    }

    /// Do other listeners or other host names take a part of what is sent to this one?
    fn is_divided(&self, listening: &[usize], next: usize, at: &AtListener<'_>, host: Option<&str>) -> bool {
        let below = |name: Option<&str>| match (host, name) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(host), Some(name)) => host != name && host.starts_with("*.") && hostname::covers(host, name),
        };
        let other = |id: &&usize| {
            let own = self.gateways.listeners.get(**id).and_then(|l| hostname::normal(l.spec.hostname.as_deref()));
            **id != next && below(own.as_deref())
        };
        listening.iter().any(|id| other(&id)) || at.hosts.keys().any(|name| below(name.as_deref()))
    }

    /// The match that takes all of it, where every one before it that takes a part is left out.
    fn winner<'t>(
        &self,
        table: &'t AtHost<'s>,
        sent: &Shape<'s>,
        left_out: impl Fn(&Entry<'s>) -> bool,
    ) -> Option<&'t Entry<'s>> {
        let meeting: Vec<&Entry<'s>> = table.entries.iter().filter(|e| e.shape.may_meet(sent)).collect();
        let mut winner: Option<&Entry<'s>> = None;
        for entry in meeting.iter().copied().filter(|e| e.shape.covers(sent)) {
            winner = match winner {
                None => Some(entry),
                Some(known) => match self.rules.order(entry, known)? {
                    Ordering::Less => Some(entry),
                    _ => Some(known),
                },
            };
        }
        let winner = winner.filter(|w| !w.doubtful)?;
        for other in meeting {
            if std::ptr::eq(other, winner) || (other.route, other.rule) == (winner.route, winner.rule) {
                continue;
            }
            if self.rules.order(winner, other) != Some(Ordering::Less) && !left_out(other) {
                return None;
            }
        }
        Some(winner)
    }

    /// Were requests of this shape taken from the rule at its own listener already?
    fn is_taken_before(&self, source: &AtHost<'s>, here: &Member, own: &Shape<'s>, shape: &Shape<'s>) -> bool {
        let is_own = |e: &&Entry<'s>| (e.route, e.rule) == (here.route, here.rule) && e.shape.covers(own);
        let Some(own) = source.entries.iter().find(is_own) else { return false };
        source.entries.iter().any(|e| {
            (e.route, e.rule) != (own.route, own.rule)
                && !e.doubtful
                && e.shape.covers(shape)
                && self.rules.order(e, own) == Some(Ordering::Less)
        })
    }
}

/// The most specific table that takes all of a host name.
fn first_table<'t, 's>(at: &'t AtListener<'s>, host: Option<&str>) -> Option<(Option<String>, &'t AtHost<'s>)> {
    let covering = at.covering(host.unwrap_or_default());
    covering.into_iter().next().map(|(name, table)| (name.map(str::to_owned), table))
}

/// What requests of a match ask for once they were sent on. Headers and query parameters may be lost on the way.
fn sent<'s>(filter: &'s RewriteFilter, shape: &Shape<'s>) -> Option<Shape<'s>> {
    let target = match &filter.path {
        None => shape.target.clone(),
        Some(modifier) => match (modifier.kind.as_deref()?, &shape.target) {
            ("ReplaceFullPath", _) => {
                let full = modifier.replace_full_path.as_deref()?;
                Target::Exact(if full.is_empty() { "/" } else { full })
            }
            ("ReplacePrefixMatch", Target::Prefix(_)) => {
                Target::Prefix(modifier.replace_prefix_match.as_deref()?.trim_end_matches('/'))
            }
            _ => return None,
        },
    };
    let method = shape.method.filter(|method| matches!(*method, "GET" | "HEAD"));
    Some(Shape { target, method, headers: Vec::new(), queries: Vec::new() })
}

/// A request of which only the port and what is spoken are known.
fn any_request(speech: Speech, port: u16) -> Request {
    Request {
        speech,
        host: String::new(),
        dialled: String::new(),
        port,
        method: "GET".to_owned(),
        path: "/".to_owned(),
        query: Vec::new(),
        raw_query: String::new(),
        headers: Vec::new(),
        call: None,
        server_name: None,
        inside: false,
    }
}
