//! One rung of the ladder: the raw facts first, their class second.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answered_by::AnsweredBy;
use crate::document::is_default;
use crate::words::{LayerName, LayerState, RecordType};

/// What happened on one layer. The facts stay as they were measured, so that a later program can
/// judge them anew; `state` and `class` are what this one made of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Layer {
    /// Which layer.
    pub layer: LayerName,
    /// Whether it did its part.
    pub state: LayerState,
    /// A stable code, `tcp.refused`; see [`crate::class::Class`].
    pub class: String,
    /// In words, for a person. No contract.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Milliseconds this layer took.
    pub elapsed_ms: u64,
    /// Addresses a name resolved to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// Address and port that were dialled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<SocketAddr>,
    /// Our own address and port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SocketAddr>,
    /// The operating system's error number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_error: Option<i32>,
    /// Every question asked, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
    /// What the handshake agreed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsFacts>,
    /// The certificate that was presented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The rest of the HTTP answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpFacts>,
    /// The gRPC answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grpc: Option<GrpcFacts>,
    /// Who the answer looks to be from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<AnsweredBy>,
}

impl Layer {
    /// A layer of which nothing but the class is known yet.
    pub fn new(layer: LayerName, class: crate::class::Class, elapsed_ms: u64) -> Self {
        Self {
            layer,
            state: class.state(),
            class: class.word().to_owned(),
            detail: String::new(),
            elapsed_ms,
            addresses: Vec::new(),
            peer: None,
            source: None,
            os_error: None,
            lookups: Vec::new(),
            tls: None,
            certificate: None,
            status: None,
            http: None,
            grpc: None,
            answered_by: None,
        }
    }

    /// The same layer, said in words.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// One DNS question to one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lookup {
    /// The absolute name, with its final dot.
    pub name: String,
    /// Record type.
    pub record: RecordType,
    /// The server that was asked.
    pub server: SocketAddr,
    /// `udp` or `tcp`.
    pub transport: String,
    /// `NOERROR`, `NODATA`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, another rcode, `timeout`, `port-unreachable`, `error`.
    pub result: String,
    /// Milliseconds until the answer or the end of patience.
    pub elapsed_ms: u64,
    /// Addresses, targets of SRV with their port, or aliases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// The operating system's error number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_error: Option<i32>,
}

/// What a handshake agreed on, or how it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TlsFacts {
    /// `1.2` or `1.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Cipher suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cipher: Option<String>,
    /// Protocols offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alpn_offered: Vec<String>,
    /// Protocol chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpn: Option<String>,
    /// Server name sent; absent if none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sni: Option<String>,
    /// The alert the peer ended the handshake with, by its RFC 8446 name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<String>,
    /// The peer asked for a client certificate; none was sent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub client_certificate_requested: bool,
    /// The peer stapled an OCSP answer. It is not checked, and neither are revocation lists.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ocsp_stapled: bool,
}

/// The leaf of the chain that was presented, judged in three separate questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// Distinguished name.
    pub subject: String,
    /// Distinguished name of the issuer.
    pub issuer: String,
    /// DNS names and addresses it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Serial number in hexadecimal.
    #[serde(default)]
    pub serial: String,
    /// Digest of the certificate.
    pub sha256: String,
    /// RFC 3339.
    pub not_before: String,
    /// RFC 3339.
    pub not_after: String,
    /// Key type and size: `RSA 2048`, `EC P-256`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Signature algorithm.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signature: String,
    /// Issuer and subject are one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub self_signed: bool,
    /// Certificates the peer sent, this one included.
    #[serde(default)]
    pub chain_length: usize,
    /// Does a chain to a known authority stand, dates aside? The reason if not: `unknown-issuer`,
    /// `self-signed`, `ca-as-leaf`, `bad-encoding`, `bad-signature`, …
    pub trust: Judgement,
    /// Which set of authorities decided: `public`, `system`, `plan`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trusted_by: String,
    /// Is it for the name that was asked for? Skipped where the target is an address.
    pub name: Judgement,
    /// Is now within its dates? `expired` or `not-yet-valid` if not.
    pub dates: Judgement,
    /// Whole days until it expires; negative once it has.
    pub days_left: i64,
    /// The other names the plan asks about: is it for them too?
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other_names: BTreeMap<String, bool>,
    /// A controller's built-in certificate, by its well-known subject: the configured one is not in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_of: Option<String>,
}

/// One question about a certificate, answered by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// Yes.
    Ok,
    /// Not asked.
    Skipped,
    /// No, with the reason.
    Failed(String),
}

impl Judgement {
    /// The question was asked and the answer is no.
    pub fn failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

/// An HTTP answer without its content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HttpFacts {
    /// `1.0`, `1.1` or `2`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The few headers that tell who answered, lower case; never cookies.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Where a redirect leads, without its query. It is never followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Bytes of body that were read, at most 64 KiB.
    #[serde(default)]
    pub body_bytes: u64,
    /// Digest of those bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_sha256: Option<String>,
    /// There was more, or it did not end in time.
    #[serde(default, skip_serializing_if = "is_default")]
    pub body_cut: bool,
    /// Seconds by which the server's clock is ahead of ours, where it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_s: Option<i64>,
    /// The plan's expectation was met, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expectation_met: Option<bool>,
    /// HTTP/2 error code, by its RFC 9113 name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub h2_reason: Option<String>,
}

/// A gRPC answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GrpcFacts {
    /// `grpc-status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u32>,
    /// `grpc-message`, shortened.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// `SERVING`, `NOT_SERVING`, `SERVICE_UNKNOWN`, `UNKNOWN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serving: Option<String>,
}
