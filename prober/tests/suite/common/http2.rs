//! Servers that speak HTTP/2 in the clear: plain ones, and the gRPC health service.

use std::convert::Infallible;
use std::net::SocketAddr;

use super::live::server_at;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};

/// `HealthCheckResponse` frames.
pub(crate) const SERVING: &[u8] = &[0, 0, 0, 0, 2, 8, 1];
pub(crate) const NOT_SERVING: &[u8] = &[0, 0, 0, 0, 2, 8, 2];
pub(crate) const SERVICE_UNKNOWN: &[u8] = &[0, 0, 0, 0, 2, 8, 3];

/// A server that says the path and the authority it was asked for.
pub(crate) async fn http2(address: &str) -> SocketAddr {
    server_at(address, |stream| async move {
        let service = service_fn(|request: Request<Incoming>| async move {
            let text = format!("{} {}", request.uri().path(), request.uri().authority().map_or("", |a| a.as_str()));
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(text))))
        });
        let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service)
            .await;
    })
    .await
}

/// A server that answers with a status of HTTP, a content type, a message and a gRPC status.
pub(crate) async fn grpc(http: u16, kind: &'static str, message: &'static [u8], status: &'static str) -> SocketAddr {
    grpc_at("127.0.0.1:0", http, kind, message, status).await
}

/// The same at an address of its own.
pub(crate) async fn grpc_at(
    address: &str,
    http: u16,
    kind: &'static str,
    message: &'static [u8],
    status: &'static str,
) -> SocketAddr {
    server_at(address, move |stream| async move {
        let service = service_fn(move |request: Request<Incoming>| async move {
            assert_eq!(request.uri().path(), "/grpc.health.v1.Health/Check");
            assert_eq!(request.headers()["te"], "trailers");
            let mut frames: Vec<Result<Frame<Bytes>, Infallible>> = Vec::new();
            if !message.is_empty() {
                frames.push(Ok(Frame::data(Bytes::from_static(message))));
            }
            if !status.is_empty() {
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", status.parse().unwrap());
                trailers.insert("grpc-message", "because".parse().unwrap());
                frames.push(Ok(Frame::trailers(trailers)));
            }
            let _ = request.into_body().collect().await;
            let body = StreamBody::new(Frames(frames.into_iter()));
            let answer = Response::builder().status(http).header("content-type", kind).body(body).unwrap();
            Ok::<_, Infallible>(answer)
        });
        let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), service)
            .await;
    })
    .await
}

/// Frames that are all there already, as a body.
struct Frames(std::vec::IntoIter<Result<Frame<Bytes>, Infallible>>);

impl futures_core::Stream for Frames {
    type Item = Result<Frame<Bytes>, Infallible>;
    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}
