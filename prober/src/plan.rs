//! `kubereach/plan/v1`: what to measure, and within which limits.

use std::collections::BTreeMap;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::document::{self, is_default};
use crate::error::DocumentError;
use crate::words::{HttpVersion, Method, Protocol, Purpose, RecordType, RelayedResource, Segment, VantageKind};

/// The schema name every plan carries.
pub const PLAN_SCHEMA: &str = "kubereach/plan/v1";

/// What to measure. Targets name every address and request explicitly: nothing outside of the plan
/// is ever dialled. A plan carries no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Always [`PLAN_SCHEMA`].
    pub schema: String,
    /// Digest of the snapshot the plan was derived from; empty for a plan written by hand.
    #[serde(default)]
    pub snapshot: String,
    /// Names one run: a Job may start its program twice, and what carries the same word is one run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Time and parallelism.
    #[serde(default)]
    pub limits: Limits,
    /// Certificate authorities to trust besides the public ones, each one PEM text. Certificates
    /// are public; keys have no place here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roots: Vec<String>,
    /// Set where this is a part of a larger plan: observations then name the larger one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// The dials, in the order in which their rows are printed.
    pub targets: Vec<Target>,
    /// What was not planned, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// Which plan a part was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// Digest of the whole plan.
    pub of: String,
    /// Which part, from 1.
    pub number: u32,
    /// How many parts there are.
    pub count: u32,
}

/// A dial that is not in the plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// The path it would have spoken for.
    pub id: String,
    /// Which dial: `front-door`, `service`, …; empty for every dial of the path.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dial: String,
    /// Why, in words.
    pub why: String,
}

/// Limits of a run. A layer's own limit is never longer than `timeout_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Limits {
    /// Milliseconds until the first byte of an answer. A TCP handshake repeats a lost packet after
    /// about one second and again after three: less than 4000 takes loss for silence.
    pub timeout_ms: u64,
    /// Milliseconds for the whole run; what was not begun by then is *not tested*.
    pub total_ms: u64,
    /// Targets measured at the same time. One address never gets more than one handshake at once.
    pub parallel: u32,
    /// Milliseconds for one DNS attempt at one server.
    pub dns_ms: u64,
    /// Milliseconds for one connection attempt.
    pub connect_ms: u64,
    /// Milliseconds for a TLS handshake.
    pub tls_ms: u64,
    /// Milliseconds to wait before the first dial: rules for a new pod are programmed late.
    pub settle_ms: u64,
    /// Milliseconds before a failed target is tried once more.
    pub retry_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout_ms: 10_000,
            total_ms: 100_000,
            parallel: 8,
            dns_ms: 5_000,
            connect_ms: 4_000,
            tls_ms: 5_000,
            settle_ms: 0,
            retry_ms: 1_000,
        }
    }
}

impl Limits {
    /// Time for a run of this many targets: a hundred seconds, and more where targets are many, so that a plan of
    /// silent addresses still comes to its end. Network plugins program rules for a new pod late: the run waits
    /// before its first dial.
    #[must_use]
    pub fn for_targets(targets: usize) -> Self {
        const PER_TARGET_MS: u64 = 1_250;
        const LONGEST_MS: u64 = 30 * 60 * 1000;
        let by_size = PER_TARGET_MS.saturating_mul(u64::try_from(targets).unwrap_or(u64::MAX));
        let default = Self::default();
        Self { total_ms: by_size.clamp(default.total_ms, LONGEST_MS), settle_ms: 3_000, ..default }
    }
}

/// From which segment to which segment of a path a dial speaks, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// The first segment the dial crosses.
    pub from: Segment,
    /// The last segment the dial crosses.
    pub to: Segment,
}

impl Span {
    /// A span from `from` to `to`.
    pub const fn new(from: Segment, to: Segment) -> Self {
        Self { from, to }
    }

    /// The segments of the span in the order traffic crosses them; none if it is the wrong way round.
    pub fn segments(self) -> impl Iterator<Item = Segment> {
        Segment::ALL.iter().copied().filter(move |s| *s >= self.from && *s <= self.to)
    }

    /// `segment` lies within.
    pub fn contains(self, segment: Segment) -> bool {
        segment >= self.from && segment <= self.to
    }
}

/// One dial. It has an `address`, or a `name` to resolve, or (for a question to one DNS server) both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The path this dial speaks for, or a name of its own for a control.
    pub id: String,
    /// Tells apart the dials of one path: `front-door`, `service`, `endpoint/10.0.0.7`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dial: String,
    /// Further paths that this very dial speaks for, with the same span.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What a pass proves.
    pub span: Span,
    /// Measures a path, or is a control.
    #[serde(default, skip_serializing_if = "is_default")]
    pub purpose: Purpose,
    /// From where the dial makes sense; empty for anywhere. Elsewhere it is *not tested*.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vantages: Vec<VantageKind>,
    /// The address to dial, or the DNS server to ask. Only the plain spelling of an address is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// The name to resolve, through the search list as a pod's resolver would. A trailing dot makes
    /// it absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The port to dial; the protocol's own if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How to speak.
    pub protocol: Protocol,
    /// The protocol is a guess: a failure above TCP is then no statement about the target.
    #[serde(default, skip_serializing_if = "is_default")]
    pub protocol_assumed: bool,
    /// Host asked for, as it is sent; the name or address if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Server name of the handshake; `host` without its port if absent. An address is never sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sni: Option<String>,
    /// Further names that the certificate should cover; judged, and not held against the target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tls_names: Vec<String>,
    /// Clients of this stretch verify the certificate. Ingress controllers mostly do not verify the
    /// backend's.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub verify: bool,
    /// Request method.
    #[serde(default, skip_serializing_if = "is_default")]
    pub method: Method,
    /// Request target, sent byte for byte; `/` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Headers that a rule matches on. Credentials and what frames a message are never sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Which HTTP.
    #[serde(default, skip_serializing_if = "is_default")]
    pub http: HttpVersion,
    /// Service name for the gRPC health check; empty asks for the server as a whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grpc_service: String,
    /// The name to ask for, for protocol `udp` (a DNS server behind a Service).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// What to ask DNS for; addresses of both families if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<RecordType>,
    /// New connections to make, 1 to 10. Only that many answers are claimed, never every endpoint.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub samples: u8,
    /// What counts as success, where that is not any 2xx.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expect>,
    /// The request is a guess (pattern path, wildcard host): its answer never proves the path.
    #[serde(default, skip_serializing_if = "is_default")]
    pub guessed: bool,
    /// Which unknown the dial would settle, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub settles: String,
    /// Why this address was chosen: `ClusterIP`, `status address`, `pod not ready`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub chosen: String,
    /// How the API server can be asked to relay the request. Absent where it cannot: it relays to no
    /// Service without a selector, by design, and to no address that is not a pod's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Relay>,
}

/// The object behind an address, by the name under which the API server relays requests to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Relay {
    /// `services` or `pods`.
    pub resource: RelayedResource,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Number or name of a Service's port, number of a pod's.
    pub port: String,
}

/// A declared success.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expect {
    /// One status, or several of which any will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ExpectedStatus>,
    /// Text that the first 64 KiB of the body hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_contains: Option<String>,
}

/// Expected HTTP status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ExpectedStatus {
    /// Exactly this.
    One(u16),
    /// Any of these.
    Any(Vec<u16>),
}

impl ExpectedStatus {
    /// `status` is expected.
    pub fn accepts(&self, status: u16) -> bool {
        match self {
            Self::One(wanted) => *wanted == status,
            Self::Any(wanted) => wanted.contains(&status),
        }
    }
}

impl Plan {
    /// A plan without targets.
    pub fn new(snapshot: impl Into<String>) -> Self {
        Self {
            schema: PLAN_SCHEMA.to_owned(),
            snapshot: snapshot.into(),
            run: None,
            limits: Limits::default(),
            roots: Vec::new(),
            part: None,
            targets: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Read a plan. Unknown fields are ignored; an unknown schema is refused before anything else.
    pub fn parse(json: &[u8]) -> Result<Self, DocumentError> {
        document::read(json, "plan", PLAN_SCHEMA)
    }

    /// The digest observations carry: of the whole plan where this is a part of one.
    pub fn answers_for(&self) -> Result<String, serde_json::Error> {
        self.part.as_ref().map_or_else(|| self.digest(), |part| Ok(part.of.clone()))
    }

    /// Two plans that ask the same have the same digest, however they are spelled.
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        canonical::digest(self)
    }
}

impl Target {
    /// A dial of `protocol` that speaks for `span` of the path `id`, with everything else at its
    /// default. It needs an address or a name to be of use.
    pub fn new(id: impl Into<String>, span: Span, protocol: Protocol) -> Self {
        Self {
            id: id.into(),
            dial: String::new(),
            also: Vec::new(),
            span,
            purpose: Purpose::Path,
            vantages: Vec::new(),
            address: None,
            name: None,
            port: None,
            protocol,
            protocol_assumed: false,
            host: None,
            sni: None,
            tls_names: Vec::new(),
            verify: true,
            method: Method::Get,
            path: None,
            headers: BTreeMap::new(),
            http: HttpVersion::Auto,
            grpc_service: String::new(),
            query: None,
            records: Vec::new(),
            samples: 1,
            expect: None,
            guessed: false,
            settles: String::new(),
            chosen: String::new(),
            relay: None,
        }
    }
}

// Defaults that are not their type's own.
fn yes() -> bool {
    true
}
fn one() -> u8 {
    1
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde calls")]
fn is_true(value: &bool) -> bool {
    *value
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde calls")]
fn is_one(value: &u8) -> bool {
    *value == 1
}
