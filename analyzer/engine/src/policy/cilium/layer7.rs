//! Rules of layer 7 within a port (cilium/cilium `pkg/policy/api/http.go`, `l7.go`; Documentation/security/policy/layer7.rst).

use serde_json::Value;

use super::answer::{Missing, Truth};
use super::pattern::Pattern;
use super::request::Request;

/// What a port lets through beside the protocol.
#[derive(Debug, Clone)]
pub(super) enum Layer7<'s> {
    /// Everything.
    Everything,
    /// Requests that one of these matches.
    Http(Vec<Http<'s>>),
    /// TLS for these names.
    Names(Vec<&'s str>),
    /// Only some names of DNS, messages of Kafka, or what a parser of its own decides.
    Opaque,
}

/// A rule for requests; what is not said matches any.
#[derive(Debug, Clone)]
pub(super) struct Http<'s> {
    method: Option<Pattern>,
    path: Option<Pattern>,
    host: Option<Pattern>,
    headers: Vec<Header<'s>>,
}

#[derive(Debug, Clone)]
enum Header<'s> {
    /// It is there.
    Present(&'s str),
    /// It has this value.
    Is(&'s str, &'s str),
    /// Its value stands in a Secret.
    Hidden,
}

impl<'s> Layer7<'s> {
    /// Of `toPorts[]`; `None` where it cannot be read.
    pub(super) fn of(port_rule: &'s Value) -> Option<Self> {
        let listener = port_rule.get("listener").is_some_and(|v| !v.is_null());
        let names = texts(port_rule.get("serverNames"))?;
        let http = match port_rule.get("rules") {
            None | Some(Value::Null) => None,
            Some(rules) => {
                let list = |key: &str| rules.get(key).filter(|v| !v.is_null()).map(Value::as_array);
                match (list("http"), list("dns"), list("kafka"), list("l7"), rules.get("l7proto")) {
                    (Some(http), None, None, None, None) => {
                        let rules: Vec<Http<'s>> = http?.iter().map(Http::of).collect::<Option<_>>()?;
                        // "If no rules are specified, then all traffic is permitted."
                        let everything = rules.is_empty() || rules.iter().any(Http::is_empty);
                        (!everything).then_some(Self::Http(rules))
                    }
                    (None, Some(dns), None, None, None) => {
                        let dns = dns?;
                        let any = |rule: &Value| rule.get("matchPattern").and_then(Value::as_str) == Some("*");
                        let everything = dns.is_empty() || dns.iter().any(any);
                        (!everything).then_some(Self::Opaque)
                    }
                    (None, None, Some(kafka), None, None) => {
                        let kafka = kafka?;
                        let empty = |rule: &Value| rule.as_object().is_some_and(serde_json::Map::is_empty);
                        (!(kafka.is_empty() || kafka.iter().any(empty))).then_some(Self::Opaque)
                    }
                    (None, None, None, None, None) => None,
                    (None, None, None, ..) => Some(Self::Opaque),
                    // Two sorts in one rule are rejected.
                    _ => return None,
                }
            }
        };
        Some(match (listener, http) {
            // The rest is up to the listener's own configuration.
            (true, _) => Self::Opaque,
            (false, Some(layer7)) => layer7,
            (false, None) if !names.is_empty() => Self::Names(names),
            (false, None) => Self::Everything,
        })
    }

    /// Is it let through?
    pub(super) fn allows(&self, request: Option<&Request>) -> Truth<'s> {
        let unknown = Truth::Unknown(Missing::Request);
        match self {
            Self::Everything => Truth::Yes,
            Self::Opaque => unknown,
            Self::Http(rules) => match request.filter(|request| request.is_http()) {
                Some(request) => Truth::any(rules.iter().map(|rule| rule.matches(request))),
                None => unknown,
            },
            Self::Names(names) => match request.and_then(|request| request.sni.as_deref()) {
                None => unknown,
                Some(asked) => Truth::any(names.iter().map(|name| {
                    if name.eq_ignore_ascii_case(asked) {
                        Truth::Yes
                    } else if name.contains('*') {
                        // Wildcards came with a later version.
                        Truth::Unknown(Missing::Pattern)
                    } else {
                        Truth::No
                    }
                })),
            },
        }
    }

    /// Does it look at what is sent?
    pub(super) const fn is_everything(&self) -> bool {
        matches!(self, Self::Everything)
    }

    /// Is it of a sort that only TCP carries?
    pub(super) const fn needs_tcp(&self) -> bool {
        matches!(self, Self::Http(_))
    }
}

fn texts(list: Option<&Value>) -> Option<Vec<&str>> {
    match list {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(list) => list.as_array()?.iter().map(Value::as_str).collect(),
    }
}

impl<'s> Http<'s> {
    fn of(rule: &'s Value) -> Option<Self> {
        let rule = rule.as_object()?;
        let pattern = |key: &str| match rule.get(key) {
            None | Some(Value::Null) => Some(None),
            Some(text) => Some(Some(text.as_str()?).filter(|text| !text.is_empty()).map(Pattern::of)),
        };
        let mut headers = Vec::new();
        for line in texts(rule.get("headers"))? {
            // "X-Key: value" asks for the value, "X-Key" for its presence.
            headers.push(match line.split_once(' ') {
                Some((name, value)) => Header::Is(name.trim_end_matches(':'), value),
                None => Header::Present(line),
            });
        }
        for header in rule.get("headerMatches").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| header.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            // With an action for mismatches nothing is turned away.
            if text("mismatch").is_some() {
                continue;
            }
            headers.push(match (text("name"), text("value"), header.get("secret").filter(|v| !v.is_null())) {
                (Some(name), Some(value), None) => Header::Is(name, value),
                (Some(name), None, None) => Header::Present(name),
                _ => Header::Hidden,
            });
        }
        Some(Self { method: pattern("method")?, path: pattern("path")?, host: pattern("host")?, headers })
    }

    const fn is_empty(&self) -> bool {
        self.method.is_none() && self.path.is_none() && self.host.is_none() && self.headers.is_empty()
    }

    fn matches(&self, request: &Request) -> Truth<'s> {
        let on = |pattern: Option<&Pattern>, value: Option<&String>| match (pattern, value) {
            (None, _) => Truth::Yes,
            (Some(pattern), Some(value)) => pattern.matches(value),
            (Some(_), None) => Truth::Unknown(Missing::Request),
        };
        let mut all = on(self.method.as_ref(), request.method.as_ref())
            .and(on(self.path.as_ref(), request.path.as_ref()))
            .and(on(self.host.as_ref(), request.host.as_ref()));
        for header in &self.headers {
            let value = |name: &str| request.headers.get(&name.to_ascii_lowercase());
            all = all.and(match header {
                Header::Present(name) => Truth::of(value(name).is_some()),
                Header::Is(name, wanted) => Truth::of(value(name).is_some_and(|value| value == wanted)),
                Header::Hidden => Truth::Unknown(Missing::Request),
            });
        }
        all
    }
}
