//! What the middlewares of a route make of a request, one after the other.
//!
//! Sources: traefik/traefik `pkg/middlewares/redirect`, `stripprefix`, `stripprefixregex`, `addprefix`, `replacepath`,
//! `replacepathregex`; the reference of the middlewares.

use serde_json::Value;

use crate::resolve::request::Request;
use crate::resolve::route::redirect::{Location, usual_port};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Unmodelled;

/// What became of the request.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// It is sent elsewhere.
    pub redirect: Option<Location>,
    /// A middleware answers.
    pub reply: Option<(u16, String)>,
    /// What is changed.
    pub changes: Vec<String>,
    /// What cannot be told.
    pub doubts: Vec<String>,
}

/// Middlewares that let every request of a known client through, and what is to be said of them.
const LIMITS: &[(&str, &str)] = &[
    ("rateLimit", "429 above its rate (rateLimit)"),
    ("inFlightReq", "429 above the number of requests at a time (inFlightReq)"),
    ("circuitBreaker", "503 while too many requests fail (circuitBreaker)"),
    ("errors", "another Service makes the pages of errors (errors)"),
    ("retry", "requests that fail are tried again (retry)"),
];

/// Middlewares that decide by what does not show in objects.
const DOUBTS: &[(&str, &str)] = &[
    ("forwardAuth", "an external service decides who gets in (forwardAuth)"),
    ("ipAllowList", "only some addresses get in (ipAllowList)"),
    ("ipWhiteList", "only some addresses get in (ipWhiteList)"),
    ("plugin", "a plugin acts on requests (plugin)"),
    ("apiKey", "clients have to show a key (apiKey)"),
    ("jwt", "clients have to show a token (jwt)"),
    ("oidc", "clients have to log in (oidc)"),
];

/// Middlewares that change neither the answer nor the way.
const HARMLESS: &[&str] = &["compress", "contentType", "grpcWeb", "passTLSClientCert", "chain", "encodedCharacters"];

pub(super) fn pass(middlewares: &[Found<'_, Unmodelled>], request: &Request) -> Passed {
    let mut passed = Passed::default();
    let mut path = request.path.clone();
    for middleware in middlewares {
        let Some(spec) = middleware.get().value.spec.as_object() else { continue };
        for (kind, value) in spec {
            one(kind, value, request, &mut path, &mut passed);
        }
        if passed.redirect.is_some() || passed.reply.is_some() {
            return passed;
        }
    }
    if path != request.path {
        passed.changes.insert(0, format!("the path becomes {path}"));
    }
    passed
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn texts<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v str> {
    value.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn one(kind: &str, value: &Value, request: &Request, path: &mut String, passed: &mut Passed) {
    let of = |table: &[(&str, &'static str)]| table.iter().find(|(name, _)| *name == kind).map(|(_, what)| *what);
    if let Some(what) = of(LIMITS) {
        passed.changes.push(what.to_owned());
    } else if let Some(what) = of(DOUBTS) {
        passed.doubts.push(what.to_owned());
    } else if !HARMLESS.contains(&kind) && !known(kind, value, request, path, passed) {
        passed.doubts.push(format!("the middleware {kind} is not followed"));
    }
}

/// The middlewares that are followed.
fn known(kind: &str, value: &Value, request: &Request, path: &mut String, passed: &mut Passed) -> bool {
    match kind {
        "redirectScheme" => match to_scheme(value, request, path) {
            Ok(location) => passed.redirect = location,
            Err(why) => passed.doubts.push(why),
        },
        "redirectRegex" => match by_regex(value, request, path) {
            Ok(location) => passed.redirect = location,
            Err(why) => passed.doubts.push(why),
        },
        "basicAuth" | "digestAuth" if request.header("authorization").is_none() => {
            passed.reply = Some((401, format!("clients have to log in ({kind}), and the request does not")));
        }
        "basicAuth" | "digestAuth" => passed.doubts.push(format!("whether its login is valid is not known ({kind})")),
        "headers" => {
            let redirects = value.get("sslRedirect").and_then(Value::as_bool) == Some(true);
            if redirects || texts(value, "allowedHosts").next().is_some() {
                passed.doubts.push("headers decide which requests get in (headers)".to_owned());
            } else {
                passed.changes.push("headers are changed (headers)".to_owned());
            }
        }
        "buffering" => {
            let most = value.get("maxRequestBodyBytes").and_then(Value::as_u64).filter(|most| *most > 0);
            passed.changes.extend(most.map(|most| format!("413 if the body is longer than {most} bytes (buffering)")));
        }
        "stripPrefix" => {
            if let Some(prefix) = texts(value, "prefixes").map(str::trim).find(|prefix| path.starts_with(prefix)) {
                *path = slashed(path.get(prefix.len()..).unwrap_or_default());
            }
        }
        "addPrefix" => *path = slashed(&format!("{}{path}", text(value, "prefix"))),
        "replacePath" => text(value, "path").clone_into(path),
        "stripPrefixRegex" | "replacePathRegex" => match replaced(kind, value, path) {
            Some(new) => *path = new,
            None => passed.changes.push(format!("the path is changed by an expression ({kind})")),
        },
        _ => return false,
    }
    true
}

fn slashed(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

fn compiled(pattern: &str) -> Option<regex::Regex> {
    regex::RegexBuilder::new(pattern).size_limit(1 << 18).build().ok()
}

fn replaced(kind: &str, value: &Value, path: &str) -> Option<String> {
    if kind == "replacePathRegex" {
        let pattern = compiled(text(value, "regex"))?;
        return Some(pattern.replace_all(path, text(value, "replacement")).into_owned());
    }
    for pattern in texts(value, "regex") {
        let pattern = compiled(pattern.trim())?;
        // The first match, from the beginning.
        if let Some(found) = pattern.find(path).filter(|found| found.start() == 0 && !found.is_empty()) {
            return Some(slashed(path.get(found.end()..).unwrap_or_default()));
        }
    }
    Some(path.to_owned())
}

const fn scheme_of(request: &Request) -> &'static str {
    if request.speech.is_tls() { "https" } else { "http" }
}

/// 301 and 302 for `GET`, 308 and 307 for the rest.
fn status(value: &Value, request: &Request) -> u16 {
    let permanent = value.get("permanent").and_then(Value::as_bool) == Some(true);
    status_of(permanent, request)
}

pub(super) fn status_of(permanent: bool, request: &Request) -> u16 {
    match (permanent, request.method == "GET") {
        (true, true) => 301,
        (true, false) => 308,
        (false, true) => 302,
        (false, false) => 307,
    }
}

/// `redirectScheme`: the port is that which it names, or the usual one.
fn to_scheme(value: &Value, request: &Request, path: &str) -> Result<Option<Location>, String> {
    let scheme = text(value, "scheme").to_ascii_lowercase();
    let unclear = || "where redirectScheme leads cannot be told".to_owned();
    if request.header("x-forwarded-proto").is_some() {
        return Err("X-Forwarded-Proto counts only from trusted addresses (redirectScheme)".to_owned());
    }
    let usual = usual_port(&scheme).ok_or_else(unclear)?;
    let port = match text(value, "port") {
        "" => usual,
        port => port.parse().map_err(|_| unclear())?,
    };
    let own =
        if request.port == request.speech.port() { usual_port(scheme_of(request)).unwrap_or(80) } else { request.port };
    if scheme == scheme_of(request) && port == own {
        return Ok(None);
    }
    let (host, path) = (request.host.clone(), path.to_owned());
    Ok(Some(Location { scheme, host, port, path, status: status(value, request) }))
}

/// `redirectRegex`: the whole URL is rewritten.
fn by_regex(value: &Value, request: &Request, path: &str) -> Result<Option<Location>, String> {
    let unclear = || "where redirectRegex leads cannot be told".to_owned();
    let pattern = compiled(text(value, "regex")).ok_or_else(unclear)?;
    let port = if request.port == request.speech.port() { String::new() } else { format!(":{}", request.port) };
    let query = if request.raw_query.is_empty() { String::new() } else { format!("?{}", request.raw_query) };
    let old = format!("{}://{}{port}{path}{query}", scheme_of(request), request.host);
    if !pattern.is_match(&old) {
        return Ok(None);
    }
    let new = pattern.replace_all(&old, text(value, "replacement")).into_owned();
    if new == old {
        return Ok(None);
    }
    let (scheme, rest) = new.split_once("://").ok_or_else(unclear)?;
    let (authority, path) = rest.find(['/', '?']).map_or((rest, "/"), |at| rest.split_at(at));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| unclear())?),
        None => (authority, usual_port(scheme).ok_or_else(unclear)?),
    };
    let path = slashed(path.split(['?', '#']).next().unwrap_or("/"));
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    Ok(Some(Location { scheme, host, port, path, status: status(value, request) }))
}
