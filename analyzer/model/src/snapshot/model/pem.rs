//! What is public in a PEM text that stands in an object: its certificates, and which blocks it is made of. No byte of
//! it is kept.

use serde::Deserialize;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;

use super::Certificate;
use super::secret::of_der;
use crate::snapshot::is_masked;

/// A PEM text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pem {
    /// Something stands there.
    written: bool,
    /// A collector hid it, or took part of it away.
    pub masked: bool,
    /// The labels of its blocks, in order.
    pub blocks: Vec<String>,
    /// What its first certificate says, where there is one that can be decoded.
    pub certificate: Option<Result<Certificate, String>>,
    /// Whom its certificates are of.
    pub subjects: Vec<String>,
    /// A certificate in it cannot be decoded: why.
    pub unreadable: Option<String>,
    /// Signed by an authority with a digest that is no longer accepted: which.
    pub weak: Option<&'static str>,
}

impl Pem {
    /// Is there nothing?
    pub const fn is_empty(&self) -> bool {
        !self.written
    }

    /// Was something written there that can be read?
    pub const fn is_shown(&self) -> bool {
        self.written && !self.masked
    }

    /// Does it hold a certificate?
    pub fn has_certificate(&self) -> bool {
        self.blocks.iter().any(|label| label == "CERTIFICATE")
    }

    /// Does it hold a private key?
    pub fn has_key(&self) -> bool {
        self.blocks.iter().any(|label| label.ends_with("PRIVATE KEY"))
    }

    fn read(&mut self, block: &x509_parser::pem::Pem) {
        let Ok(certificate) = block.parse_x509() else {
            self.unreadable = Some("a certificate in it cannot be decoded".to_owned());
            return;
        };
        self.weak = self.weak.or_else(|| weakness(&certificate));
        self.subjects.push(certificate.subject().to_string());
        if self.certificate.is_none() {
            self.certificate = Some(of_der(&certificate));
        }
    }

    /// One that was hidden.
    pub(super) fn hidden() -> Self {
        Self { written: true, masked: true, ..Self::default() }
    }

    pub(super) fn of(text: &str) -> Self {
        let mut pem = Self { written: !text.trim().is_empty(), masked: is_hidden(text), ..Self::default() };
        if !pem.written || pem.masked {
            return pem;
        }
        let text = tidy(text);
        // What is no whole block is passed over, as Go's decoder does.
        for block in x509_parser::pem::Pem::iter_from_buffer(text.as_bytes()).flatten() {
            if block.label == "CERTIFICATE" {
                pem.read(&block);
            }
            pem.blocks.push(block.label);
        }
        pem
    }
}

/// Spaces within the lines of a block mean nothing to Go's decoder.
fn tidy(text: &str) -> String {
    let line = |line: &str| {
        let line = line.trim_end();
        if line.starts_with("-----") { line.to_owned() } else { line.replace([' ', '\t'], "") }
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

/// Texts that tools leave where something was. Whatever is no PEM and short may be one: it is judged by who reads it.
fn is_hidden(text: &str) -> bool {
    let word = text.trim().trim_matches(['<', '>', '[', ']', '*', '(', ')']).to_ascii_lowercase();
    is_masked(text)
        || text.contains("***")
        || matches!(word.as_str(), "redacted" | "masked" | "hidden" | "removed" | "omitted")
}

/// A digest that routers refuse in a certificate which an authority signed; one that signs itself is not verified.
fn weakness(certificate: &X509Certificate<'_>) -> Option<&'static str> {
    let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
    let (digest, signs_with) = match algorithm.as_str() {
        "1.2.840.113549.1.1.2" => ("MD2", RSA),
        "1.2.840.113549.1.1.4" => ("MD5", RSA),
        "1.2.840.113549.1.1.5" => ("SHA1", RSA),
        "1.2.840.10045.4.1" => ("SHA1", "1.2.840.10045.2.1"),
        "1.2.840.10040.4.3" => ("SHA1", "1.2.840.10040.4.1"),
        _ => return None,
    };
    let holds = certificate.public_key().algorithm.algorithm.to_id_string();
    let own_name = certificate.issuer().as_raw() == certificate.subject().as_raw();
    let (authority, subject) = key_ids(certificate);
    let signs_itself = own_name && holds == signs_with && (authority.is_none() || authority == subject);
    (!signs_itself).then_some(digest)
}

const RSA: &str = "1.2.840.113549.1.1.1";

/// The identifiers of the authority's key and of its own.
fn key_ids<'c>(certificate: &'c X509Certificate<'_>) -> (Option<&'c [u8]>, Option<&'c [u8]>) {
    let (mut authority, mut own) = (None, None);
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::AuthorityKeyIdentifier(id) => authority = id.key_identifier.as_ref().map(|id| id.0),
            ParsedExtension::SubjectKeyIdentifier(id) => own = Some(id.0),
            _ => {}
        }
    }
    (authority, own)
}

impl<'de> Deserialize<'de> for Pem {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::of(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::Pem;

    #[test]
    fn what_is_no_block_is_told_from_what_was_hidden() {
        assert!(Pem::default().is_empty() && Pem::of(" \n").is_empty());
        for text in ["redacted", "[REDACTED]", "***", "<masked>"] {
            assert!(Pem::of(text).masked, "{text}");
        }
        let text = Pem::of("test");
        assert!(text.is_shown() && text.blocks.is_empty() && text.certificate.is_none());
    }

    #[test]
    fn blocks_are_named_and_a_broken_certificate_is_said() {
        let pem = Pem::of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assert_eq!(pem.blocks, ["CERTIFICATE"]);
        assert!(pem.unreadable.is_some());
        let key = Pem::of("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        assert!(key.has_key() && key.unreadable.is_none());
    }
}
