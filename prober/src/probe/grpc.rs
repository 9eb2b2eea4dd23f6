//! The standard health service, `grpc.health.v1.Health/Check`: one field each way, so the messages
//! are written and read by hand.

use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::http::uri::PathAndQuery;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::clock::millis;
use super::http::{self, Stream, request};
use super::tap::{Seen, Tap};
use crate::class::Class;
use crate::layer::{GrpcFacts, Layer};
use crate::plan::Target;
use crate::words::LayerName;

const CHECK: &str = "/grpc.health.v1.Health/Check";

/// Ask the health service.
pub(crate) async fn ask<S: Stream>(stream: S, target: &Target, tls: bool, limit: Duration) -> Layer {
    let started = Instant::now();
    let request = match build(target, tls) {
        Ok(request) => request,
        Err(why) => return Layer::new(LayerName::Grpc, Class::NorunTarget, 0).with_detail(why),
    };
    let (tap, seen) = Tap::new(stream);
    let answer = match tokio::time::timeout(limit, send(tap, request)).await {
        Err(_) => {
            let mut layer = Layer::new(LayerName::Grpc, silent(&seen), millis(started));
            layer.detail = format!("{} bytes came back within {} ms", seen.bytes(), limit.as_millis());
            return layer;
        }
        Ok(Err(error)) => return renamed(http::failed(&error, &seen, true, millis(started))),
        Ok(Ok(answer)) => answer,
    };
    let elapsed = millis(started);
    let (parts, incoming) = answer.into_parts();
    let body = http::read_body(incoming, limit).await;
    let status = parts.status.as_u16();
    let grpc_status = body
        .trailers
        .as_ref()
        .and_then(|trailers| number(trailers, "grpc-status"))
        .or_else(|| number(&parts.headers, "grpc-status"));
    let is_grpc =
        parts.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
    let Some(code) = grpc_status.filter(|_| is_grpc || status == 200) else {
        return not_grpc(status, &parts.headers, &body, elapsed);
    };
    let message = body
        .trailers
        .as_ref()
        .and_then(|trailers| trailers.get("grpc-message"))
        .or_else(|| parts.headers.get("grpc-message"))
        .and_then(|value| value.to_str().ok())
        .map(|text| text.chars().take(200).collect::<String>())
        .unwrap_or_default();
    let serving = (code == 0).then(|| serving(&body.bytes)).flatten();
    let class = class(code, serving);
    let mut layer = Layer::new(LayerName::Grpc, class, elapsed);
    layer.detail = match serving {
        Some(word) => word.to_owned(),
        None => format!("status {code} {message}").trim_end().to_owned(),
    };
    layer.status = Some(status);
    layer.grpc = Some(GrpcFacts { status: Some(code), message, serving: serving.map(str::to_owned) });
    layer
}

fn silent(seen: &Seen) -> Class {
    if super::tap::looks_like_http1(&seen.first()) { Class::HttpOtherVersion } else { Class::HttpSilent }
}

/// Something answered over HTTP without being a gRPC server: an intermediary's error keeps its
/// meaning, anything else says that the declared protocol is not spoken.
fn not_grpc(status: u16, headers: &HeaderMap, body: &http::Body, elapsed: u64) -> Layer {
    let layer = renamed(http::classed(status, "2", headers, body, None, elapsed));
    if status == 200 {
        let class = Class::GrpcNotGrpc;
        return Layer { class: class.word().to_owned(), state: class.state(), ..layer };
    }
    layer
}

fn renamed(layer: Layer) -> Layer {
    Layer { layer: LayerName::Grpc, ..layer }
}

/// The class of a status (gRPC health checking protocol).
fn class(status: u32, serving: Option<&str>) -> Class {
    match status {
        0 => match serving {
            Some("SERVING") => Class::GrpcServing,
            Some("NOT_SERVING") => Class::GrpcNotServing,
            Some("SERVICE_UNKNOWN") => Class::GrpcServiceUnknown,
            _ => Class::GrpcStatus,
        },
        5 => Class::GrpcServiceUnknown,
        7 | 16 => Class::GrpcDenied,
        12 => Class::GrpcUnimplemented,
        14 => Class::GrpcUnavailable,
        _ => Class::GrpcStatus,
    }
}

fn build(target: &Target, tls: bool) -> Result<Request<Full<Bytes>>, String> {
    let uri = request::uri(target, PathAndQuery::from_static(CHECK), tls, true)?;
    let mut request = Request::builder()
        .method("POST")
        .uri(uri)
        .header("user-agent", request::USER_AGENT)
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    for (name, value) in request::headers(target)? {
        request = request.header(name, value);
    }
    request
        .body(Full::new(Bytes::from(framed(&target.grpc_service)?)))
        .map_err(|error| format!("the request cannot be built: {error}"))
}

/// `HealthCheckRequest { string service = 1; }` behind a five-byte prefix.
fn framed(service: &str) -> Result<Vec<u8>, String> {
    let mut message = Vec::new();
    if !service.is_empty() {
        // One byte of length is enough for any sensible name.
        let length = u8::try_from(service.len()).ok().filter(|l| *l < 128);
        let length = length.ok_or("the gRPC service name is longer than 127 bytes")?;
        message.extend([0x0a, length]);
        message.extend(service.as_bytes());
    }
    let mut frame = vec![0u8];
    frame.extend(u32::try_from(message.len()).unwrap_or_default().to_be_bytes());
    frame.extend(message);
    Ok(frame)
}

/// `HealthCheckResponse { ServingStatus status = 1; }` behind its prefix; 0 is not written at all.
fn serving(frame: &[u8]) -> Option<&'static str> {
    let [0, _, _, _, _, message @ ..] = frame else {
        return None;
    };
    match message {
        [] | [0x08, 0, ..] => Some("UNKNOWN"),
        [0x08, 1, ..] => Some("SERVING"),
        [0x08, 2, ..] => Some("NOT_SERVING"),
        [0x08, 3, ..] => Some("SERVICE_UNKNOWN"),
        _ => None,
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u32> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

async fn send<S: Stream>(stream: S, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, hyper::Error> {
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    http::drive(connection);
    sender.send_request(request).await
}
