//! Which authorities are known here, in three sets that are asked one after the other.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Sets of authorities. The answer names the set that decided.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    sets: Vec<(&'static str, RootCertStore)>,
    /// Certificates named one by one: a leaf that is among them is trusted as it is.
    pinned: Vec<CertificateDer<'static>>,
}

impl Roots {
    /// The authorities a plan names (PEM texts), those of this machine if asked for, and the public
    /// ones as of this build.
    pub(crate) fn new(pems: &[String], system: bool) -> Self {
        let mut roots = Self::default();
        let mut plan = RootCertStore::empty();
        for pem in pems {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()).flatten() {
                // A leaf is no authority, yet may be trusted by itself.
                let _ = plan.add(certificate.clone());
                roots.pinned.push(certificate);
            }
        }
        if !plan.is_empty() {
            roots.sets.push(("plan", plan));
        }
        if system {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if !store.is_empty() {
                roots.sets.push(("system", store));
            }
        }
        let mut public = RootCertStore::empty();
        public.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        roots.sets.push(("public", public));
        roots
    }

    pub(super) fn sets(&self) -> &[(&'static str, RootCertStore)] {
        &self.sets
    }

    pub(super) fn is_pinned(&self, leaf: &CertificateDer<'_>) -> bool {
        self.pinned.iter().any(|pinned| pinned == leaf)
    }
}
