//! A request as doors see it, and what a pattern says of a text.

use std::net::IpAddr;

/// What is spoken to the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speech {
    /// Plain HTTP.
    Http,
    /// HTTP in TLS that the door may end.
    Https,
    /// Plain gRPC.
    Grpc,
    /// gRPC in TLS.
    Grpcs,
    /// TLS of which nothing but the server name is known.
    Tls,
    /// A TCP connection.
    Tcp,
    /// A datagram.
    Udp,
}

impl Speech {
    /// By its word.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            // A WebSocket begins as an HTTP request (RFC 6455).
            "http" | "h2c" | "ws" => Self::Http,
            "https" | "wss" => Self::Https,
            "grpc" => Self::Grpc,
            "grpcs" => Self::Grpcs,
            "tls" => Self::Tls,
            "tcp" => Self::Tcp,
            "udp" => Self::Udp,
            _ => return None,
        })
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Grpc => "grpc",
            Self::Grpcs => "grpcs",
            Self::Tls => "tls",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }

    /// Does it begin with a TLS handshake?
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Https | Self::Grpcs | Self::Tls)
    }

    /// Are there a host, a path and headers to look at?
    pub const fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https | Self::Grpc | Self::Grpcs)
    }

    /// The usual port.
    pub const fn port(self) -> u16 {
        if self.is_tls() { 443 } else { 80 }
    }
}

/// A request, or a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is spoken.
    pub speech: Speech,
    /// The host, without its port, in lower case; empty where the client names none.
    pub host: String,
    /// The name or address that is dialled; most often the host.
    pub dialled: String,
    /// The port that is dialled.
    pub port: u16,
    /// `GET`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The query as written, without its sign; empty for none.
    pub raw_query: String,
    /// Headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// Service and method of a gRPC call.
    pub call: Option<(String, String)>,
    /// The name in the TLS handshake; the host where none is given.
    pub server_name: Option<String>,
    /// It comes from inside the cluster.
    pub inside: bool,
}

impl Request {
    /// The value of a header; several are joined (RFC 9110, section 5.3).
    pub fn header(&self, name: &str) -> Option<String> {
        let mut all = self.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str());
        let first = all.next()?.to_owned();
        Some(all.fold(first, |joined, next| format!("{joined}, {next}")))
    }

    /// The values of a query parameter.
    pub fn parameter<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        self.query.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The name that the TLS handshake asks for.
    pub fn asked_name(&self) -> Option<String> {
        let name = self.server_name.as_deref().unwrap_or(&self.host).trim_end_matches('.').to_ascii_lowercase();
        // An address is no server name (RFC 6066, section 3).
        (!name.is_empty() && name.parse::<IpAddr>().is_err()).then_some(name)
    }

    /// `GET https://shop.example/cart`.
    pub fn describe(&self) -> String {
        if !self.speech.is_http() {
            let name = self.asked_name().unwrap_or_else(|| "a connection".to_owned());
            return format!("{} {name} port {}", self.speech.word(), self.port);
        }
        let port = if self.port == self.speech.port() { String::new() } else { format!(":{}", self.port) };
        let host = if self.host.is_empty() { "(no host)" } else { &self.host };
        let query = if self.raw_query.is_empty() { String::new() } else { format!("?{}", self.raw_query) };
        format!("{} {}://{host}{port}{}{query}", self.method, self.speech.word(), self.path)
    }
}

/// Splits and decodes a query (`application/x-www-form-urlencoded`).
pub fn query_of(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    kubereach_model::url::decoded(&text.replace('+', " "))
}

/// Does a rule take a request?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Takes {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It cannot be told, because.
    Unknown(String),
}

impl Takes {
    /// Both must hold.
    #[must_use]
    pub fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes => other(),
            Self::Unknown(why) => match other() {
                Self::No => Self::No,
                Self::Yes | Self::Unknown(_) => Self::Unknown(why),
            },
        }
    }

    /// One of them must hold.
    #[must_use]
    pub fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Yes => Self::Yes,
            Self::No => other(),
            Self::Unknown(why) => match other() {
                Self::Yes => Self::Yes,
                Self::No | Self::Unknown(_) => Self::Unknown(why),
            },
        }
    }

    /// It must not hold.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown(why) => Self::Unknown(why),
        }
    }
}

impl From<bool> for Takes {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// A pattern longer than this is not compiled.
const LONGEST: usize = 2000;
/// A compiled pattern may not grow beyond this.
const LARGEST: usize = 1 << 18;

/// How an implementation reads a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The whole text must fit (Envoy: `safe_regex`).
    Whole,
    /// It must fit from the beginning (nginx: `location ~* "^…"`).
    Start,
    /// Anywhere.
    Search,
    /// Not known: only what all readings have in common is told.
    Unknown,
}

/// Does the pattern fit the text? Patterns are read as RE2; what RE2 does not know cannot be told.
pub fn fits(pattern: &str, text: &str, reading: Reading, case_matters: bool) -> Takes {
    let fits = |pattern: String| -> Option<bool> {
        let built = regex::RegexBuilder::new(&pattern)
            .case_insensitive(!case_matters)
            .size_limit(LARGEST)
            .dfa_size_limit(LARGEST)
            .build();
        built.ok().map(|regex| regex.is_match(text))
    };
    let unknown = || Takes::Unknown(format!("the pattern {pattern} cannot be evaluated"));
    if pattern.len() > LONGEST {
        return Takes::Unknown("a pattern is too long to be evaluated".to_owned());
    }
    let whole = || fits(format!("^(?:{pattern})$"));
    let start = || fits(format!("^(?:{pattern})"));
    let search = || fits(pattern.to_owned());
    match reading {
        Reading::Whole => whole().map_or_else(unknown, Takes::from),
        Reading::Start => start().map_or_else(unknown, Takes::from),
        Reading::Search => search().map_or_else(unknown, Takes::from),
        Reading::Unknown => match (whole(), search()) {
            (Some(true), _) => Takes::Yes,
            (_, Some(false)) => Takes::No,
            (Some(false), Some(true)) => Takes::Unknown(format!(
                "whether the pattern {pattern} must fit the whole of it differs between implementations"
            )),
            _ => unknown(),
        },
    }
}

/// Is `path` the prefix itself or below it, element by element?
pub fn is_below(prefix: &str, path: &str) -> bool {
    let bare = prefix.trim_end_matches('/');
    path.strip_prefix(bare).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{Reading, Takes, fits, is_below, query_of};

    #[test]
    fn a_prefix_ends_at_an_element() {
        for (prefix, path, expected) in [
            ("/", "/", true),
            ("/", "/anything", true),
            ("/cart", "/cart", true),
            ("/cart/", "/cart", true),
            ("/cart", "/cart/1", true),
            ("/cart", "/carts", false),
            ("/cart", "/Cart", false),
        ] {
            assert_eq!(is_below(prefix, path), expected, "{prefix} {path}");
        }
    }

    #[test]
    fn a_pattern_is_told_only_where_all_readings_agree() {
        assert_eq!(fits("/v[12]", "/v1", Reading::Unknown, true), Takes::Yes);
        assert_eq!(fits("/v[12]", "/x", Reading::Unknown, true), Takes::No);
        assert!(matches!(fits("/v[12]", "/v1/more", Reading::Unknown, true), Takes::Unknown(_)));
        assert_eq!(fits("/v[12]", "/v1/more", Reading::Whole, true), Takes::No);
        assert_eq!(fits("/v[12]", "/v1/more", Reading::Start, true), Takes::Yes);
        assert!(matches!(fits("/(?=x)", "/x", Reading::Whole, true), Takes::Unknown(_)), "RE2 has no look-ahead");
    }

    #[test]
    fn a_query_is_decoded() {
        let pairs = query_of("a=1&b=x%20y+z&c");
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(pairs, [("a", "1"), ("b", "x y z"), ("c", "")]);
    }
}
