//! core/v1 Secret: its type, its keys and the public facts of its certificate. No value is kept.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde::Deserialize;

use super::Meta;
use crate::snapshot::is_masked;
use crate::snapshot::kinds::{ApiRules, Applied, Stays, keep};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "RawSecret")]
pub struct Secret {
    pub metadata: Meta,
    pub kind: Option<String>,
    /// Keys whose value is there.
    pub keys: Vec<String>,
    /// Keys whose value a collector masked or emptied: present, not readable.
    pub masked_keys: Vec<String>,
    /// `data` itself is missing: a collector dropped it (metadata-only reads, Rancher, must-gather-clean).
    pub stripped: bool,
    /// What `tls.crt` holds, if its value is there.
    pub certificate: Option<Result<Certificate, String>>,
    /// Keys whose value is a set of JSON Web Keys (RFC 7517 section 5: an object with an array `keys`).
    pub key_sets: Vec<String>,
    /// What `ca.crt` holds, if its value is there.
    pub ca: Option<Result<Certificate, String>>,
}

/// The public facts of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// DNS names and addresses it is for; the common name where it has no SAN.
    pub names: Vec<String>,
    pub issuer: String,
    pub subject: String,
    pub not_before: jiff::Timestamp,
    pub not_after: jiff::Timestamp,
    pub self_signed: bool,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawSecret {
    metadata: Meta,
    #[serde(rename = "type")]
    kind: Option<String>,
    data: Option<BTreeMap<String, Option<String>>>,
    string_data: Option<BTreeMap<String, Option<String>>>,
}

impl From<RawSecret> for Secret {
    fn from(raw: RawSecret) -> Self {
        let mut secret = Self {
            metadata: raw.metadata,
            kind: raw.kind,
            stripped: raw.data.is_none() && raw.string_data.is_none(),
            ..Self::default()
        };
        let decoded = raw.data.into_iter().flatten().map(|(key, value)| {
            let value = value.unwrap_or_default();
            if is_masked(&value) {
                return (key, value.into_bytes());
            }
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(value.split_ascii_whitespace().collect::<String>())
                .unwrap_or_else(|_| value.into_bytes());
            (key, bytes)
        });
        let plain = raw.string_data.into_iter().flatten().map(|(k, v)| (k, v.unwrap_or_default().into_bytes()));
        for (key, bytes) in decoded.chain(plain) {
            let masked = bytes.is_empty() || std::str::from_utf8(&bytes).is_ok_and(is_masked);
            if masked {
                secret.masked_keys.push(key);
                continue;
            }
            match key.as_str() {
                "tls.crt" => secret.certificate = Some(first_certificate(&bytes)),
                "ca.crt" => secret.ca = Some(first_certificate(&bytes)),
                _ => {}
            }
            if is_key_set(&bytes) {
                secret.key_sets.push(key.clone());
            }
            secret.keys.push(key);
        }
        secret
    }
}

/// Is it a set of JSON Web Keys?
fn is_key_set(bytes: &[u8]) -> bool {
    let begins = bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
    let read = || serde_json::from_slice::<serde_json::Value>(bytes).ok();
    begins && read().is_some_and(|value| value.get("keys").is_some_and(serde_json::Value::is_array))
}

/// What stands in a pseudonymized snapshot in the place of a certificate: its facts, in other names.
const FACTS: &[u8] = b"kubereach/v1 Certificate ";

#[derive(Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateFacts {
    names: Vec<String>,
    issuer: String,
    subject: String,
    not_before: String,
    not_after: String,
    self_signed: bool,
}

impl Certificate {
    /// Its facts as a text that reads back as this certificate.
    pub fn facts(&self) -> Vec<u8> {
        let facts = CertificateFacts {
            names: self.names.clone(),
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            not_before: self.not_before.to_string(),
            not_after: self.not_after.to_string(),
            self_signed: self.self_signed,
        };
        // Strings and a flag: writing them does not fail.
        [FACTS, &serde_json::to_vec(&facts).unwrap_or_default()].concat()
    }

    fn of_facts(json: &[u8]) -> Option<Self> {
        let facts: CertificateFacts = serde_json::from_slice(json).ok()?;
        Some(Self {
            names: facts.names,
            issuer: facts.issuer,
            subject: facts.subject,
            not_before: facts.not_before.parse().ok()?,
            not_after: facts.not_after.parse().ok()?,
            self_signed: facts.self_signed,
        })
    }
}

/// The first certificate of a PEM text; the error says what is wrong with it.
pub fn first_certificate(pem: &[u8]) -> Result<Certificate, String> {
    if let Some(json) = pem.strip_prefix(FACTS) {
        return Certificate::of_facts(json).ok_or_else(|| "its facts cannot be decoded".to_owned());
    }
    let (_, block) = x509_parser::pem::parse_x509_pem(pem).map_err(|_| "it is not a PEM certificate".to_owned())?;
    if block.label != "CERTIFICATE" {
        return Err(format!("its first PEM block is a {}, not a CERTIFICATE", block.label));
    }
    let cert = block.parse_x509().map_err(|_| "its certificate cannot be decoded".to_owned())?;
    of_der(&cert)
}

/// The public facts of a decoded certificate.
pub(super) fn of_der(cert: &x509_parser::certificate::X509Certificate<'_>) -> Result<Certificate, String> {
    let time = |t: x509_parser::time::ASN1Time| {
        jiff::Timestamp::from_second(t.timestamp()).map_err(|_| "its validity dates cannot be decoded".to_owned())
    };
    let mut names: Vec<String> = Vec::new();
    if let Ok(Some(san)) = cert.subject_alternative_name() {
        for name in &san.value.general_names {
            match name {
                x509_parser::extensions::GeneralName::DNSName(dns) => names.push((*dns).to_owned()),
                x509_parser::extensions::GeneralName::IPAddress(bytes) => names.extend(ip_of(bytes)),
                _ => {}
            }
        }
    } else if let Some(cn) = cert.subject().iter_common_name().next().and_then(|cn| cn.as_str().ok()) {
        names.push(cn.to_owned());
    }
    Ok(Certificate {
        names,
        issuer: cert.issuer().to_string(),
        subject: cert.subject().to_string(),
        not_before: time(cert.validity().not_before)?,
        not_after: time(cert.validity().not_after)?,
        self_signed: cert.issuer() == cert.subject(),
    })
}

fn ip_of(bytes: &[u8]) -> Option<String> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(v4).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|v6| std::net::Ipv6Addr::from(v6).to_string())
}

impl ApiRules for Secret {
    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |new, live| {
            // A Secret without data in a manifest is filled by someone else (an operator, a controller).
            if new.keys.is_empty() {
                new.clone_from(live);
            }
        })
    }
}
