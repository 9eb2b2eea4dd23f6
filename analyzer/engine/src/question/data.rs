//! The shapes of answers, as `kubereach can --format json` prints them.

use std::collections::{BTreeMap, HashMap};

use kubereach_reports::report::{Assumption, Location};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::policy::Request;
use kubereach_model::evidence::FieldPath;
use kubereach_model::evidence::Locate;

/// One reason: a policy that decides, or what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Because {
    /// `ingress` or `egress`.
    pub direction: &'static str,
    /// The policy, as `Kind/namespace/name`, where one decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// `admits`, `does-not-admit`, `applies`, `denies`, `passes`, `undecidable`, `not-evaluated`, `not-read`.
    pub says: &'static str,
    /// Which rule, counted from zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<usize>,
    /// What is missing, in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<&'static str>,
    /// For a person.
    pub text: String,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    #[serde(skip)]
    pub(super) place: Option<(u32, FieldPath)>,
}

impl Because {
    /// Fills in where the policy stands, asking for each place once.
    pub fn place_from(&mut self, known: &mut HashMap<(u32, FieldPath), Option<Location>>, positions: &dyn Locate) {
        let Some(place) = &self.place else { return };
        if let Some(location) = known.get(place) {
            self.location.clone_from(location);
            return;
        }
        self.location = positions.locate(std::slice::from_ref(place)).into_iter().next().flatten();
        known.insert(place.clone(), self.location.clone());
    }
}

/// Every policy that was asked (`--explain`): the same shape, also for those that did not decide.
pub type Considered = Because;

/// Ports by answer, where no port was asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Ports {
    /// The protocol.
    pub protocol: &'static str,
    /// `all`, `none` or runs such as `1-79, 81-65535`.
    pub allowed: String,
    /// The same of those that are turned away.
    pub denied: String,
    /// The same of those that cannot be told.
    pub unknown: String,
}

/// The word where some ports are allowed and no port was asked for.
pub const PARTLY: &str = "partly";

/// Addresses outside the cluster by answer, where one end is any of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Addresses {
    /// `IPv4` or `IPv6`.
    pub family: &'static str,
    /// The fewest CIDRs that cover exactly those that are allowed.
    pub allowed: Vec<String>,
    /// The same of those that are turned away.
    pub denied: Vec<String>,
    /// The same of those that cannot be told.
    pub unknown: Vec<String>,
}

/// The answer for pods that policies cannot tell apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Who connects: the first by name.
    pub from: String,
    /// All whom the row speaks for.
    pub from_all: Vec<String>,
    /// To whom.
    pub to: String,
    /// All whom the row speaks for.
    pub to_all: Vec<String>,
    /// The protocol, where a port was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<&'static str>,
    /// The destination's own port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// `allowed`, `denied` or `unknown`; `partly` where no port was asked for and some are allowed.
    pub answer: &'static str,
    /// Into the destination.
    pub ingress: &'static str,
    /// Out of the source.
    pub egress: &'static str,
    /// Ports by answer, where none was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Ports>,
    /// Addresses by answer, where one end is `external` and they are not all alike.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Addresses>,
    /// What decides.
    pub because: Vec<Because>,
    /// On what the answer rests beside the snapshot.
    pub assumptions: Vec<Assumption>,
    /// Every policy that was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub considered: Vec<Considered>,
    /// Rules that nearly let through what is denied, with what to change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<Because>,
    /// The answer under each network plugin (`--portable`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub portable: Vec<Elsewhere>,
}

/// The answer as it would be if certain plugins ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Elsewhere {
    /// Which of them.
    pub plugins: Vec<&'static str>,
    /// As in a row.
    pub answer: &'static str,
}

/// One line of a query file.
#[derive(Debug, Clone, Deserialize)]
pub struct Query {
    /// Echoed.
    #[serde(default)]
    pub id: Value,
    /// `NAMESPACE/POD`, an IP address, `external`, or any words that `can` takes.
    pub from: String,
    /// The same; also a Service.
    pub to: String,
    /// `TCP` if missing.
    #[serde(default)]
    pub protocol: Option<String>,
    /// Number or name.
    #[serde(default)]
    pub port: Option<Value>,
    /// `GET`: what policies of layer 7 may ask of the request.
    #[serde(default)]
    pub method: Option<String>,
    /// Its path.
    #[serde(default)]
    pub path: Option<String>,
    /// Its authority.
    #[serde(default)]
    pub host: Option<String>,
    /// Its headers.
    #[serde(default)]
    pub headers: Option<BTreeMap<String, String>>,
    /// The identity that the client's certificate proves.
    #[serde(default)]
    pub principal: Option<String>,
    /// The server name of the TLS handshake.
    #[serde(default)]
    pub sni: Option<String>,
}

impl Query {
    /// What the connection carries, where the line says something of it.
    pub(super) fn request(&self) -> Option<Request> {
        let request = Request {
            method: self.method.clone(),
            path: self.path.clone(),
            host: self.host.clone(),
            headers: BTreeMap::new(),
            principal: self.principal.clone(),
            sni: self.sni.clone(),
        };
        let request = request.with_headers(self.headers.clone().into_iter().flatten());
        Some(request).filter(|request| !request.is_empty())
    }
}

/// One line of the answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryAnswer {
    /// The query's.
    pub id: Value,
    /// `allowed`, `denied` or `unknown`.
    pub answer: &'static str,
    /// Into the destination.
    pub ingress: &'static str,
    /// Out of the source.
    pub egress: &'static str,
    /// What decides, or why it cannot be told.
    pub because: Vec<Because>,
    /// On what the answer rests beside the snapshot.
    pub assumptions: Vec<Assumption>,
}

/// A whole matrix, by groups of pods that policies cannot tell apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The groups: the first member's name speaks for all.
    pub groups: Vec<Vec<String>>,
    /// One row per pair of groups.
    pub rows: Vec<MatrixRow>,
    /// On what the answers rest beside the snapshot.
    pub assumptions: Vec<Assumption>,
}

/// One pair of groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// Who connects.
    pub from: String,
    /// How many pods that is.
    pub from_count: usize,
    /// To whom.
    pub to: String,
    /// How many pods that is.
    pub to_count: usize,
    /// The protocol and port, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// For one port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<&'static str>,
    /// For all ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Ports>,
    /// What decides, where it was asked for (`--explain`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
}
