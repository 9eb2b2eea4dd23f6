//! Certificates for every situation, and a TLS server that presents them.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

/// A private authority.
pub(crate) struct Authority {
    pub(crate) certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A leaf with its key.
pub(crate) struct Leaf {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
    /// Both as text, for servers that read files.
    pub(crate) pem: (String, String),
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Test Authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// A leaf for `names`; `change` bends it.
    pub(crate) fn leaf(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Leaf {
        let mut params = params(names);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        leaf(&certificate, &key)
    }
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "leaf");
    params
}

fn leaf(certificate: &Certificate, key: &KeyPair) -> Leaf {
    Leaf {
        chain: vec![certificate.der().clone()],
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        pem: (certificate.pem(), key.serialize_pem()),
    }
}

pub(crate) fn self_signed(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> (Leaf, String) {
    let mut params = params(names);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (leaf(&certificate, &key), certificate.pem())
}

pub(crate) fn expired(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
}

pub(crate) fn of_the_future(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2090, 1, 1);
    params.not_after = date_time_ymd(2091, 1, 1);
}

pub(crate) fn config(leaf: Leaf, alpn: &[&str]) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(leaf.chain, leaf.key)
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|p| p.as_bytes().to_vec()).collect();
    config
}

/// A server that demands certificates of `authority`.
pub(crate) fn mutual(
    leaf: Leaf,
    authority: &Authority,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.certificate.der().clone()).unwrap();
    let clients = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .unwrap();
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(leaf.chain, leaf.key)
        .unwrap()
}

/// A server that shakes hands, reads a request and answers it.
pub(crate) async fn server(config: ServerConfig, answer: String) -> SocketAddr {
    server_at("127.0.0.1:0", config, answer).await
}

/// The same at an address of its own.
pub(crate) async fn server_at(address: &str, config: ServerConfig, answer: String) -> SocketAddr {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    super::live::server_at(address, move |stream| {
        let acceptor = acceptor.clone();
        let answer = answer.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            let mut request = [0u8; 4096];
            if stream.read(&mut request).await.is_ok_and(|n| n > 0) {
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
                while stream.read(&mut request).await.is_ok_and(|n| n > 0) {}
            }
        }
    })
    .await
}
