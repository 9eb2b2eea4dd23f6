//! The shapes of questions and answers, as `kubereach request --queries` reads and prints them.

use std::collections::BTreeMap;

use kubereach_reports::report::{Assumption, ObjectRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One line of a query file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Echoed.
    pub id: Value,
    /// `https://shop.example/cart`; or the parts below.
    pub url: Option<String>,
    /// `http`, `https`, `grpc`, `tls`, `tcp` or `udp`.
    pub protocol: Option<String>,
    /// `NAMESPACE/NAME` of the Gateway that is asked; then what its specs say is the answer.
    pub gateway: Option<String>,
    /// The port; the usual one if missing.
    pub port: Option<u16>,
    /// The host.
    pub host: Option<String>,
    /// `GET` if missing.
    pub method: Option<String>,
    /// Path and query.
    pub path: Option<String>,
    /// By name; a list for several of one name.
    pub headers: Option<BTreeMap<String, Value>>,
    /// The name in the TLS handshake, where it is not the host.
    pub server_name: Option<String>,
    /// A gRPC call.
    pub grpc: Option<Call>,
    /// Who asks; `external` if missing.
    pub from: Option<String>,
    /// Only this door: `KIND/NAME` or `NAMESPACE/KIND/NAME`.
    pub to: Option<String>,
}

/// A gRPC call.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Call {
    /// The service.
    pub service: Option<String>,
    /// The method.
    pub method: Option<String>,
}

/// What the client gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// An application answers.
    Backend,
    /// It is sent elsewhere.
    Redirect,
    /// The door answers by itself.
    Response,
    /// No listener, no connection, no TLS.
    Refused,
    /// It cannot be told.
    Unknown,
}

impl Word {
    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Backend => "backend",
            Self::Redirect => "redirect",
            Self::Response => "response",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

/// Where a rule leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackendRow {
    /// `Service`, …
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its port.
    pub port: Option<Value>,
    /// Its share, in proportion to the others'.
    pub weight: i64,
    /// `open`, `narrowed`, `blocked` or `unknown`: the way to it.
    pub config: &'static str,
    /// Ready pods behind it, the first of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pods: Vec<String>,
}

/// Where a client is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RedirectRow {
    /// `http` or `https`.
    pub scheme: String,
    /// The host; `null` where the request named none.
    pub host: Option<String>,
    /// The port.
    pub port: u16,
    /// The path.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Because {
    /// For a person.
    pub text: String,
    /// The stretch of the way that it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<&'static str>,
    /// The code of the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// The object that it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
}

impl Because {
    /// In words alone.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), segment: None, code: None, object: None }
    }
}

/// A rule that was considered (`--explain`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateRow {
    /// Whose rule.
    pub route: String,
    /// Which, counted from zero.
    pub rule: Option<usize>,
    /// Host and match.
    pub matches: String,
    /// What became of it.
    pub why: String,
}

/// One line of the answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The query's.
    pub id: Value,
    /// What the client gets.
    pub answer: Word,
    /// The statuses it may get from the door; an application's own are not known.
    pub status: Vec<u16>,
    /// The applications that answer, with their shares.
    pub backends: Vec<BackendRow>,
    /// Where it is sent.
    pub redirect: Option<RedirectRow>,
    /// The door that takes it.
    pub door: Option<String>,
    /// The object whose rule takes it.
    pub route: Option<String>,
    /// Which rule, counted from zero.
    pub rule: Option<usize>,
    /// The verdict on that object.
    pub verdict: Option<&'static str>,
    /// Why.
    pub because: Vec<Because>,
    /// What is changed on the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<String>,
    /// What it rests on beside the snapshot.
    pub assumptions: Vec<Assumption>,
    /// Every rule that was considered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub considered: Vec<CandidateRow>,
}

impl Answer {
    /// Without anything but the word and why.
    pub fn bare(answer: Word, because: impl Into<String>) -> Self {
        Self {
            id: Value::Null,
            answer,
            status: Vec::new(),
            backends: Vec::new(),
            redirect: None,
            door: None,
            route: None,
            rule: None,
            verdict: None,
            because: vec![Because::plain(because)],
            changes: Vec::new(),
            assumptions: Vec::new(),
            considered: Vec::new(),
        }
    }

    /// Do two answers promise the client the same?
    pub fn is_like(&self, other: &Self) -> bool {
        self.answer == other.answer
            && self.status == other.status
            && self.redirect == other.redirect
            && self.backends == other.backends
    }
}
