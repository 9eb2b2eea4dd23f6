//! The request that a declared match takes, or the nearest guess where the match is a pattern.

use std::collections::BTreeMap;

use kubereach_prober::words::Method;

use kubereach_model::snapshot::model::{MethodMatch, RouteMatch};
use kubereach_model::url::encoded;

/// What is asked of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: Option<Method>,
    /// Request target; `/` if absent.
    pub(crate) path: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
    /// Part of it is a guess.
    pub(crate) guessed: bool,
}

/// The label that stands in for `*` in a host name.
const ANY_LABEL: &str = "kubereach-probe";

/// A host to ask for: itself, or one that a wildcard covers (and then it is a guess).
pub(crate) fn host(declared: &str) -> (String, bool) {
    match declared.strip_prefix("*.") {
        Some(parent) => (format!("{ANY_LABEL}.{parent}"), true),
        None if declared.contains('*') => (declared.replace('*', ANY_LABEL), true),
        None => (declared.to_owned(), false),
    }
}

/// The part of a pattern before its first operator, with the escapes of plain characters taken off. The
/// flag says that there was a pattern at all.
pub(crate) fn literal(pattern: &str) -> (String, bool) {
    let mut text = String::new();
    let mut characters = pattern.strip_prefix('^').unwrap_or(pattern).chars().peekable();
    let mut is_pattern = pattern.starts_with('^');
    while let Some(c) = characters.next() {
        match c {
            '\\' => {
                is_pattern = true;
                match characters.next() {
                    Some(escaped) if !escaped.is_ascii_alphanumeric() => text.push(escaped),
                    _ => break,
                }
            }
            '(' | ')' | '[' | ']' | '{' | '}' | '+' | '|' | '$' => {
                is_pattern = true;
                break;
            }
            '*' | '?' => {
                // The character before it may be missing altogether.
                is_pattern = true;
                if !text.ends_with('/') {
                    text.pop();
                }
                break;
            }
            // An unescaped dot is itself one of the characters it stands for.
            other => text.push(other),
        }
    }
    if !text.starts_with('/') {
        text.insert(0, '/');
    }
    (text, is_pattern)
}

/// The request of an HTTPRoute match; or why none can be sent.
pub(crate) fn of_match(matched: Option<&RouteMatch>) -> Result<Request, String> {
    let mut request = Request::default();
    let Some(matched) = matched else { return Ok(request) };
    if let Some(MethodMatch::Http(method)) = &matched.method {
        request.method = Some(match method.as_str() {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "OPTIONS" => Method::Options,
            other => {
                return Err(format!(
                    "the rule takes only {} requests, and only GET, HEAD and OPTIONS are ever sent",
                    kubereach_model::evidence::command::cut(other)
                ));
            }
        });
    }
    let (kind, value) = matched.path.as_ref().map_or(("PathPrefix", "/"), |p| {
        (p.kind.as_deref().unwrap_or("PathPrefix"), p.value.as_deref().unwrap_or("/"))
    });
    let mut path = if kind == "RegularExpression" {
        request.guessed = true;
        literal(value).0
    } else {
        value.to_owned()
    };
    for (sign, pair) in ["?"].into_iter().chain(std::iter::repeat("&")).zip(&matched.query_params) {
        let regular = pair.kind.as_deref() == Some("RegularExpression");
        request.guessed |= regular;
        let value = if regular { guess(&pair.value) } else { pair.value.clone() };
        path.push_str(&format!("{sign}{}={}", encoded(&pair.name), encoded(&value)));
    }
    request.path = (path != "/").then_some(path);
    request.headers(matched)?;
    Ok(request)
}

impl Request {
    /// The headers that a match asks for.
    pub(crate) fn headers(&mut self, matched: &RouteMatch) -> Result<(), String> {
        for pair in &matched.headers {
            let name = pair.name.to_ascii_lowercase();
            if matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie" | "host") {
                return Err(format!("the rule asks for the header {name}, which is never sent"));
            }
            let regular = pair.kind.as_deref() == Some("RegularExpression");
            self.guessed |= regular;
            let value = if regular { guess(&pair.value) } else { pair.value.clone() };
            // Of equal names the first counts (API reference: `HTTPHeaderMatch.name`).
            self.headers.entry(name).or_insert(value);
        }
        Ok(())
    }
}

/// The plain beginning of a pattern that is no path.
fn guess(pattern: &str) -> String {
    let (text, _) = literal(pattern);
    let text = text.strip_prefix('/').filter(|_| !pattern.starts_with('/')).unwrap_or(&text);
    if text.is_empty() { "1".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_gives_up_its_plain_beginning() {
        for (pattern, text, is_pattern) in [
            ("/cart", "/cart", false),
            ("/v1.2/x", "/v1.2/x", false),
            ("/api/v[0-9]+", "/api/v", true),
            ("^/api(/|$)(.*)", "/api", true),
            ("/img/.*", "/img/", true),
            ("/colou?r", "/colo", true),
            ("/a/*", "/a/", true),
            ("/v1\\.2/x\\d", "/v1.2/x", true),
            ("(.*)", "/", true),
            ("", "/", false),
        ] {
            assert_eq!(literal(pattern), (text.to_owned(), is_pattern), "{pattern}");
        }
    }

    #[test]
    fn a_wildcard_host_is_a_guess() {
        assert_eq!(host("*.example.com"), ("kubereach-probe.example.com".to_owned(), true));
        assert_eq!(host("shop.example.com"), ("shop.example.com".to_owned(), false));
        assert_eq!(host("*"), ("kubereach-probe".to_owned(), true));
    }

    fn matched(json: &str) -> RouteMatch {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_match_becomes_the_request_it_takes() {
        let all = matched(
            r#"{"path":{"type":"Exact","value":"/a b"},"method":"HEAD","headers":[{"name":"X-Canary","value":"1"}],
               "queryParams":[{"name":"q","value":"a&b"},{"name":"r","value":"2"}]}"#,
        );
        let request = of_match(Some(&all)).unwrap();
        assert_eq!(request.path.as_deref(), Some("/a b?q=a%26b&r=2"));
        assert_eq!(request.method, Some(Method::Head));
        assert_eq!(request.headers.get("x-canary").map(String::as_str), Some("1"));
        assert!(!request.guessed);
        assert_eq!(of_match(None).unwrap(), Request::default());
    }

    #[test]
    fn patterns_are_guesses_and_what_changes_things_is_not_sent() {
        let regular = matched(r#"{"path":{"type":"RegularExpression","value":"/v[12]"}}"#);
        let request = of_match(Some(&regular)).unwrap();
        assert!(request.guessed);
        assert_eq!(request.path.as_deref(), Some("/v"));
        let header = matched(r#"{"headers":[{"name":"x","value":"ab.*","type":"RegularExpression"}]}"#);
        let request = of_match(Some(&header)).unwrap();
        assert!(request.guessed);
        assert_eq!(request.headers.get("x").map(String::as_str), Some("ab"));
        assert!(of_match(Some(&matched(r#"{"method":"POST"}"#))).unwrap_err().contains("POST"));
        assert!(of_match(Some(&matched(r#"{"headers":[{"name":"Cookie","value":"a"}]}"#))).is_err());
    }
}
