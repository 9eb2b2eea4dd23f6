//! Policies that Contour refuses where they do not parse.
//!
//! Source: `internal/dag/policy.go`, `internal/dag/httpproxy_processor.go` (`toIPFilterRules`, `toCORSPolicy`).

use std::collections::HashSet;
use std::net::IpAddr;

use serde_json::Value;

use super::text::{has, is_duration, is_header, is_timeout, list, pattern_fault, text};

/// `headersPolicyRoute`; `host`: may the Host header be set?
pub(super) fn headers(policy: &Value, host: bool) -> Option<String> {
    let mut set = HashSet::new();
    for entry in list(policy, "set") {
        let name = text(entry, "name").to_ascii_lowercase();
        if set.contains(&name) {
            return Some(format!("the header '{name}' is set twice"));
        }
        if name == "host" {
            if !host {
                return Some("the header Host cannot be set here".to_owned());
            }
            continue;
        }
        if !is_header(&name) {
            return Some(format!("'{name}' is no name of a header"));
        }
        set.insert(name);
    }
    let mut removed = HashSet::new();
    for name in list(policy, "remove").iter().filter_map(Value::as_str) {
        let name = name.to_ascii_lowercase();
        if !is_header(&name) {
            return Some(format!("'{name}' is no name of a header"));
        }
        if !removed.insert(name.clone()) {
            return Some(format!("the header '{name}' is removed twice"));
        }
    }
    None
}

/// `cookieRewritePolicies`.
pub(super) fn cookies(policies: &[Value]) -> Option<String> {
    let mut names = HashSet::new();
    for policy in policies {
        let name = text(policy, "name");
        if !names.insert(name) {
            return Some(format!("the cookie '{name}' is rewritten twice"));
        }
        if !["pathRewrite", "domainRewrite", "secure", "sameSite"].iter().any(|key| has(policy, key)) {
            return Some(format!("nothing of the cookie '{name}' is rewritten"));
        }
    }
    None
}

/// `timeoutPolicy`.
pub(super) fn timeouts(policy: &Value) -> Option<String> {
    let wrong = ["response", "idle", "idleConnection"].into_iter().find(|key| !is_timeout(text(policy, key)))?;
    Some(format!("the timeout '{}' ({wrong}) is no duration", text(policy, wrong)))
}

/// `rateLimitPolicy`.
pub(super) fn rate_limit(policy: &Value) -> Option<String> {
    let local = policy.get("local").filter(|local| !local.is_null());
    let global = policy.get("global").filter(|global| !global.is_null());
    if local.is_none() && global.is_none_or(|global| list(global, "descriptors").is_empty()) {
        return None;
    }
    local.and_then(local_limit).or_else(|| global.and_then(global_limit))
}

fn local_limit(local: &Value) -> Option<String> {
    if local.get("requests").and_then(Value::as_i64).unwrap_or_default() <= 0 {
        return Some("a local rate limit needs requests".to_owned());
    }
    let unit = text(local, "unit");
    if !matches!(unit, "second" | "minute" | "hour") {
        return Some(format!("'{unit}' is no unit of a local rate limit"));
    }
    let mut names = HashSet::new();
    for header in list(local, "responseHeadersToAdd") {
        let name = text(header, "name").to_ascii_lowercase();
        if !is_header(&name) {
            return Some(format!("'{name}' is no name of a header"));
        }
        if !names.insert(name.clone()) {
            return Some(format!("the header '{name}' is added twice"));
        }
    }
    None
}

fn global_limit(global: &Value) -> Option<String> {
    if global.get("disabled").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let entries = list(global, "descriptors").iter().flat_map(|descriptor| list(descriptor, "entries"));
    let kinds = ["genericKey", "requestHeader", "requestHeaderValueMatch", "remoteAddress"];
    let one = |entry: &Value| kinds.iter().filter(|kind| has(entry, kind)).count() == 1;
    let mut entries = entries;
    entries.any(|entry| !one(entry)).then(|| "an entry of a global rate limit has to have exactly one field".to_owned())
}

/// `httpHealthCheckPolicy`.
pub(super) fn health_check(policy: &Value) -> Option<String> {
    let wrong = list(policy, "expectedStatuses").iter().any(|range| {
        let bound = |key: &str| range.get(key).and_then(Value::as_i64).unwrap_or_default();
        !(100..=599).contains(&bound("start")) || !(101..=600).contains(&bound("end"))
    });
    wrong.then(|| "a range of expected statuses is not between 100 and 600".to_owned())
}

/// `prefixReplacementsAreValid`, and that there is a prefix.
pub(super) fn replacements(policy: &Value, prefix: bool) -> Option<String> {
    let all = list(policy, "replacePrefix");
    if all.is_empty() {
        return None;
    }
    if !prefix {
        return Some("a prefix can be replaced only where there is a prefix condition".to_owned());
    }
    let mut seen = HashSet::new();
    all.iter().find_map(|one| {
        let prefix = text(one, "prefix");
        (!seen.insert(prefix)).then(|| format!("the prefix '{prefix}' is replaced twice"))
    })
}

/// `redirectRoutePolicy`.
pub(super) fn redirect(policy: &Value) -> Option<String> {
    let both = has(policy, "path") && has(policy, "prefix");
    both.then(|| "a redirect has either a path or a prefix".to_owned())
}

/// `slowStartConfig`, and the strategies that know it.
pub(super) fn slow_start(policy: &Value, balancing: Option<&Value>) -> Option<String> {
    let strategy = balancing.map(|balancing| text(balancing, "strategy")).unwrap_or_default();
    let hashes = balancing.is_some_and(|balancing| !list(balancing, "requestHashPolicies").is_empty());
    if matches!(strategy, "Cookie" | "Random") || strategy == "RequestHash" && hashes {
        return Some(format!("slow start does not go with the strategy {strategy}"));
    }
    let window = text(policy, "window");
    if !is_duration(window) {
        return Some(format!("the window '{window}' of slow start is no duration"));
    }
    let aggression = text(policy, "aggression");
    (!aggression.is_empty() && aggression.parse::<f64>().is_err())
        .then(|| format!("the aggression '{aggression}' of slow start is no number"))
}

/// `toIPFilterRules`.
pub(super) fn addresses(allow: &[Value], deny: &[Value]) -> Option<(&'static str, String)> {
    if !allow.is_empty() && !deny.is_empty() {
        return Some((
            "IPFilterError/IncompatibleIPAddressFilters",
            "it has both allowed and denied addresses".to_owned(),
        ));
    }
    // Contour keeps only the verdict on the last one.
    let last = allow.iter().chain(deny).next_back()?;
    let range = text(last, "cidr");
    (!is_range(range)).then(|| ("IPFilterError/InvalidCIDR", format!("'{range}' is no address range")))
}

fn is_range(text: &str) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
}

/// `toCORSPolicy`.
pub(super) fn cors(policy: &Value) -> Option<String> {
    let origins = list(policy, "allowOrigin");
    if origins.is_empty() {
        return Some("it allows no origin".to_owned());
    }
    for origin in origins.iter().filter_map(Value::as_str).filter(|origin| *origin != "*") {
        let is_url = origin.split_once("://").is_some_and(|(scheme, host)| {
            !scheme.is_empty() && !host.is_empty() && !host.contains(['/', '?', '#', '*', '\\', '[', '('])
        });
        if !is_url && let Some(why) = pattern_fault(origin) {
            return Some(format!("the origin '{origin}' is neither a URL nor a pattern: {why}"));
        }
    }
    if list(policy, "allowMethods").is_empty() {
        return Some("it allows no method".to_owned());
    }
    let age = text(policy, "maxAge");
    if !age.is_empty() && (!is_duration(age) || age.starts_with('-')) {
        return Some(format!("the age '{age}' is no duration"));
    }
    None
}
