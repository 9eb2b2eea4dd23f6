//! From the words of a question to a request.

use serde_json::Value;

use super::data::Query;
use crate::resolve::request::{Request, Speech, query_of};

/// A URL in its parts.
#[derive(Debug, PartialEq, Eq)]
struct Url<'u> {
    scheme: &'u str,
    host: &'u str,
    port: Option<u16>,
    path: &'u str,
}

fn url(text: &str) -> Result<Url<'_>, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let rest = rest.split('#').next().unwrap_or_default();
    let cut = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(cut);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = host_and_port(authority)?;
    if host.is_empty() {
        return Err(format!("'{text}' names no host"));
    }
    Ok(Url { scheme, host, port, path })
}

/// Splits `HOST[:PORT]`; an IPv6 address stands in brackets.
fn host_and_port(text: &str) -> Result<(&str, Option<u16>), String> {
    let (host, port) = match text.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((address, rest)) => (address, rest.strip_prefix(':')),
        None => match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => (host, Some(port)),
            // An IPv6 address without brackets.
            Some(_) => (text, None),
            None => (text, None),
        },
    };
    let port = match port.filter(|p| !p.is_empty()) {
        None => None,
        Some(port) => {
            Some(port.parse().ok().filter(|p| *p > 0).ok_or_else(|| format!("'{port}' is not a port (1 to 65535)"))?)
        }
    };
    Ok((host, port))
}

/// The request that a question describes, or what is wrong with it.
pub(super) fn request(query: &Query) -> Result<Request, String> {
    let parts = query.url.as_deref().map(url).transpose()?;
    let word = query.protocol.as_deref().or(parts.as_ref().map(|url| url.scheme)).unwrap_or("http");
    let mut speech =
        Speech::of(word).ok_or_else(|| format!("'{word}' is none of http, https, grpc, grpcs, tls, tcp and udp"))?;
    if query.grpc.is_some() {
        speech = match speech {
            Speech::Http => Speech::Grpc,
            Speech::Https => Speech::Grpcs,
            other => other,
        };
    }
    let (own, own_port) = host_and_port(query.host.as_deref().unwrap_or_default())?;
    let host = if own.is_empty() { parts.as_ref().map_or("", |url| url.host) } else { own };
    let port = query.port.or_else(|| parts.as_ref().and_then(|url| url.port)).or(own_port);
    let target = query.path.as_deref().or(parts.as_ref().map(|url| url.path)).unwrap_or_default();
    let (path, raw_query) = target.split_once('?').unwrap_or((target, ""));
    let call = query
        .grpc
        .as_ref()
        .map(|call| (call.service.clone().unwrap_or_default(), call.method.clone().unwrap_or_default()));
    let path = match &call {
        Some((service, method)) => format!("/{service}/{method}"),
        None if path.is_empty() => "/".to_owned(),
        None if path.starts_with('/') => path.to_owned(),
        None => format!("/{path}"),
    };
    let usual = if call.is_some() { "POST" } else { "GET" };
    let headers = headers(query);
    // A `Host` header is the host that is asked for.
    let named = headers.iter().find(|(name, _)| name == "host").map(|(_, value)| value.clone());
    let dialled = host.trim_end_matches('.').to_ascii_lowercase();
    let host = match &named {
        Some(value) => host_and_port(value)?.0.trim_end_matches('.').to_ascii_lowercase(),
        None => dialled.clone(),
    };
    Ok(Request {
        speech,
        host,
        dialled,
        port: port.unwrap_or(speech.port()),
        method: query.method.clone().filter(|m| !m.is_empty()).unwrap_or_else(|| usual.to_owned()),
        path,
        query: query_of(raw_query),
        raw_query: raw_query.to_owned(),
        headers,
        call,
        server_name: query.server_name.clone().filter(|name| !name.is_empty()),
        inside: query.from.as_deref().is_some_and(|from| from != "external"),
    })
}

fn headers(query: &Query) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut all = Vec::new();
    for (name, value) in query.headers.iter().flatten() {
        let name = name.to_ascii_lowercase();
        match value {
            Value::Array(several) => all.extend(several.iter().map(|one| (name.clone(), text(one)))),
            one => all.push((name, text(one))),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Query, request, url};

    #[test]
    fn urls_fall_into_their_parts() {
        for (text, scheme, host, port, path) in [
            ("https://shop.example/cart?x=1#top", "https", "shop.example", None, "/cart?x=1"),
            ("http://user@shop.example:8080", "http", "shop.example", Some(8080), ""),
            ("shop.example/cart", "http", "shop.example", None, "/cart"),
            ("http://[2001:db8::1]:81/x", "http", "2001:db8::1", Some(81), "/x"),
            ("http://[2001:db8::1]", "http", "2001:db8::1", None, ""),
        ] {
            let parts = url(text).unwrap();
            assert_eq!((parts.scheme, parts.host, parts.port, parts.path), (scheme, host, port, path), "{text}");
        }
        assert!(url("https:///cart").is_err());
        assert!(url("https://shop.example:99999/").is_err());
    }

    #[test]
    fn a_host_header_is_what_is_asked_for_and_a_call_is_a_post() {
        let query: Query = serde_json::from_str(
            r#"{"url": "https://203.0.113.1", "headers": {"Host": "Shop.example:443"},
                "grpc": {"service": "a.B", "method": "C"}}"#,
        )
        .unwrap();
        let request = request(&query).unwrap();
        assert_eq!((request.host.as_str(), request.port, request.method.as_str()), ("shop.example", 443, "POST"));
        assert_eq!(request.path, "/a.B/C");
    }
}
