//! Handshakes that capture everything: the chain is kept and judged afterwards, so that one defect
//! does not hide the answer behind it.

mod errors;
mod facts;
mod judge;
mod roots;
mod verifier;

pub(crate) use errors::{class_of_error, rustls_error};
pub(crate) use judge::{class, rejudge_dates};
pub(crate) use roots::Roots;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ProtocolVersion};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::clock::millis;
use super::tap::{Tap, looks_like_tls};
use crate::class::Class;
use crate::layer::{Layer, TlsFacts};
use crate::words::LayerName;

/// The connection after its handshake.
pub(crate) type Stream = TlsStream<Tap<TcpStream>>;

/// What a handshake asks for.
pub(crate) struct Ask<'a> {
    /// The name to ask for; an address, or nothing, is never sent.
    pub(crate) name: Option<&'a str>,
    /// Further names that the certificate should cover.
    pub(crate) other_names: &'a [String],
    /// Application protocols to offer, in order.
    pub(crate) alpn: &'a [&'a str],
    /// Wait a moment after the handshake for an alert: with TLS 1.3 the demand for a client
    /// certificate is enforced only then.
    pub(crate) linger: bool,
}

/// How long to wait for an alert after the handshake.
const LINGER: Duration = Duration::from_millis(300);

/// Shake hands over a connection.
pub(crate) async fn handshake(
    tcp: TcpStream,
    ask: &Ask<'_>,
    roots: &Roots,
    limit: Duration,
) -> (Layer, Option<Stream>) {
    let peer = tcp.peer_addr().ok();
    let asked_name = ask.name.and_then(server_name);
    let mut facts = TlsFacts {
        alpn_offered: ask.alpn.iter().map(|p| (*p).to_owned()).collect(),
        sni: match &asked_name {
            Some(ServerName::DnsName(name)) => Some(name.as_ref().to_owned()),
            _ => None,
        },
        ..TlsFacts::default()
    };
    let capture = Arc::new(verifier::Capture::new());
    let wants_ours = Arc::new(verifier::NoCertificate::default());
    let Ok(config) = config(&capture, &wants_ours, ask, asked_name.is_some()) else {
        let layer = Layer::new(LayerName::Tls, Class::NorunLocalStack, 0);
        return (layer.with_detail("this build offers no TLS version"), None);
    };
    // Without a name the handshake still needs something to be for; nothing of it is sent.
    let name = asked_name.clone().unwrap_or_else(|| {
        ServerName::IpAddress(peer.map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |p| p.ip()).into())
    });
    let (tap, seen) = Tap::new(tcp);
    let started = Instant::now();
    let shaken = tokio::time::timeout(limit, TlsConnector::from(config).connect(name, tap)).await;
    let mut elapsed = millis(started);
    facts.client_certificate_requested = wants_ours.was_asked();

    let (mut class, mut detail, stream) = match shaken {
        Err(_) => {
            let detail = format!("{} bytes came back within {elapsed} ms", seen.bytes());
            (Class::TlsSilent, detail, None)
        }
        Ok(Err(error)) => {
            let spoke_tls = seen.bytes() == 0 || looks_like_tls(&seen.first());
            let class = errors::class_of_io(&error, facts.client_certificate_requested, spoke_tls, &mut facts);
            (class, error.to_string(), None)
        }
        Ok(Ok(stream)) => (Class::TlsOk, String::new(), Some(stream)),
    };
    let mut stream = stream;
    if ask.linger
        && facts.client_certificate_requested
        && let Some(open) = &mut stream
    {
        let mut byte = [0u8; 1];
        if let Ok(Err(error)) = tokio::time::timeout(LINGER, open.read(&mut byte)).await {
            class = errors::class_of_io(&error, true, true, &mut facts);
            detail = error.to_string();
            elapsed = millis(started);
            stream = None;
        }
    }
    if let Some(stream) = &stream {
        let (_, connection) = stream.get_ref();
        facts.version = connection.protocol_version().and_then(version);
        facts.cipher = connection.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str().map(str::to_owned));
        facts.alpn = connection.alpn_protocol().map(|p| String::from_utf8_lossy(p).into_owned());
    }
    let certificate = capture.take().map(|seen| {
        facts.ocsp_stapled = seen.ocsp_stapled;
        judge::judge(&seen, asked_name.as_ref(), ask.other_names, roots, SystemTime::now())
    });
    if class == Class::TlsOk
        && let Some(certificate) = &certificate
    {
        (class, detail) = judge::class(certificate);
    }
    let mut layer = Layer::new(LayerName::Tls, class, elapsed).with_detail(detail);
    layer.peer = peer;
    layer.tls = Some(facts);
    layer.certificate = certificate;
    (layer, stream)
}

/// Fill with random bytes, if there are any.
pub(crate) fn random(bytes: &mut [u8]) -> bool {
    verifier::provider().secure_random.fill(bytes).is_ok()
}

fn config(
    capture: &Arc<verifier::Capture>,
    wants_ours: &Arc<verifier::NoCertificate>,
    ask: &Ask<'_>,
    named: bool,
) -> Result<Arc<ClientConfig>, rustls::Error> {
    let verifier: Arc<dyn rustls::client::danger::ServerCertVerifier> = Arc::clone(capture) as _;
    let resolver: Arc<dyn rustls::client::ResolvesClientCert> = Arc::clone(wants_ours) as _;
    let mut config = ClientConfig::builder_with_provider(verifier::provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(resolver);
    config.alpn_protocols = ask.alpn.iter().map(|p| p.as_bytes().to_vec()).collect();
    config.enable_sni = named;
    // A resumed session shows no certificate.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(config))
}

/// The name of a handshake: a host name without port and final dot. An address is none.
fn server_name(name: &str) -> Option<ServerName<'static>> {
    let name = name.trim_end_matches('.');
    match ServerName::try_from(name.to_owned()) {
        Ok(name @ ServerName::DnsName(_)) => Some(name),
        _ => None,
    }
}

fn version(version: ProtocolVersion) -> Option<String> {
    match version {
        ProtocolVersion::TLSv1_2 => Some("1.2".to_owned()),
        ProtocolVersion::TLSv1_3 => Some("1.3".to_owned()),
        other => other.as_str().map(str::to_owned),
    }
}
