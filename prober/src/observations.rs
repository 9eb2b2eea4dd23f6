//! `kubereach/observations/v1`: what was measured, by whom, from where.

use std::collections::BTreeMap;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::document::{self, is_default};
use crate::error::DocumentError;
use crate::layer::Layer;
use crate::plan::{Limits, Plan, Span};
use crate::words::{Cap, Confidence, LayerName, Outcome, Purpose, VantageKind};

/// The schema name every observations document carries.
pub const OBSERVATIONS_SCHEMA: &str = "kubereach/observations/v1";

/// The label by which the objects of one run are found in a cluster; no client has it.
pub const RUN_LABEL: &str = "kubereach.dev/run";

/// One run of one plan from one vantage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Observations {
    /// Always [`OBSERVATIONS_SCHEMA`].
    pub schema: String,
    /// Digest of the plan that was run, or that it was a part of ([`crate::Plan::answers_for`]).
    #[serde(default)]
    pub plan: String,
    /// Digest of the snapshot that plan was derived from; empty for a plan written by hand.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub snapshot: String,
    /// The run the plan names, or the prober.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The program that measured.
    pub prober: Prober,
    /// Where, and as whom.
    pub vantage: Vantage,
    /// RFC 3339.
    pub started_at: String,
    /// RFC 3339.
    pub finished_at: String,
    /// The limits that applied, so that a reader sees what was not done.
    #[serde(default)]
    pub limits: Limits,
    /// The run was ended from outside, or by its own limit, before every target was measured.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cut_short: bool,
    /// One row per target of the plan, in its order.
    pub results: Vec<ResultRow>,
}

/// The program that measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Prober {
    /// Semantic version.
    pub version: String,
}

/// Where a measurement was made, and as whom. What is not known stays empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Vantage {
    /// From a pod, from a machine, or relayed.
    pub kind: VantageKind,
    /// Namespace of the pod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Name of the pod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// Node of the pod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Labels of the pod: its identity for network policies.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Service account of the pod: its identity for a mesh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
    /// The pod runs in its node's network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_network: Option<bool>,
    /// A proxy in the pod takes its connections: with one, a TCP connection proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sidecar: Option<String>,
    /// The resolver's configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolver: Option<Resolver>,
}

impl Vantage {
    /// A vantage of which only the kind is known.
    pub fn new(kind: VantageKind) -> Self {
        Self {
            kind,
            namespace: None,
            pod: None,
            node: None,
            labels: BTreeMap::new(),
            service_account: None,
            host_network: None,
            sidecar: None,
            resolver: None,
        }
    }

    /// How far its measurements speak for real traffic.
    pub const fn confidence(&self) -> Confidence {
        match self.kind {
            VantageKind::InCluster | VantageKind::Local => Confidence::Real,
            VantageKind::Apiserver => Confidence::Indirect,
        }
    }
}

/// What `resolv.conf` said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resolver {
    /// At most three are used.
    pub nameservers: Vec<IpAddr>,
    /// Search list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search: Vec<String>,
    /// Dots a name needs to be tried as it is first.
    pub ndots: u32,
}

/// What became of one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultRow {
    /// The id of the plan's target.
    pub target: String,
    /// Its `dial`, where the path has several.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dial: String,
    /// Further paths it speaks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What a pass proves.
    pub span: Span,
    /// Measures a path, or is a control.
    #[serde(default, skip_serializing_if = "is_default")]
    pub purpose: Purpose,
    /// The request was a guess: the answer never proves the path.
    #[serde(default, skip_serializing_if = "is_default")]
    pub guessed: bool,
    /// The layers of the attempt that decided.
    #[serde(default)]
    pub layers: Vec<Layer>,
    /// What it came to.
    pub outcome: Outcome,
    /// Why, in words.
    #[serde(default)]
    pub reason: String,
    /// The class that decided.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub class: String,
    /// The layer that failed, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_layer: Option<LayerName>,
    /// The worst that may be concluded of this failure.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cap: Cap,
    /// Every cause that fits; one cause only where one alone fits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// Attempts made, each on a new connection.
    #[serde(default)]
    pub tried: u32,
    /// Attempts that came to `verified` or `reached`. Less than `tried`: it is flaky, not well.
    #[serde(default)]
    pub answered: u32,
    /// The other attempts, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Attempt>,
    /// RFC 3339, of the first attempt.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// A line that asks the same by hand.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub command: String,
}

/// One attempt that did not decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// Milliseconds after the run began.
    pub at_ms: u64,
    /// What it came to.
    pub outcome: Outcome,
    /// The class that decided.
    pub class: String,
    /// `again` after a failure, `sample`, or the protocol that was tried instead: `as http`.
    pub why: String,
    /// What happened.
    #[serde(default)]
    pub layers: Vec<Layer>,
}

/// A document that was read, with the rows that were not.
#[derive(Debug)]
pub struct Read {
    /// What could be read.
    pub observations: Observations,
    /// Rows in a shape this program does not know, in words. They touch nothing.
    pub problems: Vec<String>,
}

impl Observations {
    /// What a run of `plan` came to, made by this program and not cut short. What is said of the plan is what a
    /// reader finds it by.
    pub fn of(plan: &Plan, vantage: Vantage, started_at: String, finished_at: String, results: Vec<ResultRow>) -> Self {
        Self {
            schema: OBSERVATIONS_SCHEMA.to_owned(),
            plan: plan.answers_for().unwrap_or_default(),
            snapshot: plan.snapshot.clone(),
            run: plan.run.clone(),
            prober: Prober { version: env!("CARGO_PKG_VERSION").to_owned() },
            vantage,
            started_at,
            finished_at,
            limits: plan.limits,
            cut_short: false,
            results,
        }
    }

    /// Read observations. They are data from elsewhere: an unknown schema is refused, unknown
    /// fields are ignored, and a row that does not read is set aside and named.
    pub fn parse(json: &[u8]) -> Result<Read, DocumentError> {
        const WHAT: &str = "observations";
        let Loose { mut head, results } = document::read(json, WHAT, OBSERVATIONS_SCHEMA)?;
        let malformed = |source| DocumentError::Malformed { what: WHAT, expected: OBSERVATIONS_SCHEMA, source };
        head.insert("results".to_owned(), serde_json::Value::Array(Vec::new()));
        let mut observations: Self = serde_json::from_value(serde_json::Value::Object(head)).map_err(malformed)?;
        let mut problems = Vec::new();
        for (index, row) in results.into_iter().enumerate() {
            match serde_json::from_value::<ResultRow>(row) {
                Ok(row) => observations.results.push(row),
                Err(error) => problems
                    .push(format!("results[{index}] does not read: {}", crate::error::shortened(&error.to_string()))),
            }
        }
        Ok(Read { observations, problems })
    }

    /// The digest of the document, for telling two files apart.
    pub fn digest(&self) -> Result<String, serde_json::Error> {
        canonical::digest(self)
    }
}

/// A document whose rows are not looked at yet.
#[derive(Deserialize)]
struct Loose {
    results: Vec<serde_json::Value>,
    #[serde(flatten)]
    head: serde_json::Map<String, serde_json::Value>,
}
