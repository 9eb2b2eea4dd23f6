//! The same server over TLS, which knows clients by their certificates.

use std::cell::RefCell;
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use base64::Engine as _;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::{Api, Cluster, http};

/// A certificate authority.
pub(crate) struct Authority {
    pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test authority");
        let key = KeyPair::generate().unwrap();
        let own = params.self_signed(&key).unwrap();
        Self { pem: own.pem(), der: own.der().clone(), issuer: Issuer::new(params, key) }
    }

    /// The certificate as a kubeconfig holds it.
    pub(crate) fn data(&self) -> String {
        base64::engine::general_purpose::STANDARD.encode(&self.pem)
    }

    /// A certificate and key of a client, as PEM.
    pub(crate) fn client(&self, name: &str) -> (String, String) {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    fn config(&self, names: &[&str]) -> ServerConfig {
        let mut params = CertificateParams::new(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()).unwrap();
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        let key = KeyPair::generate().unwrap();
        let own = params.signed_by(&key, &self.issuer).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .allow_unauthenticated()
            .build()
            .unwrap();
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![own.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap()
    }
}

/// A server over TLS.
#[derive(Debug)]
pub(crate) struct Secured {
    pub(crate) api: Api,
    pub(crate) authority: Authority,
}

impl Cluster {
    /// Starts answering over TLS, under these names.
    pub(crate) fn start_tls(self, names: &[&str]) -> Secured {
        let authority = Authority::new();
        let config = Arc::new(authority.config(names));
        let api = self.accept(move |stream, cluster| serve(stream, Arc::clone(&config), cluster));
        Secured { api, authority }
    }
}

impl Secured {
    /// A kubeconfig with these lines for the cluster and the user.
    pub(crate) fn kubeconfig(&self, name: &str, cluster: &str, user: &str) -> PathBuf {
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: test\n\
             clusters: [{{name: c, cluster: {{server: \"https://{}\", {cluster}}}}}]\n\
             users: [{{name: u, user: {user}}}]\n\
             contexts: [{{name: test, context: {{cluster: c, user: u, namespace: shop}}}}]\n",
            self.api.address
        );
        let path = self.api.folder().join(format!("{name}.yaml"));
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The line that trusts the server's authority.
    pub(crate) fn trust(&self) -> String {
        format!("certificate-authority-data: {}", self.authority.data())
    }
}

/// Both directions of one connection.
#[derive(Clone)]
struct Both(Rc<RefCell<StreamOwned<ServerConnection, TcpStream>>>);

impl Read for Both {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().read(buffer)
    }
}

impl Write for Both {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

fn serve(mut stream: TcpStream, config: Arc<ServerConfig>, cluster: &Cluster) {
    let mut connection = ServerConnection::new(config).unwrap();
    // A client that does not trust the certificate ends the handshake here.
    if connection.complete_io(&mut stream).is_err() {
        return;
    }
    let known = connection.peer_certificates().and_then(|chain| common_name(chain.first()?));
    let both = Both(Rc::new(RefCell::new(StreamOwned::new(connection, stream))));
    http::converse(BufReader::new(both.clone()), &mut both.clone(), cluster, known.as_deref());
}

fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let name = parsed.subject().iter_common_name().next()?.as_str().ok()?.to_owned();
    Some(name)
}
