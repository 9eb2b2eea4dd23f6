//! One request, one answer: no redirect is followed, no credential sent, and of the body only its
//! length and digest are kept.

mod body;
mod errors;
pub(crate) mod request;

pub(crate) use body::{Body, read as read_body};

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};

use super::clock::millis;
use super::tap::{Seen, Tap, looks_like_http1, looks_like_http2};
use crate::answered_by::{self, Signals};
use crate::class::{Class, http as classes};
use crate::layer::{HttpFacts, Layer};
use crate::plan::{Expect, Target};
use crate::words::{LayerName, Outcome};

/// Headers that tell who answered, or what a reader of the result needs. Cookies are not among them.
const KEPT: [&str; 18] = [
    "server",
    "via",
    "date",
    "content-type",
    "content-length",
    "retry-after",
    "allow",
    "upgrade",
    "x-envoy-upstream-service-time",
    "x-envoy-overloaded",
    "x-envoy-ratelimited",
    "x-kong-upstream-latency",
    "x-kong-response-latency",
    "cf-ray",
    "x-squid-error",
    "l5d-proxy-error",
    "x-powered-by",
    "grpc-status",
];

/// Bytes of headers that are read: as many as curl does (`CURL_MAX_HTTP_HEADER`, `MAX_HTTP_RESP_HEADER_SIZE`).
const HEADERS: usize = 300 * 1024;
/// Lines of headers that are read.
const LINES: usize = 1_000;

/// A stream HTTP can be spoken over.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Stream for S {}

/// Ask, and class the answer.
pub(crate) async fn ask<S: Stream>(stream: S, target: &Target, tls: bool, http2: bool, limit: Duration) -> Layer {
    let started = Instant::now();
    let request = match request::build(target, tls, http2) {
        Ok(request) => request,
        Err(why) => return Layer::new(LayerName::Http, Class::NorunTarget, 0).with_detail(why),
    };
    let (tap, seen) = Tap::new(stream);
    let answer = match tokio::time::timeout(limit, send(tap, request, http2)).await {
        Err(_) => {
            let mut layer = Layer::new(LayerName::Http, silent(&seen, http2), millis(started));
            layer.detail = format!("{} bytes came back within {} ms", seen.bytes(), limit.as_millis());
            return layer;
        }
        Ok(Err(error)) => {
            return status_alone(&error, &seen, millis(started))
                .unwrap_or_else(|| failed(&error, &seen, http2, millis(started)));
        }
        Ok(Ok(answer)) => answer,
    };
    let elapsed = millis(started);
    let (parts, incoming) = answer.into_parts();
    let body = body::read(incoming, limit.min(Duration::from_secs(2))).await;
    classed(parts.status.as_u16(), version(parts.version), &parts.headers, &body, target.expect.as_ref(), elapsed)
}

/// Nothing, or nothing but the frames that open an HTTP/2 connection; or an answer that began.
fn silent(seen: &Seen, http2: bool) -> Class {
    let first = seen.first();
    match (looks_like_http1(&first), looks_like_http2(&first)) {
        (true, _) if http2 => Class::HttpOtherVersion,
        (_, true) if !http2 => Class::HttpOtherVersion,
        (true, _) => Class::HttpIncomplete,
        _ => Class::HttpSilent,
    }
}

/// An HTTP/1.1 answer one of whose headers this client does not read for its spelling: its status line stands all the
/// same (RFC 9112 section 4). One whose length is none, or is stated twice, cannot be told from the next answer: a
/// client must not use it (RFC 9112 section 6.3). One that does not end is refused, too.
fn status_alone(error: &hyper::Error, seen: &Seen, elapsed: u64) -> Option<Layer> {
    let first = seen.first();
    let framing = ["content-length", "transfer-encoding"].iter().any(|word| errors::chain(error).contains(word));
    if errors::is_too_large(error) || framing {
        return None;
    }
    let digits = first.get(9..12).filter(|_| error.is_parse() && looks_like_http1(&first))?;
    let status = std::str::from_utf8(digits).ok()?.parse::<u16>().ok().filter(|status| (100..600).contains(status))?;
    let mut layer = Layer::new(LayerName::Http, classes::class(status, None, false), elapsed);
    layer.detail = format!("status {status}; its headers do not read ({})", errors::chain(error));
    layer.status = Some(status);
    layer.http = Some(HttpFacts { version: "1.1".to_owned(), body_cut: true, ..HttpFacts::default() });
    Some(layer)
}

async fn send<S: Stream>(
    stream: S,
    request: Request<Empty<Bytes>>,
    http2: bool,
) -> Result<Response<Incoming>, hyper::Error> {
    let io = TokioIo::new(stream);
    if http2 {
        let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await?;
        drive(connection);
        sender.send_request(request).await
    } else {
        let (mut sender, connection) =
            hyper::client::conn::http1::Builder::new().max_buf_size(HEADERS).max_headers(LINES).handshake(io).await?;
        drive(connection);
        sender.send_request(request).await
    }
}

/// A connection does its work beside the request, and ends when both halves are dropped. What goes
/// wrong on it is reported by the request.
pub(crate) fn drive(connection: impl Future<Output = Result<(), hyper::Error>> + Send + 'static) {
    tokio::spawn(async move {
        let _ = connection.await;
    });
}

/// The layer of an answer.
pub(crate) fn classed(
    status: u16,
    version: &str,
    headers: &HeaderMap,
    body: &Body,
    expect: Option<&Expect>,
    elapsed: u64,
) -> Layer {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let text = body.text();
    let by = answered_by::who(&Signals { status, header: &header, body: &text });
    let natural = classes::class(status, by.as_ref(), classes::wants_tls(status, &text));
    let met = expect.map(|expect| expectation(expect, status, &text));
    let class = match met {
        Some(true) => Class::HttpExpected,
        Some(false) if natural.outcome() == Outcome::Verified => Class::HttpUnexpected,
        _ => natural,
    };
    let mut layer = Layer::new(LayerName::Http, class, elapsed).with_detail(match &by {
        Some(by) if !by.product.is_empty() => {
            format!("status {status}, it seems by {}", by.product)
        }
        _ => format!("status {status}"),
    });
    layer.status = Some(status);
    layer.http = Some(HttpFacts {
        version: version.to_owned(),
        headers: kept(headers),
        location: header("location").map(without_query),
        body_bytes: body.bytes.len() as u64,
        // Of an empty body, too: an answer is compared with that to an unknown host.
        body_sha256: Some(crate::canonical::sha256_hex(&body.bytes)),
        body_cut: body.cut,
        clock_ahead_s: header("date").and_then(clock_ahead),
        expectation_met: met,
        h2_reason: None,
    });
    layer.answered_by = by;
    layer
}

/// The layer of an answer that somebody else fetched: the API server, as a relay. `cut` where the body goes on.
pub fn answered(head: &hyper::http::response::Parts, body: Vec<u8>, cut: bool, target: &Target, elapsed: u64) -> Layer {
    let body = Body { bytes: body, cut, ..Body::default() };
    let version = version(head.version);
    classed(head.status.as_u16(), version, &head.headers, &body, target.expect.as_ref(), elapsed)
}

/// The layer of an exchange that ended without an answer.
pub(crate) fn failed(error: &hyper::Error, seen: &Seen, http2: bool, elapsed: u64) -> Layer {
    let (class, h2_reason) = errors::class_of(error, seen, http2);
    let mut layer = Layer::new(LayerName::Http, class, elapsed);
    layer.detail = format!("{}, {} bytes came back", errors::chain(error), seen.bytes());
    layer.http = h2_reason.map(|reason| HttpFacts { h2_reason: Some(reason), ..HttpFacts::default() });
    layer
}

fn expectation(expect: &Expect, status: u16, body: &str) -> bool {
    let status_fits = match &expect.status {
        Some(wanted) => wanted.accepts(status),
        None => (200..300).contains(&status),
    };
    status_fits && expect.body_contains.as_ref().is_none_or(|wanted| body.contains(wanted))
}

fn kept(headers: &HeaderMap) -> BTreeMap<String, String> {
    KEPT.iter()
        .filter_map(|name| {
            let value = headers.get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), value.chars().take(200).collect()))
        })
        .collect()
}

/// Where a redirect leads, without what may be private in it: query, fragment, credentials.
fn without_query(location: &str) -> String {
    let end = location.find(['?', '#']).unwrap_or(location.len());
    let place = location.get(..end).unwrap_or_default();
    let place = match (place.find("://"), place.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            let scheme = place.get(..scheme + 3).unwrap_or_default();
            format!("{scheme}{}", place.get(at + 1..).unwrap_or_default())
        }
        _ => place.to_owned(),
    };
    place.chars().take(300).collect()
}

fn clock_ahead(date: &str) -> Option<i64> {
    let theirs = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(theirs.as_second().saturating_sub(jiff::Timestamp::now().as_second()))
}

pub(crate) fn version(version: hyper::Version) -> &'static str {
    match version {
        hyper::Version::HTTP_10 => "1.0",
        hyper::Version::HTTP_2 => "2",
        _ => "1.1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_keeps_no_query_and_no_credentials() {
        for (location, kept) in [
            ("https://a.example/login?token=secret#x", "https://a.example/login"),
            ("https://user:pw@a.example/x", "https://a.example/x"),
            ("/next?a=1", "/next"),
            ("/a@b", "/a@b"),
        ] {
            assert_eq!(without_query(location), kept);
        }
    }
}
