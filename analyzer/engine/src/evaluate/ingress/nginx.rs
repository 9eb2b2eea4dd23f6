//! What annotations make of a request: redirects, rewrites, canaries of ingress-nginx, and what of any controller
//! cannot be told.
//!
//! Source: ingress-nginx `docs/user-guide/nginx-configuration/annotations.md`; the names of other controllers' settings
//! from their own lists of annotations.

use super::location::{Location, Matching};
use crate::resolve::controllers::Product;
use crate::resolve::controllers::annotations::NGINX;
use crate::resolve::ingress::state::IngressState;
use crate::resolve::request::Request;
use crate::resolve::route::redirect;

/// Where a request is sent.
pub(super) enum Sends {
    Nowhere,
    To(redirect::Location),
    Unknown(String),
}

/// What a canary takes of the requests of its main path.
pub(super) enum Share {
    All,
    None,
    Percent(u32),
    Unknown(String),
}

fn own<'s>(state: &IngressState<'s>, name: &str) -> Option<&'s str> {
    state.annotation(&format!("{NGINX}{name}"))
}

/// Further hosts of an Ingress (`server-alias`).
pub(super) fn aliases(state: &IngressState<'_>) -> Vec<String> {
    if !state.is(Product::IngressNginx) {
        return Vec::new();
    }
    let names = own(state, "server-alias").unwrap_or_default().split(',');
    names
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && !name.starts_with('~'))
        .collect()
}

/// Where the Ingress sends a client instead of to a backend.
pub(super) fn redirect(state: &IngressState<'_>, request: &Request, encrypted: bool) -> Sends {
    let tls = request.speech.is_tls();
    if state.is(Product::F5Nginx) {
        // Its documentation, "Advanced Configuration with Annotations": `ssl-redirect` is on where TLS is, 301.
        let is_off = ["nginx.org/ssl-redirect", "ingress.kubernetes.io/ssl-redirect"]
            .iter()
            .any(|key| state.annotation(key) == Some("false"));
        let sends = !tls && encrypted && !is_off;
        return if sends { Sends::To(secure(request, 301)) } else { Sends::Nowhere };
    }
    if !state.is(Product::IngressNginx) {
        return Sends::Nowhere;
    }
    let to_https = own(state, "force-ssl-redirect") == Some("true")
        || (encrypted && own(state, "ssl-redirect") != Some("false") && !state.passes_tls_through());
    if !tls && to_https {
        return Sends::To(secure(request, 308));
    }
    if let Some(root) = own(state, "app-root").filter(|_| request.path == "/") {
        let from = redirect::From {
            scheme: if tls { "https" } else { "http" },
            host: &request.host,
            port: request.port,
            path: root,
            prefix: None,
        };
        return absolute(root, &from, 302);
    }
    let Some((key, target)) = state.redirect() else { return Sends::Nowhere };
    let status = if key.ends_with("permanent-redirect") {
        own(state, "permanent-redirect-code").and_then(|code| code.parse().ok()).unwrap_or(301)
    } else {
        302
    };
    let query = if request.raw_query.is_empty() { String::new() } else { format!("?{}", request.raw_query) };
    let target = target
        .replace("$request_uri", &format!("{}{query}", request.path))
        .replace("$scheme", if tls { "https" } else { "http" })
        .replace("$host", &request.host);
    if target.contains('$') {
        return Sends::Unknown(format!("the redirect to {target} holds variables of nginx"));
    }
    let from = redirect::From {
        scheme: if tls { "https" } else { "http" },
        host: &request.host,
        port: request.port,
        path: &request.path,
        prefix: None,
    };
    absolute(&target, &from, status)
}

fn secure(request: &Request, status: u16) -> redirect::Location {
    let (host, path) = (request.host.clone(), request.path.clone());
    redirect::Location { scheme: "https".to_owned(), host, port: 443, path, status }
}

/// What nginx answers to a client that does not log in: the status, and why.
pub(super) fn refused(state: &IngressState<'_>, request: &Request) -> Option<(u16, String)> {
    let kind = own(state, "auth-type").filter(|_| state.is(Product::IngressNginx))?;
    let logs_in = request.header("authorization").is_some();
    (!logs_in).then(|| (401, format!("clients have to log in ({kind}, auth-type), and the request does not")))
}

/// Does more than host and path decide what becomes of a request?
pub(super) fn looks_at_more(state: &IngressState<'_>) -> bool {
    state.may_be(Product::IngressNginx) && own(state, "auth-type").is_some()
}

/// Sizes, times and rates beyond which nginx answers itself: the setting, and what it means.
const LIMITS: &[(&str, &str)] = &[
    ("proxy-body-size", "413 if the body is longer than {} (proxy-body-size)"),
    ("proxy-connect-timeout", "504 if the application takes no connection within {} s (proxy-connect-timeout)"),
    ("proxy-read-timeout", "504 if the application is silent for {} s (proxy-read-timeout)"),
    ("proxy-send-timeout", "504 if the application reads nothing for {} s (proxy-send-timeout)"),
    ("limit-rps", "503 above {} requests a second from one address (limit-rps)"),
    ("limit-rpm", "503 above {} requests a minute from one address (limit-rpm)"),
    ("limit-connections", "503 above {} connections from one address (limit-connections)"),
    ("enable-cors", "cross-origin requests are checked (enable-cors: {})"),
    ("upstream-vhost", "the host becomes {}"),
    ("mirror-target", "a copy goes to {}"),
];

/// What is to be said of them. (`docs/user-guide/nginx-configuration/annotations.md`)
pub(super) fn limits(state: &IngressState<'_>) -> Vec<String> {
    if !state.is(Product::IngressNginx) {
        return Vec::new();
    }
    let value = |name: &str| own(state, name).filter(|value| !matches!(*value, "0" | "0m" | "false" | ""));
    LIMITS.iter().filter_map(|(name, words)| Some(words.replace("{}", value(name)?))).collect()
}

/// A `Location` with what it leaves out.
fn absolute(target: &str, from: &redirect::From<'_>, status: u16) -> Sends {
    let (scheme, rest) = target.split_once("://").map_or((None, target), |(scheme, rest)| (Some(scheme), rest));
    let Some(scheme) = scheme else {
        return Sends::To(redirect::Location {
            scheme: from.scheme.to_owned(),
            host: from.host.to_owned(),
            port: from.port,
            path: rest.to_owned(),
            status,
        });
    };
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, port.parse().ok()));
    let Some(port) = port.or_else(|| redirect::usual_port(scheme)) else {
        return Sends::Unknown(format!("the redirect leads to {target}"));
    };
    let path = path.split('?').next().unwrap_or("/").to_owned();
    Sends::To(redirect::Location { scheme: scheme.to_owned(), host: host.to_owned(), port, path, status })
}

/// What `rewrite-target` makes of the path.
pub(super) fn rewritten(state: &IngressState<'_>, location: &Location<'_>, request: &Request) -> Option<String> {
    let target = own(state, "rewrite-target").filter(|_| state.is(Product::IngressNginx))?;
    if location.matching != Matching::Regular {
        return Some(format!("the path becomes {target}"));
    }
    let path = replaced(location.path, target, &request.path);
    Some(format!("the path becomes {}", path.as_deref().unwrap_or(target)))
}

/// What `rewrite PATTERN TARGET break` makes of a path; `None` where the pattern does not fit.
pub(super) fn replaced(pattern: &str, target: &str, path: &str) -> Option<String> {
    let pattern =
        regex::RegexBuilder::new(&format!("^{pattern}")).case_insensitive(true).size_limit(1 << 18).build().ok()?;
    let found = pattern.captures(path)?;
    let mut new = String::new();
    let mut rest = target;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        new.push_str(before);
        let group = after.get(1..2).and_then(|digit| digit.parse::<usize>().ok())?;
        new.push_str(found.get(group).map_or("", |m| m.as_str()));
        rest = after.get(2..).unwrap_or_default();
    }
    new.push_str(rest);
    Some(new)
}

/// What a canary takes: by header, then by cookie, then by weight.
pub(super) fn canary(state: &IngressState<'_>, request: &Request) -> Share {
    if let Some(header) = own(state, "canary-by-header") {
        let asked = request.header(header);
        match (asked.as_deref(), own(state, "canary-by-header-value"), own(state, "canary-by-header-pattern")) {
            (Some(_), None, Some(_)) => {
                return Share::Unknown(format!("a canary goes by a pattern of the header {header}"));
            }
            (Some(own), Some(wanted), _) if own == wanted => return Share::All,
            (Some("always"), None, None) => return Share::All,
            (Some("never"), None, None) => return Share::None,
            _ => {}
        }
    }
    if let Some(cookie) = own(state, "canary-by-cookie") {
        let cookies = request.header("cookie").unwrap_or_default();
        let asked = cookies.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == cookie);
        match asked.map(|(_, value)| value) {
            Some("always") => return Share::All,
            Some("never") => return Share::None,
            _ => {}
        }
    }
    let number = |name: &str| own(state, name).and_then(|text| text.parse::<u32>().ok());
    let total = number("canary-weight-total").filter(|total| *total > 0).unwrap_or(100);
    match number("canary-weight").unwrap_or(0) {
        0 => Share::None,
        weight if weight >= total => Share::All,
        weight => Share::Percent(weight.saturating_mul(100) / total),
    }
}

/// Settings that answer, change or refuse requests in ways that are not followed: the key, and what it does.
const SETTINGS: &[(&str, &str)] = &[
    ("nginx.ingress.kubernetes.io/auth-url", "an external service decides who gets in"),
    ("nginx.ingress.kubernetes.io/auth-type", "clients have to log in"),
    ("nginx.ingress.kubernetes.io/auth-tls-secret", "clients have to show a certificate"),
    ("nginx.ingress.kubernetes.io/whitelist-source-range", "only some addresses get in"),
    ("nginx.ingress.kubernetes.io/allowlist-source-range", "only some addresses get in"),
    ("nginx.ingress.kubernetes.io/denylist-source-range", "some addresses do not get in"),
    ("nginx.ingress.kubernetes.io/configuration-snippet", "nginx has settings of its own here"),
    ("nginx.ingress.kubernetes.io/server-snippet", "nginx has settings of its own here"),
    ("traefik.ingress.kubernetes.io/router.middlewares", "middlewares act on requests"),
    ("traefik.ingress.kubernetes.io/router.priority", "its rules have a priority of their own"),
    ("traefik.ingress.kubernetes.io/router.entrypoints", "only some entry points take requests"),
    ("konghq.com/plugins", "plugins act on requests"),
    ("konghq.com/methods", "only some methods are taken"),
    ("konghq.com/headers", "only requests with some headers are taken"),
    ("konghq.com/protocols", "only some protocols are taken"),
    ("haproxy.org/request-redirect", "requests are redirected"),
    ("haproxy.org/ssl-redirect", "requests are redirected"),
    ("haproxy-ingress.github.io/ssl-redirect", "requests are redirected"),
    ("nginx.org/location-snippets", "nginx has settings of its own here"),
    ("nginx.org/server-snippets", "nginx has settings of its own here"),
    ("alb.ingress.kubernetes.io/ssl-redirect", "requests are redirected"),
    ("alb.ingress.kubernetes.io/auth-type", "clients have to log in"),
    ("networking.gke.io/v1beta1.FrontendConfig", "a FrontendConfig acts on requests"),
    ("appgw.ingress.kubernetes.io/ssl-redirect", "requests are redirected"),
    ("appgw.ingress.kubernetes.io/rewrite-rule-set", "rewrite rules act on requests"),
];

/// What of an Ingress cannot be told.
pub(super) fn doubts(state: &IngressState<'_>, request: &Request) -> Vec<String> {
    let answered = |key: &str| key.ends_with("/auth-type") && refused(state, request).is_some();
    let mut all: Vec<String> = SETTINGS
        .iter()
        .filter(|(key, _)| !answered(key))
        .filter(|(key, _)| key.strip_prefix(NGINX).is_none() || state.may_be(Product::IngressNginx))
        .filter(|(key, _)| state.annotation(key).is_some())
        .map(|(key, what)| format!("{what} ({key})"))
        .collect();
    if state.controller().is_none() {
        all.push("which controller serves the class is not known, nor how it reads rules".to_owned());
    }
    all
}
