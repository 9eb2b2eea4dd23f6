//! What happens to plain requests, for whoever asks on the HTML page. It is no part of the JSON report: `kubereach
//! request` answers there, and any request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Hosts and paths of a cluster with what a request for them gets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    /// Every declared path of every door, by host and match.
    pub rows: Vec<RoutingRow>,
    /// So many more are there.
    pub rows_left_out: usize,
    /// Hosts; `*.shop.example` stands for one label more, `**.shop.example` for two or more.
    pub hosts: BTreeMap<String, RoutingHost>,
    /// So many more are there.
    pub hosts_left_out: usize,
    /// Each answer once.
    pub answers: Vec<RoutingAnswer>,
}

/// One declared path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingRow {
    /// The host; none for any.
    pub host: Option<String>,
    /// What it takes; none for everything.
    pub matches: Option<String>,
    /// Where it leads; none where the rule answers by itself.
    pub backend: Option<String>,
    /// `open`, `narrowed`, `blocked`, `unknown`, or `resting` where it carries nothing.
    pub state: String,
    /// Whose rule it is.
    pub route: String,
}

/// A host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingHost {
    /// Why its paths are not here: `pattern` or `many`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// Rules look at more than the path: what stands here is for a `GET` without further headers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Of plain requests.
    pub http: Vec<RoutingPath>,
    /// Of requests over TLS.
    pub https: Vec<RoutingPath>,
}

/// A path at which the answer changes. The longest one with which a request's path begins counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingPath {
    /// The path.
    pub path: String,
    /// The answer for it, for what follows behind a slash, and for what goes on without one.
    pub answers: [usize; 3],
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoutingAnswer {
    /// `backend`, `redirect`, `response`, `refused` or `unknown`.
    pub word: String,
    /// In one line; for a redirect without its place.
    pub line: String,
    /// Where a client is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<RoutingTo>,
    /// Door, rule, reasons.
    pub notes: Vec<String>,
}

/// Where a client is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoutingTo {
    /// The status of the answer.
    pub status: u16,
    /// `https`.
    pub scheme: String,
    /// The host; none for that of the request.
    pub host: Option<String>,
    /// The port, where it is not the usual one.
    pub port: Option<u16>,
    /// The path.
    pub path: ToPath,
}

/// The path of a redirect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToPath {
    /// That of the request.
    Same,
    /// This one.
    Is(String),
    /// This, and then what follows in the request behind the path of the table.
    Before(String),
}
