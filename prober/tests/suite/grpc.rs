//! The gRPC health service, on real HTTP/2 servers.

use crate::common;
use crate::common::http2::{NOT_SERVING, SERVICE_UNKNOWN, SERVING, grpc};
use crate::common::live::*;
use kubereach_prober::words::*;

#[tokio::test]
async fn what_the_health_service_says_is_what_it_comes_to() {
    let grpc_kind = "application/grpc";
    for (http, kind, message, status, expected) in [
        (200, grpc_kind, SERVING, "0", "verified grpc.serving"),
        (200, grpc_kind, NOT_SERVING, "0", "server-error grpc.not-serving"),
        (200, grpc_kind, SERVICE_UNKNOWN, "0", "reached grpc.service-unknown"),
        (200, grpc_kind, b"".as_slice(), "5", "reached grpc.service-unknown"),
        (200, grpc_kind, b"", "12", "reached grpc.unimplemented"),
        (200, grpc_kind, b"", "14", "server-error grpc.unavailable"),
        (200, grpc_kind, b"", "7", "reached grpc.denied"),
        (200, grpc_kind, b"", "16", "reached grpc.denied"),
        (200, grpc_kind, b"", "13", "reached grpc.status"),
        (200, "text/html", b"<h1>hello</h1>", "", "server-error grpc.not-grpc"),
        (503, "text/plain", b"no healthy upstream", "", "server-error http.no-upstream"),
        (404, "text/plain", b"", "", "reached http.not-found"),
    ] {
        let peer = grpc(http, kind, message, status).await;
        let row = row(target(Protocol::Grpc, peer)).await;
        assert_eq!(verdict(&row), expected, "{http} {kind} {status}");
        assert_eq!(row.layers.last().unwrap().layer, LayerName::Grpc);
    }
}

#[tokio::test]
async fn a_server_that_speaks_http1_only_is_said_to() {
    let peer = says(http("400 Bad Request", "", "")).await;
    assert_eq!(verdict(&row(target(Protocol::Grpc, peer)).await), "server-error http.other-version");
}

#[tokio::test]
async fn grpc_over_tls_chooses_http2() {
    let authority = common::pki::Authority::new();
    let config = common::pki::config(authority.leaf(&["api.example"], |_| {}), &["h2"]);
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let inner = grpc(200, "application/grpc", SERVING, "0").await;
    let peer = server(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut outer) = acceptor.accept(stream).await else {
                return;
            };
            let mut inner = tokio::net::TcpStream::connect(inner).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
        }
    })
    .await;
    let mut asked = target(Protocol::Grpcs, peer);
    asked.host = Some("api.example".to_owned());
    let row = row(asked).await;
    assert_eq!(verdict(&row), "verified grpc.serving");
    let tls = row.layers.iter().find_map(|layer| layer.tls.as_ref()).unwrap();
    assert_eq!(tls.alpn.as_deref(), Some("h2"));
}
