//! Does a rule of a VirtualService take a request?
//!
//! Sources: Istio reference, `HTTPMatchRequest` and `StringMatch` (a prefix is one of the text, an expression is RE2 and
//! has to fit the whole of it); istio/istio `pilot/pkg/networking/core/route/route.go` (`TranslateRouteMatch`).

use crate::resolve::istio::objects::{HttpMatch, Text};
use crate::resolve::request::{Reading, Request, Takes, fits};

/// Does it take the request? The port and the gateways were asked already.
pub(super) fn takes(of: &HttpMatch, request: &Request) -> Takes {
    let text = |wanted: Option<&Text>, value: &str| wanted.map_or(Takes::Yes, |wanted| compared(wanted, value));
    let scheme = if request.speech.is_tls() { "https" } else { "http" };
    let named = |name: &str| match name {
        ":authority" | "host" => Some(authority(request)),
        ":method" => Some(request.method.clone()),
        ":path" => Some(request.path.clone()),
        name => request.header(name),
    };
    let mut takes = path(of, request)
        .and(|| text(of.method.as_ref(), &request.method))
        .and(|| text(of.scheme.as_ref(), scheme))
        .and(|| text(of.authority.as_ref(), &authority(request)));
    for (name, wanted) in &of.headers {
        takes = takes.and(|| present(wanted.as_ref(), named(&name.to_ascii_lowercase()).as_deref()));
    }
    for (name, wanted) in &of.without_headers {
        takes = takes.and(|| present(wanted.as_ref(), named(&name.to_ascii_lowercase()).as_deref()).negated());
    }
    for (name, wanted) in &of.query_params {
        takes = takes.and(|| present(wanted.as_ref(), request.parameter(name).next()));
    }
    takes.and(|| match (&of.source_namespace, of.source_labels.is_empty()) {
        (None, true) => Takes::Yes,
        _ => Takes::Unknown("a rule asks for the labels or the namespace of the client".to_owned()),
    })
}

/// As the `Host` header has it.
fn authority(request: &Request) -> String {
    if request.port == request.speech.port() {
        request.host.clone()
    } else {
        format!("{}:{}", request.host, request.port)
    }
}

fn path(of: &HttpMatch, request: &Request) -> Takes {
    let Some(wanted) = &of.uri else { return Takes::Yes };
    if of.ignore_uri_case.0 != Some(true) {
        return compared(wanted, &request.path);
    }
    let folded = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
    let lower = Text { exact: folded(&wanted.exact), prefix: folded(&wanted.prefix), regex: wanted.regex.clone() };
    compared(&lower, &request.path.to_lowercase())
}

/// Nothing to compare with means that it is there.
fn present(wanted: Option<&Text>, value: Option<&str>) -> Takes {
    let Some(value) = value else { return Takes::No };
    wanted.map_or(Takes::Yes, |wanted| compared(wanted, value))
}

fn compared(wanted: &Text, value: &str) -> Takes {
    match (&wanted.exact, &wanted.prefix, &wanted.regex) {
        (Some(text), ..) => Takes::from(value == text),
        (None, Some(text), _) => Takes::from(value.starts_with(text.as_str())),
        (None, None, Some(pattern)) => fits(pattern, value, Reading::Whole, true),
        (None, None, None) => Takes::Yes,
    }
}

#[cfg(test)]
mod tests {
    use super::{HttpMatch, takes};
    use crate::resolve::request::{Request, Speech, Takes, query_of};

    fn request(path: &str, headers: &[(&str, &str)]) -> Request {
        let (path, raw) = path.split_once('?').unwrap_or((path, ""));
        Request {
            speech: Speech::Http,
            host: "shop.example".to_owned(),
            dialled: "shop.example".to_owned(),
            port: 80,
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: query_of(raw),
            raw_query: raw.to_owned(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            call: None,
            server_name: None,
            inside: false,
        }
    }

    #[test]
    fn conditions_are_read_as_the_reference_says() {
        for (of, path, headers, expected) in [
            (r#"{"uri": {"prefix": "/cart"}}"#, "/carts", &[][..], true),
            (r#"{"uri": {"exact": "/cart"}}"#, "/cart/", &[], false),
            (r#"{"uri": {"regex": "/v[0-9]"}}"#, "/v1/x", &[], false),
            (r#"{"uri": {"exact": "/Cart"}, "ignoreUriCase": true}"#, "/cart", &[], true),
            (r#"{"headers": {"X-User": {}}}"#, "/", &[("x-user", "a")], true),
            (r#"{"headers": {"x-user": {"exact": "b"}}}"#, "/", &[("x-user", "a")], false),
            (r#"{"withoutHeaders": {"x-user": {}}}"#, "/", &[], true),
            (r#"{"withoutHeaders": {"x-user": {"exact": "a"}}}"#, "/", &[("x-user", "a")], false),
            (r#"{"queryParams": {"v": {"exact": "2"}}}"#, "/?v=2", &[], true),
            (r#"{"queryParams": {"v": {"exact": "2"}}}"#, "/?w=2", &[], false),
            (r#"{"method": {"exact": "POST"}}"#, "/", &[], false),
            (r#"{"scheme": {"exact": "http"}, "authority": {"exact": "shop.example"}}"#, "/", &[], true),
        ] {
            let of: HttpMatch = serde_json::from_str(of).unwrap();
            assert_eq!(takes(&of, &request(path, headers)), Takes::from(expected), "{of:?} {path}");
        }
        let of: HttpMatch = serde_json::from_str(r#"{"sourceLabels": {"app": "front"}}"#).unwrap();
        assert!(matches!(takes(&of, &request("/", &[])), Takes::Unknown(_)));
    }
}
