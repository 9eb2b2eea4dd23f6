//! The verifier that accepts and remembers. Nothing secret is ever sent over such a connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// The one set of algorithms.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(rustls::crypto::ring::default_provider())))
}

/// What the peer presented.
#[derive(Debug)]
pub(crate) struct Presented {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) ocsp_stapled: bool,
    /// The peer does not hold the certificate's key, or the key cannot be read.
    pub(crate) bad_signature: bool,
}

/// Remembers the chain and goes on.
#[derive(Debug)]
pub(crate) struct Capture {
    seen: Mutex<Option<Presented>>,
    bad_signature: AtomicBool,
}

impl Capture {
    pub(crate) fn new() -> Self {
        Self { seen: Mutex::new(None), bad_signature: AtomicBool::new(false) }
    }

    /// What was presented, if the handshake came that far.
    pub(crate) fn take(&self) -> Option<Presented> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        seen.bad_signature = self.bad_signature.load(Ordering::Relaxed);
        Some(seen)
    }

    fn note(&self, result: Result<HandshakeSignatureValid, Error>) -> HandshakeSignatureValid {
        result.unwrap_or_else(|_| {
            self.bad_signature.store(true, Ordering::Relaxed);
            HandshakeSignatureValid::assertion()
        })
    }
}

impl ServerCertVerifier for Capture {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity)
            .chain(intermediates)
            .map(|certificate| certificate.clone().into_owned())
            .collect();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Presented { chain, ocsp_stapled: !ocsp.is_empty(), bad_signature: false });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &provider().signature_verification_algorithms;
        Ok(self.note(verify_tls12_signature(message, certificate, signature, algorithms)))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &provider().signature_verification_algorithms;
        Ok(self.note(verify_tls13_signature(message, certificate, signature, algorithms)))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

/// Has no certificate, and remembers having been asked for one.
#[derive(Debug, Default)]
pub(crate) struct NoCertificate {
    asked: AtomicBool,
}

impl NoCertificate {
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for NoCertificate {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        // "Yes", or nobody would ask us.
        true
    }
}
