//! Where a redirect leads (Gateway API `apis/v1/httproute_types.go`: `HTTPRequestRedirectFilter`, `HTTPPathModifier`).

use crate::resolve::request::is_below;
use kubereach_model::snapshot::model::{Filter, PathModifier, RewriteFilter};

/// A place that a client is sent to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Location {
    /// `http` or `https`.
    pub scheme: String,
    /// The host; empty where the request names none.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The path, without its query.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
}

/// Where a request came in.
#[derive(Debug, Clone, Copy)]
pub struct From<'f> {
    /// `http` or `https`.
    pub scheme: &'f str,
    /// The host.
    pub host: &'f str,
    /// The port of the listener.
    pub port: u16,
    /// The path.
    pub path: &'f str,
    /// The prefix that was matched, where one was.
    pub prefix: Option<&'f str>,
}

/// The redirect of a rule, if it has one.
pub fn of_rule(filters: &[Filter]) -> Option<&RewriteFilter> {
    filters.iter().find(|f| f.kind == "RequestRedirect")?.request_redirect.as_ref()
}

/// The usual port of a scheme.
pub fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// Where the redirect sends a request; `None` where that cannot be told.
pub fn location(redirect: &RewriteFilter, from: &From<'_>) -> Option<Location> {
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let scheme = given(&redirect.scheme).map(|s| s.to_ascii_lowercase());
    // A port of its own, else that of a scheme of its own, else the listener's.
    let port = match (redirect.port.known(), &scheme) {
        (Some(port), _) => *port,
        _ if redirect.port.is_redacted() => return None,
        (None, Some(scheme)) => usual_port(scheme)?,
        (None, None) => from.port,
    };
    let status = match redirect.status_code.known() {
        Some(code) => u16::try_from(*code).ok()?,
        None if redirect.status_code.is_redacted() => return None,
        None => 302,
    };
    let path = match &redirect.path {
        None => from.path.to_owned(),
        Some(modifier) => replaced(modifier, from.path, from.prefix)?,
    };
    Some(Location {
        scheme: scheme.unwrap_or_else(|| from.scheme.to_owned()),
        host: given(&redirect.hostname).unwrap_or_else(|| from.host.to_owned()),
        port,
        path,
        status,
    })
}

/// A path as a modifier leaves it; `None` where that cannot be told.
pub fn replaced(modifier: &PathModifier, path: &str, prefix: Option<&str>) -> Option<String> {
    match modifier.kind.as_deref()? {
        "ReplaceFullPath" => {
            let full = modifier.replace_full_path.as_deref()?;
            Some(if full.is_empty() { "/".to_owned() } else { full.to_owned() })
        }
        "ReplacePrefixMatch" => {
            let (prefix, new) = (prefix?.trim_end_matches('/'), modifier.replace_prefix_match.as_deref()?);
            if !is_below(prefix, path) {
                return None;
            }
            let rest = path.get(prefix.len()..)?;
            let new = new.trim_end_matches('/');
            let joined = format!("{new}{rest}");
            Some(if joined.starts_with('/') { joined } else { format!("/{joined}") })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::replaced;
    use kubereach_model::snapshot::model::PathModifier;

    /// The table of `HTTPPathModifier.replacePrefixMatch`.
    #[test]
    fn a_prefix_is_replaced_as_the_reference_shows() {
        for (path, prefix, new, expected) in [
            ("/foo/bar", "/foo", "/xyz", "/xyz/bar"),
            ("/foo/bar", "/foo", "/xyz/", "/xyz/bar"),
            ("/foo/bar", "/foo/", "/xyz", "/xyz/bar"),
            ("/foo/bar", "/foo/", "/xyz/", "/xyz/bar"),
            ("/foo", "/foo", "/xyz", "/xyz"),
            ("/foo/", "/foo", "/xyz", "/xyz/"),
            ("/foo/bar", "/foo", "", "/bar"),
            ("/foo/", "/foo", "", "/"),
            ("/foo", "/foo", "", "/"),
            ("/foo/", "/foo", "/", "/"),
            ("/foo", "/foo", "/", "/"),
        ] {
            let modifier = PathModifier {
                kind: Some("ReplacePrefixMatch".to_owned()),
                replace_prefix_match: Some(new.to_owned()),
                ..PathModifier::default()
            };
            assert_eq!(replaced(&modifier, path, Some(prefix)).as_deref(), Some(expected), "{path} {prefix} {new}");
        }
    }
}
