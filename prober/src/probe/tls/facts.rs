//! What a certificate says of itself.

use std::collections::BTreeMap;
use std::net::IpAddr;

use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::canonical::sha256_hex;
use crate::layer::{Certificate, Judgement};

/// Foreign text is kept to this many characters.
const MAX_TEXT: usize = 256;
/// Names kept of one certificate.
const MAX_NAMES: usize = 100;

/// The certificate's own words; nothing of it is judged yet.
pub(super) fn read(leaf: &CertificateDer<'_>, chain_length: usize) -> Certificate {
    let mut certificate = nothing();
    certificate.sha256 = sha256_hex(leaf);
    certificate.chain_length = chain_length;
    let Ok((_, parsed)) = X509Certificate::from_der(leaf) else {
        return certificate;
    };
    certificate.subject = text(&parsed.subject().to_string());
    certificate.issuer = text(&parsed.issuer().to_string());
    certificate.self_signed = parsed.subject().as_raw() == parsed.issuer().as_raw();
    certificate.serial = text(&parsed.raw_serial_as_string());
    certificate.not_before = stamp(parsed.validity().not_before.timestamp());
    certificate.not_after = stamp(parsed.validity().not_after.timestamp());
    certificate.key = key(&parsed);
    certificate.signature = text(&parsed.signature_algorithm.algorithm.to_id_string());
    if let Ok(Some(names)) = parsed.subject_alternative_name() {
        certificate.names = names.value.general_names.iter().filter_map(name).take(MAX_NAMES).collect();
    }
    certificate.default_of = default_of(&certificate.subject);
    certificate
}

/// Seconds since 1970 between which it is valid.
pub(super) fn dates(leaf: &CertificateDer<'_>) -> Option<(i64, i64)> {
    let (_, parsed) = X509Certificate::from_der(leaf).ok()?;
    let validity = parsed.validity();
    Some((validity.not_before.timestamp(), validity.not_after.timestamp()))
}

/// A certificate of which nothing could be read.
pub(super) fn nothing() -> Certificate {
    Certificate {
        subject: String::new(),
        issuer: String::new(),
        names: Vec::new(),
        serial: String::new(),
        sha256: String::new(),
        not_before: String::new(),
        not_after: String::new(),
        key: String::new(),
        signature: String::new(),
        self_signed: false,
        chain_length: 0,
        trust: Judgement::Skipped,
        trusted_by: String::new(),
        name: Judgement::Skipped,
        dates: Judgement::Skipped,
        days_left: 0,
        other_names: BTreeMap::new(),
        default_of: None,
    }
}

/// Certificates that controllers make for themselves when none is configured.
fn default_of(subject: &str) -> Option<String> {
    [
        ("Kubernetes Ingress Controller Fake Certificate", "ingress-nginx"),
        ("TRAEFIK DEFAULT CERT", "Traefik"),
        ("ingress-operator", "OpenShift router"),
    ]
    .into_iter()
    .find(|(name, _)| subject.contains(name))
    .map(|(_, product)| product.to_owned())
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(text(name)),
        GeneralName::IPAddress(bytes) => {
            let address = match bytes.len() {
                4 => IpAddr::from(<[u8; 4]>::try_from(*bytes).ok()?),
                _ => IpAddr::from(<[u8; 16]>::try_from(*bytes).ok()?),
            };
            Some(address.to_string())
        }
        GeneralName::URI(uri) => Some(text(uri)),
        _ => None,
    }
}

fn key(parsed: &X509Certificate<'_>) -> String {
    match parsed.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(point)) => format!("EC {}", point.key_size()),
        _ => parsed.public_key().algorithm.algorithm.to_id_string(),
    }
}

fn stamp(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|t| t.to_string()).unwrap_or_default()
}

fn text(foreign: &str) -> String {
    foreign.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
}
