//! Values of filters that the specification does not allow, or that only some implementations take
//! (API reference: `HTTPRouteFilter`, `HTTPHeaderFilter`, `HTTPRequestRedirectFilter`, `HTTPURLRewriteFilter`).

use kubereach_model::snapshot::model::{Filter, HeaderFilter, PathModifier, RewriteFilter, RouteMatch};

/// Is the filter one that can answer, change or refuse a request in a way that is not known here? (API reference:
/// `HTTPRouteFilterType`, `GRPCRouteFilterType`.)
pub fn is_extension(filter: &Filter) -> bool {
    !matches!(
        filter.kind.as_str(),
        "RequestHeaderModifier"
            | "ResponseHeaderModifier"
            | "RequestRedirect"
            | "URLRewrite"
            | "CORS"
            | "RequestMirror"
    )
}

/// Does a filter of the rule answer by itself, so that no backend is needed?
pub fn redirects(filters: &[Filter]) -> bool {
    filters.iter().any(|f| f.kind == "RequestRedirect")
}

/// What is doubtful about the filters of a rule, or of one of its backends, each as a clause.
pub fn doubts(filters: &[Filter], matches: &[RouteMatch], of_backend: bool) -> Vec<String> {
    let mut found = Vec::new();
    let count = |kind: &str| filters.iter().filter(|f| f.kind == kind).count();
    for kind in ["RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect", "URLRewrite", "CORS"] {
        if count(kind) > 1 {
            found.push(format!("{kind} is there {} times", count(kind)));
        }
    }
    if count("RequestRedirect") > 0 && count("URLRewrite") > 0 {
        found.push("RequestRedirect and URLRewrite exclude each other".to_owned());
    }
    for filter in filters {
        let kind = filter.kind.as_str();
        if of_backend && matches!(kind, "RequestRedirect" | "RequestMirror" | "CORS") {
            found.push(format!("{kind} is set for a single backend"));
        }
        for headers in [&filter.request_header_modifier, &filter.response_header_modifier].into_iter().flatten() {
            found.extend(header(headers).map(|why| format!("{kind} {why}")));
        }
        if let Some(redirect) = &filter.request_redirect {
            found.extend(redirected(redirect).map(|why| format!("{kind} {why}")));
            found.extend(rewritten(redirect, matches).map(|why| format!("{kind} {why}")));
        }
        if let Some(rewrite) = &filter.url_rewrite {
            found.extend(rewritten(rewrite, matches).map(|why| format!("{kind} {why}")));
            if of_backend && rewrite.path.is_some() {
                found.push(format!("{kind} changes the path for a single backend"));
            }
        }
    }
    found
}

/// RFC 9110, sections 5.1 and 5.5: names are tokens, values hold no line breaks.
fn header(filter: &HeaderFilter) -> Option<String> {
    let token = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    let pairs = || filter.set.iter().chain(&filter.add);
    let names = pairs().map(|h| &h.name).chain(&filter.remove);
    if names.clone().any(|n| !token(n)) {
        return Some("names a header that cannot exist".to_owned());
    }
    if pairs().any(|h| h.value.bytes().any(|b| matches!(b, b'\n' | b'\r' | 0))) {
        return Some("sets a value with a line break".to_owned());
    }
    pairs().any(|h| h.value.is_empty()).then(|| "sets an empty value".to_owned())
}

fn redirected(filter: &RewriteFilter) -> Option<String> {
    if let Some(scheme) = filter.scheme.as_deref().filter(|s| !matches!(*s, "" | "http" | "https")) {
        return Some(format!("leads to the scheme {}", scheme.chars().take(40).collect::<String>()));
    }
    let code = filter.status_code.known()?;
    (!matches!(code, 301 | 302 | 303 | 307 | 308)).then(|| format!("answers with status {code}"))
}

fn rewritten(filter: &RewriteFilter, matches: &[RouteMatch]) -> Option<String> {
    if let Some(host) = filter.hostname.as_deref().filter(|h| !h.is_empty() && !is_host(h)) {
        return Some(format!("leads to {}, which is not a host name", host.chars().take(80).collect::<String>()));
    }
    modified(filter.path.as_ref()?, matches)
}

fn modified(path: &PathModifier, matches: &[RouteMatch]) -> Option<String> {
    match path.kind.as_deref() {
        Some("ReplaceFullPath") if path.replace_full_path.is_none() => Some("replaces the path by nothing".to_owned()),
        Some("ReplaceFullPath") if path.replace_prefix_match.is_some() => {
            Some("replaces both the path and its prefix".to_owned())
        }
        Some("ReplacePrefixMatch") if path.replace_prefix_match.is_none() => {
            Some("replaces the prefix by nothing".to_owned())
        }
        Some("ReplacePrefixMatch") if path.replace_full_path.is_some() => {
            Some("replaces both the path and its prefix".to_owned())
        }
        Some("ReplacePrefixMatch") => {
            let prefix = |m: &RouteMatch| {
                m.path.as_ref().and_then(|p| p.kind.as_deref()).is_none_or(|kind| kind == "PathPrefix")
            };
            (!matches.iter().all(prefix)).then(|| "replaces a prefix where none is matched".to_owned())
        }
        Some("ReplaceFullPath") => None,
        Some(_) | None => Some("changes the path in an unknown way".to_owned()),
    }
}

/// RFC 1123: lower-case labels of letters, digits and hyphens; not an address.
fn is_host(name: &str) -> bool {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label) && name.parse::<std::net::IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn host_names_are_labels_and_no_addresses() {
        assert!(is_host("shop.example"));
        for wrong in ["-rewrite.com", "10.0.0.1", "*.example.com", "Shop.example", "a..b", "under_score.example"] {
            assert!(!is_host(wrong), "{wrong}");
        }
    }
}
