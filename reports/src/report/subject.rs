//! One subject: its verdict, its words, its paths.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Confidence, ConfigVerdict, NotMeasured, ObjectRef, Outcome, PathState, SegmentMeasure, SegmentName, Traffic,
    UnknownClass, Verdict,
};

/// What a verdict is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// Service, or a kind of door: Ingress, HTTPRoute, Gateway and others.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// API group of its kind, unless it is one of Kubernetes itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The cluster, when the inputs hold several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The one word: a pure function of `config` and `traffic`.
    pub verdict: Verdict,
    /// What the snapshot shows.
    pub config: ConfigVerdict,
    /// What was measured.
    pub traffic: Traffic,
    /// One sentence for a reader who does not know Kubernetes.
    pub headline: String,
    /// Why, for a reader who does. Empty for an unremarkable subject.
    pub reason: String,
    /// Words of the cluster that stand in these two, between `“` and `”`. They are nobody's instruction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quoted: Vec<String>,
    /// Only with verdict `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_class: Option<UnknownClass>,
    /// Where it breaks, if one place is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<BrokenAt>,
    /// The one thing to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NextStep>,
    /// Every declared way traffic reaches a backend.
    pub paths: Vec<Path>,
    /// Ids of findings of the entries in front of this subject; they do not change its verdict.
    pub entry_problems: Vec<String>,
    /// Ids of findings about this subject, worst first.
    pub findings: Vec<String>,
    /// Ids of the assumptions on which the verdict rests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<String>,
    /// Id of the finding that `headline`, `reason` and `next` speak of, if one does.
    #[serde(rename = "speaker", default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<String>,
    /// What was not checked, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_checked: Vec<UncheckedItem>,
    /// What the measurements of this subject do not prove, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_proved: Vec<UncheckedItem>,
    /// The next strongest test, where measurements leave something open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_test: Option<NextStep>,
    /// Everything that gives it its verdict was accepted beforehand: the gate passes it by.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub excused: bool,
}

/// Something nobody evaluated or measured.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct UncheckedItem {
    /// What: `network policy`, `live traffic`, `TLS certificate of web-tls`.
    pub what: String,
    /// Why not.
    pub why: String,
}

/// Where a subject breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BrokenAt {
    /// The segment.
    pub segment: SegmentName,
    /// The object to look at.
    pub object: ObjectRef,
}

/// The one thing to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NextStep {
    /// In words.
    pub action: String,
    /// One runnable line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// One way traffic is declared to reach a backend port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Path {
    /// Immutable id made of entry, listener, host, match and backend.
    pub id: String,
    /// `Kind/namespace/name` of the object traffic enters by.
    pub entry: String,
    /// Which door of the entry: a listener name, `cluster-ip`, `node-port`, `load-balancer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listener: Option<String>,
    /// The host name asked for; absent for any.
    pub host: Option<String>,
    /// The path or match in the entry's own words; absent where nothing is matched.
    #[serde(rename = "match")]
    pub matches: Option<String>,
    /// Carries nothing on purpose: shown, never counted.
    pub dormant: bool,
    /// Why it is dormant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dormant_reason: Option<String>,
    /// The backend, if the path has one.
    pub backend: Option<Backend>,
    /// The fold of its segments.
    pub config: PathState,
    /// Ids of the assumptions on which it is open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<String>,
    /// What was measured of the whole path.
    pub outcome: Outcome,
    /// How far the measurement speaks for real traffic.
    pub confidence: Option<Confidence>,
    /// One row per vantage that measured it.
    pub by_vantage: Vec<VantageRow>,
    /// What configuration and measurement come to together; only where something was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<PathState>,
    /// Ids of findings about what was measured here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<String>,
    /// Vantages that were to measure it and could not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_measured: Vec<NotMeasured>,
    /// In the order traffic crosses them.
    pub segments: Vec<Segment>,
}

/// The backend of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Backend {
    /// Usually `Service`.
    pub kind: String,
    /// Namespace; absent for a host of a mesh, which is in none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Port number, or its name where only a name is declared.
    pub port: Option<Port>,
}

/// A port by number or by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Port {
    /// 1–65535.
    Number(u16),
    /// An IANA service name.
    Name(String),
}

impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Name(n) => f.write_str(n),
        }
    }
}

/// One stretch of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Segment {
    /// Which stretch.
    pub segment: SegmentName,
    /// Unknown until evidence moves it.
    pub state: PathState,
    /// The object this stretch is about, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
    /// What shows the state, one clause: `3 of 3 addresses ready (EndpointSlices)`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// What real traffic showed here, whoever sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<SegmentMeasure>,
    /// Only declared: a template or manifest says so, and nothing that runs was seen to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub declared: bool,
    /// Ids of findings on this stretch.
    pub findings: Vec<String>,
    /// Ids of what was not read and may be in the way here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<String>,
}

/// What one vantage saw of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VantageRow {
    /// `in-cluster`, `local`, `apiserver`.
    pub vantage: String,
    /// `data` or `apiserver`.
    pub via: String,
    /// As whom.
    pub source: String,
    /// What happened.
    pub outcome: Outcome,
    /// How far it speaks for real traffic.
    pub confidence: Option<Confidence>,
    /// In words.
    pub evidence: String,
    /// `dns`, `tcp`, `tls`, `http`, `grpc`, `udp`.
    pub failed_layer: Option<String>,
    /// Where it breaks, if that was localized.
    pub failed_segment: Option<SegmentName>,
    /// When (RFC 3339), of the newest measurement of this row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The segments this row speaks of: of an answer those it proves, of a failure those it crossed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentName>,
}
