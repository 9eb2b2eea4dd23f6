//! The server over HTTP, on loopback and for whoever has the token that was printed when it started.
//!
//! Every request has to name a loopback host (a name that an attacker leads to 127.0.0.1 is none), come from no page of
//! another origin (Model Context Protocol, Transports, Security Warning), and carry the token.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::measuring::random;
use crate::server::Server;
use crate::stdio::ended;

/// The one path that is served.
const PATH: &str = "/mcp";
/// Connections at a time.
const CONNECTIONS: usize = 64;
/// Time for the head of a request.
const HEAD: Duration = Duration::from_secs(10);
/// No question needs more bytes.
const LONGEST_BODY: usize = 256 * 1024;
/// Names and addresses of loopback, on whatever port.
const HOSTS: [&str; 3] = ["127.0.0.1", "localhost", "::1"];
const ORIGINS: [&str; 3] = ["http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*"];

type Body = BoxBody<Bytes, Infallible>;
type Service = StreamableHttpService<Server, LocalSessionManager>;

/// A port that is taken, and the token that opens it.
#[derive(Debug)]
pub struct Bound {
    listener: std::net::TcpListener,
    address: SocketAddr,
    token: String,
}

impl Bound {
    /// Takes the port; 0 for any. Only of a loopback address.
    pub fn new(address: SocketAddr) -> Result<Self, String> {
        if !address.ip().is_loopback() {
            return Err(format!("{address} is not a loopback address: it is served to this machine only"));
        }
        let failed = |error: std::io::Error| format!("{address}: {error}");
        let listener = std::net::TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, token: random()? })
    }

    /// Where it is served.
    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// What a client has to show: `Authorization: Bearer TOKEN`.
    pub fn token(&self) -> &str {
        &self.token
    }
}

/// Serves until somebody ends the program.
pub fn http(server: &Server, bound: Bound) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(bound.listener)?;
        let config = StreamableHttpServerConfig::default()
            .with_allowed_hosts(HOSTS)
            .with_allowed_origins(ORIGINS)
            .enforce_origin_validation()
            .with_max_request_body_bytes(LONGEST_BODY);
        let own = server.clone();
        let service: Service =
            StreamableHttpService::new(move || Ok(own.session()), Arc::new(LocalSessionManager::default()), config);
        let key = Arc::new(Key::of(&bound.token));
        tokio::select! {
            () = accept(&listener, &service, &key) => {}
            () = ended() => {}
        }
        server.finish().await;
        Ok(())
    });
    runtime.shutdown_background();
    served
}

async fn accept(listener: &tokio::net::TcpListener, service: &Service, key: &Arc<Key>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors, or the client is gone: neither lasts.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let (service, key) = (service.clone(), Arc::clone(key));
        tokio::spawn(async move {
            let _place = place;
            let answer = service_fn(move |request| {
                let (service, key) = (service.clone(), Arc::clone(&key));
                async move { Ok::<_, Infallible>(answer(&service, &key, request).await) }
            });
            let mut connection = hyper::server::conn::http1::Builder::new();
            connection.timer(TokioTimer::new()).header_read_timeout(HEAD);
            // How a client ends its connection is its own affair.
            let _ = connection.serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

async fn answer(service: &Service, key: &Key, request: Request<Incoming>) -> Response<Body> {
    if !key.opens(request.headers()) {
        let mut response =
            plain(StatusCode::UNAUTHORIZED, "the token that was printed at the start is missing or wrong");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        return response;
    }
    if request.uri().path() != PATH {
        return plain(StatusCode::NOT_FOUND, "there is only /mcp");
    }
    service.handle(request).await
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())).boxed());
    *response.status_mut() = status;
    response
}

/// The token's digest: comparing digests tells nothing of where two tokens differ.
struct Key([u8; 32]);

impl Key {
    fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    fn opens(&self, headers: &HeaderMap) -> bool {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(only), None) = (given.next(), given.next()) else { return false };
        let Some((scheme, token)) = only.to_str().ok().and_then(|text| text.split_once(' ')) else { return false };
        scheme.eq_ignore_ascii_case("bearer") && Self::of(token.trim()).0 == self.0
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, header};

    use super::{Bound, Key};

    #[test]
    fn only_loopback_is_served() {
        for address in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
            assert!(Bound::new(address.parse().unwrap()).is_err(), "{address}");
        }
        let (one, two) =
            (Bound::new("127.0.0.1:0".parse().unwrap()).unwrap(), Bound::new("127.0.0.1:0".parse().unwrap()).unwrap());
        assert!(one.token().len() == 64 && one.token() != two.token());
        assert!(one.url().starts_with("http://127.0.0.1:") && one.url().ends_with("/mcp"));
    }

    #[test]
    fn only_the_token_opens() {
        let key = Key::of("abc");
        let with = |value: &'static str| HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]);
        assert!(key.opens(&with("Bearer abc")) && key.opens(&with("bearer abc")));
        for wrong in ["Bearer abcd", "Bearer", "abc", "Basic abc", "Bearer "] {
            assert!(!key.opens(&with(wrong)), "{wrong}");
        }
        assert!(!key.opens(&HeaderMap::new()));
        let mut twice = with("Bearer abc");
        twice.append(header::AUTHORIZATION, "Bearer abc".parse().unwrap());
        assert!(!key.opens(&twice));
    }
}
