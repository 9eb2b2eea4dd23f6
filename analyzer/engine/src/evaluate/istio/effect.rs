//! What becomes of a request that a rule of a VirtualService takes.
//!
//! Sources: Istio reference, `HTTPRoute`, `HTTPRedirect`, `HTTPRewrite`, `HTTPFaultInjection`; istio/istio
//! `pilot/pkg/networking/core/route/route.go` (`ApplyRedirect`, `ApplyDirectResponse`, `applyHTTPRouteDestination`).

use kubereach_reports::report::SegmentName;
use serde_json::Value;

use super::context::BoundContext;
use super::rules::{Does, Rule};
use super::virtual_service::led_to;
use crate::evaluate::door::answer::{Share, Taken};
use crate::resolve::istio::objects::Weighted;
use crate::resolve::request::Request;
use crate::resolve::route::redirect::{Location, usual_port};
use kubereach_model::evidence::Step;

/// A host, port or subset that is not there (Istio reference, `Destination`).
const LOST: &[u16] = &[503];

/// A rule that takes a request, as its paths name it.
pub(super) fn of_rule(cx: &BoundContext<'_, '_>, rule: &Rule<'_>, request: &Request, port: u16) -> Taken {
    let host = rule.host.as_deref().unwrap_or(cx.host);
    let mut taken = Taken {
        listener: Some(cx.named.to_owned()),
        host: (host != "*").then(|| host.to_owned()),
        matches: rule.words.clone(),
        lost: LOST,
        unmade_at: &[SegmentName::Rule],
        ..Taken::by(cx.of.object())
    };
    let raw = raw(rule);
    match &rule.does {
        Does::Redirects(_) => {
            taken.redirect = raw.and_then(|raw| redirected(raw.get("redirect")?, rule, request, port));
        }
        Does::Answers(status) => {
            let status = u16::try_from(*status).unwrap_or_default();
            taken.reply = Some((status, "the rule answers by itself (directResponse)".to_owned()));
        }
        Does::NoDelegate(..) => {}
        Does::Leads(routes, _) => taken.shares = shares(cx, rule, routes),
    }
    if taken.redirect.is_none() && matches!(rule.does, Does::Redirects(_)) {
        taken.doubts.push("where its redirect leads cannot be told".to_owned());
    }
    if let Some(raw) = raw {
        match aborted(raw) {
            Fault::All(status) => {
                let because = "the rule aborts every request (fault.abort)".to_owned();
                (taken.reply, taken.shares) = (Some((status, because)), Vec::new());
            }
            Fault::Some(clause) => taken.changes.push(clause),
            Fault::None => {}
        }
        if taken.reply.is_none() && taken.redirect.is_none() {
            taken.changes.extend(changes(raw, rule, request));
        }
    }
    taken
}

/// A connection that is led on as it is.
pub(super) fn of_connection(cx: &BoundContext<'_, '_>, rule: &Rule<'_>) -> Taken {
    let host = rule.host.as_deref().unwrap_or(cx.host);
    let routes = match &rule.does {
        Does::Leads(routes, _) => routes.as_slice(),
        _ => &[],
    };
    Taken {
        listener: Some(cx.named.to_owned()),
        host: (host != "*").then(|| host.to_owned()),
        matches: rule.words.clone(),
        shares: shares(cx, rule, routes),
        lost: LOST,
        unmade_at: &[SegmentName::Rule],
        connection: true,
        ..Taken::by(cx.of.object())
    }
}

fn shares(cx: &BoundContext<'_, '_>, rule: &Rule<'_>, routes: &[Weighted]) -> Vec<Share> {
    let namespace = rule.naming.get().value.metadata.namespace.as_str();
    let one = routes.len() == 1;
    let weight = |route: &Weighted| if one { 1 } else { route.weight.known().copied().unwrap_or_default() };
    let mut all: Vec<Share> = Vec::new();
    for route in routes {
        let share =
            Share { backend: led_to(cx.of, Some(cx), namespace, &route.destination).backend, weight: weight(route) };
        // Subsets of one host are one backend.
        match all.iter_mut().find(|known| known.backend == share.backend) {
            Some(known) => known.weight = known.weight.saturating_add(share.weight),
            None => all.push(share),
        }
    }
    all
}

/// The rule as it was written.
fn raw<'s>(rule: &Rule<'s>) -> Option<&'s Value> {
    let mut steps = rule.field.iter();
    steps.next();
    steps.try_fold(&rule.naming.get().value.spec, |value, step| match step {
        Step::Key(key) => value.get(key.as_str()),
        Step::Index(index) => value.get(*index),
    })
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn redirected(redirect: &Value, rule: &Rule<'_>, request: &Request, port: u16) -> Option<Location> {
    let own = if request.speech.is_tls() { "https" } else { "http" };
    let scheme = text(redirect, "scheme").map_or_else(|| own.to_owned(), str::to_ascii_lowercase);
    let number = |key: &str| redirect.get(key).and_then(Value::as_u64).and_then(|number| u16::try_from(number).ok());
    let status = number("redirectCode").filter(|code| *code != 0).unwrap_or(301);
    if !matches!(status, 301 | 302 | 303 | 307 | 308) || redirect.get("uriRegexRewrite").is_some() {
        return None;
    }
    let usual = usual_port(&scheme)?;
    // Envoy keeps a port of the Host header unless it is the usual one of the scheme that is left.
    let kept = if request.port == request.speech.port() { usual } else { request.port };
    let port = match (number("port").filter(|port| *port != 0), text(redirect, "derivePort")) {
        (Some(port), _) => port,
        (None, Some("FROM_REQUEST_PORT")) => port,
        (None, _) => kept,
    };
    let path = match text(redirect, "uri") {
        None => request.path.clone(),
        Some(uri) => match uri.strip_prefix("%PREFIX()%") {
            None => uri.split('?').next().unwrap_or(uri).to_owned(),
            Some(new) => format!("{new}{}", request.path.strip_prefix(prefix(rule)?)?),
        },
    };
    let (host, given) = match text(redirect, "authority") {
        None => (request.host.clone(), None),
        Some(authority) => match authority.rsplit_once(':') {
            Some((host, port)) => (host.to_owned(), port.parse().ok()),
            None => (authority.to_owned(), None),
        },
    };
    Some(Location { scheme, host: host.to_ascii_lowercase(), port: given.unwrap_or(port), path, status })
}

/// The prefix that the rule matches.
fn prefix<'r>(rule: &'r Rule<'_>) -> Option<&'r str> {
    rule.matched.as_ref()?.uri.as_ref()?.prefix.as_deref()
}

enum Fault {
    None,
    Some(String),
    All(u16),
}

fn aborted(raw: &Value) -> Fault {
    let Some(abort) = raw.get("fault").and_then(|fault| fault.get("abort")) else { return Fault::None };
    let status = abort.get("httpStatus").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let part = abort.get("percentage").and_then(|part| part.get("value")).and_then(Value::as_f64).unwrap_or_default();
    match status {
        Some(status) if part >= 100.0 => Fault::All(status),
        Some(status) if part > 0.0 => {
            Fault::Some(format!("{part}% of the requests are answered with {status} (fault)"))
        }
        None if part > 0.0 => Fault::Some(format!("{part}% of the requests are aborted (fault)")),
        _ => Fault::None,
    }
}

fn changes(raw: &Value, rule: &Rule<'_>, request: &Request) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(rewrite) = raw.get("rewrite") {
        all.extend(text(rewrite, "authority").map(|host| format!("the host becomes {host}")));
        if let Some(uri) = text(rewrite, "uri") {
            let rest = prefix(rule).and_then(|prefix| request.path.strip_prefix(prefix)).unwrap_or_default();
            all.push(format!("the path becomes {uri}{rest}"));
        }
        if rewrite.get("uriRegexRewrite").is_some() {
            all.push("the path is changed by an expression (uriRegexRewrite)".to_owned());
        }
    }
    for (side, of) in [("request", "request"), ("response", "answer")] {
        let Some(headers) = raw.get("headers").and_then(|headers| headers.get(side)) else { continue };
        let keys = |key: &str| -> Vec<String> {
            headers.get(key).and_then(Value::as_object).into_iter().flat_map(|map| map.keys().cloned()).collect()
        };
        let removed = headers.get("remove").and_then(Value::as_array).into_iter().flatten();
        let removed: Vec<String> = removed.filter_map(Value::as_str).map(str::to_owned).collect();
        let parts = [("sets", keys("set")), ("adds", keys("add")), ("removes", removed)];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(verb, names)| format!("{verb} {}", names.join(", ")))
            .collect();
        all.extend((!parts.is_empty()).then(|| format!("headers of the {of}: {}", parts.join("; "))));
    }
    let mirrors =
        raw.get("mirrors").and_then(Value::as_array).into_iter().flatten().filter_map(|m| m.get("destination"));
    for mirror in raw.get("mirror").into_iter().chain(mirrors) {
        all.extend(text(mirror, "host").map(|host| format!("a copy goes to {host}")));
    }
    let timeout = text(raw, "timeout").filter(|timeout| *timeout != "0s");
    all.extend(timeout.map(|timeout| format!("504 if the application takes longer than {timeout}")));
    if let Some(delay) =
        raw.get("fault").and_then(|fault| fault.get("delay")).and_then(|delay| text(delay, "fixedDelay"))
    {
        all.push(format!("some requests wait {delay} (fault)"));
    }
    if raw.get("corsPolicy").is_some() {
        all.push("cross-origin requests are checked (corsPolicy)".to_owned());
    }
    all
}
