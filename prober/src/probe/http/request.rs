//! The request, exactly as the plan has it; or why it is never sent.

use std::net::IpAddr;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::uri::{PathAndQuery, Scheme};
use hyper::{Request, Uri};

use crate::plan::Target;
use crate::words::{Method, Protocol};

/// What the prober calls itself.
pub const USER_AGENT: &str = concat!("kubereach-prober/", env!("CARGO_PKG_VERSION"));

/// Headers that are never sent: credentials, identities a proxy would believe, and what frames a
/// message.
const NEVER: [&str; 16] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "keep-alive",
    "proxy-connection",
    "http2-settings",
    "x-remote-user",
    "x-remote-group",
];

/// Build the request of a target.
pub(crate) fn build(target: &Target, tls: bool, http2: bool) -> Result<Request<Empty<Bytes>>, String> {
    let mut request = Request::builder()
        .method(target.method.word())
        .uri(uri(target, path(target)?, tls, http2)?)
        .header("user-agent", USER_AGENT)
        .header("accept", "*/*");
    if !http2 {
        request = request.header("host", host(target)?).header("connection", "close");
    }
    for (name, value) in headers(target)? {
        request = request.header(name, value);
    }
    request.body(Empty::new()).map_err(|error| format!("the request cannot be built: {error}"))
}

/// The URI hyper writes: only the request target for HTTP/1.1, all of it for HTTP/2.
pub(crate) fn uri(target: &Target, path: PathAndQuery, tls: bool, http2: bool) -> Result<Uri, String> {
    let uri = Uri::builder().path_and_query(path);
    let uri = if http2 {
        let scheme = if tls { Scheme::HTTPS } else { Scheme::HTTP };
        uri.scheme(scheme).authority(host(target)?.as_bytes())
    } else {
        uri
    };
    uri.build().map_err(|error| format!("the request target cannot be sent: {error}"))
}

/// The request target, byte for byte; only a missing first slash is added.
fn path(target: &Target) -> Result<PathAndQuery, String> {
    let path = match target.path.as_deref() {
        None | Some("") => "/".to_owned(),
        Some("*") if target.method == Method::Options => "*".to_owned(),
        Some(path) if path.starts_with('/') => path.to_owned(),
        Some(path) => format!("/{path}"),
    };
    let sent = PathAndQuery::try_from(path.as_str())
        .map_err(|_| format!("the path {path:?} holds what no request target may (RFC 9112 section 3.2)"))?;
    // A fragment would be taken off without a word.
    if sent.as_str() == path { Ok(sent) } else { Err(format!("the path {path:?} holds a fragment")) }
}

/// The host as it is asked for: the plan's own, or the name or address with a port that is not the
/// protocol's.
pub(crate) fn host(target: &Target) -> Result<HeaderValue, String> {
    let host = match (&target.host, &target.name, target.address) {
        (Some(host), ..) => host.clone(),
        (None, name, address) => {
            let host = match (name, address) {
                (Some(name), _) => name.trim_end_matches('.').to_owned(),
                (None, Some(IpAddr::V6(v6))) => format!("[{v6}]"),
                (None, Some(v4)) => v4.to_string(),
                (None, None) => return Err("the target has neither address nor name".to_owned()),
            };
            match port(target) {
                Some(port) if Some(port) != target.protocol.default_port() => {
                    format!("{host}:{port}")
                }
                _ => host,
            }
        }
    };
    HeaderValue::from_str(&host).map_err(|_| format!("the host {host:?} cannot be sent"))
}

/// The headers a rule matches on, if all of them may be sent.
pub(crate) fn headers(target: &Target) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    target
        .headers
        .iter()
        .map(|(name, value)| {
            let wrong = || format!("the header {name:?} cannot be sent");
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
            if NEVER.contains(&name.as_str()) || name.as_str().starts_with("impersonate-") {
                return Err(format!("the header {name} is never sent"));
            }
            let value = HeaderValue::from_str(value).map_err(|_| wrong())?;
            Ok((name, value))
        })
        .collect()
}

/// The port of a target, or its protocol's own.
pub(crate) fn port(target: &Target) -> Option<u16> {
    target.port.or(target.protocol.default_port()).filter(|port| *port != 0)
}

/// A name as DNS can hold it (RFC 1035 section 3.1): labels of 1 to 63 bytes, at most 253 in all, one
/// final dot.
fn is_name(name: &str) -> bool {
    let bare = name.strip_suffix('.').unwrap_or(name);
    bare.len() <= 253
        && bare.split('.').all(|label| (1..=63).contains(&label.len()))
        && bare.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Why a target is not measured at all, before anything is sent.
pub(crate) fn check(target: &Target) -> Result<(), String> {
    if target.address.is_none() && target.name.as_deref().is_none_or(str::is_empty) {
        return Err("the target has neither address nor name".to_owned());
    }
    if port(target).is_none() {
        return Err("the target has no port".to_owned());
    }
    if target.name.as_deref().is_some_and(|name| !is_name(name)) || target.query.as_deref().is_some_and(|q| !is_name(q))
    {
        return Err("the name is not one DNS can hold".to_owned());
    }
    match target.protocol {
        Protocol::Http | Protocol::Https => build(target, false, true).map(|_| ()),
        Protocol::Grpc | Protocol::Grpcs => host(target).and_then(|_| headers(target)).map(|_| ()),
        Protocol::Dns if target.name.is_none() => Err("the target has no name to ask for".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Span;
    use crate::words::Segment;

    fn target(path: &str) -> Target {
        let mut target = Target::new("p", Span::new(Segment::Address, Segment::Port), Protocol::Http);
        target.address = Some("10.0.0.1".parse().unwrap());
        target.path = Some(path.to_owned());
        target
    }

    #[test]
    fn the_request_target_is_sent_byte_for_byte() {
        for path in ["/", "//a", "/a/../b/./", "/a%2Fb%2e%2E", "/x?y=1&&z=%00?", "/{id}", "/a;b=c", "/ä"] {
            let request = build(&target(path), false, false).unwrap();
            assert_eq!(request.uri().to_string(), path);
            let request = build(&target(path), true, true).unwrap();
            assert_eq!(request.uri().path_and_query().unwrap().as_str(), path);
        }
        assert_eq!(build(&target("cart"), false, false).unwrap().uri().to_string(), "/cart");
    }

    #[test]
    fn what_no_request_may_hold_is_refused_not_repaired() {
        for path in ["/a b", "/a\r\nx: y", "/a#b", "/\u{7f}"] {
            assert!(build(&target(path), false, false).is_err(), "{path:?}");
        }
        for header in ["Cookie", "AUTHORIZATION", "Host", "Transfer-Encoding", "Impersonate-User", "a b"] {
            let mut target = target("/");
            target.headers.insert(header.to_owned(), "x".to_owned());
            assert!(build(&target, false, false).is_err(), "{header}");
        }
        let mut split = target("/");
        split.host = Some("a\r\nb: c".to_owned());
        assert!(build(&split, false, false).is_err());
    }

    #[test]
    fn the_host_is_the_plans_own_or_made_of_name_and_port() {
        let mut target = target("/");
        assert_eq!(host(&target).unwrap(), "10.0.0.1");
        target.port = Some(8080);
        assert_eq!(host(&target).unwrap(), "10.0.0.1:8080");
        target.address = Some("fd00::1".parse().unwrap());
        assert_eq!(host(&target).unwrap(), "[fd00::1]:8080");
        target.name = Some("a.example.".to_owned());
        assert_eq!(host(&target).unwrap(), "a.example:8080");
        target.host = Some("Shop.Example:1".to_owned());
        assert_eq!(host(&target).unwrap(), "Shop.Example:1");
    }
}
