//! `can_reach`: may one connect to the other?

use kubereach_engine::evaluate::Cluster;
use kubereach_engine::policy::{Protocol, Request};
use kubereach_engine::question::{self as engine, Answers, Finder, split_port};
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Desk, Does, Entry, parse};
use crate::fit::Truncated;
use crate::schema;
use crate::view::{AssumptionRow, FEW, few};

pub(crate) const TOOL: Entry = Entry {
    name: "can_reach",
    title: "May one connect to the other",
    about: "Do network policies (and mesh authorization) let a source connect to a destination? One row for each pair of groups of \
            pods that policies treat alike: allowed, denied, partly (depends on the port) or unknown, with the policies that decide \
            and what is missing. It speaks of policies only: diagnose says whether anything answers there.",
    does: Does::Answers,
    paged: true,
    input: schema::input::<Input>,
    output: schema::output::<Output>,
    run,
    asks: None,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Id of a source; the first if not given
    source: Option<String>,
    /// deployment/NAME or another workload, pod/NAME, an IP address, or external; NAMESPACE/ may stand before it
    from: String,
    /// The same, or service/NAME; with :PORT behind it where one port is meant
    to: String,
    /// Namespace of names without one; default if not given
    namespace: Option<String>,
    /// TCP, UDP or SCTP
    protocol: Option<String>,
    /// Of the HTTP request, for policies that look into it
    method: Option<String>,
    /// Of the HTTP request
    path: Option<String>,
    /// Of the HTTP request
    host: Option<String>,
    /// The identity that the client proves in the mesh
    principal: Option<String>,
    /// Only where the source holds several clusters
    cluster: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Output {
    source: String,
    rows: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

#[derive(Serialize, JsonSchema)]
struct Row {
    from: String,
    /// Pods that the row speaks for: the first ten
    from_all: Vec<String>,
    from_total: usize,
    to: String,
    to_all: Vec<String>,
    to_total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    /// allowed, denied, partly or unknown
    answer: &'static str,
    /// Into the destination
    ingress: &'static str,
    /// Out of the source
    egress: &'static str,
    /// Where no port was asked for
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ports: Vec<Ports>,
    /// Where one end is external
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<Addresses>,
    /// What decides, or what is missing; the first ten
    because: Vec<Because>,
    /// Rules that nearly let through what is denied, with what to change
    #[serde(skip_serializing_if = "Vec::is_empty")]
    near: Vec<Because>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assumptions: Vec<AssumptionRow>,
}

#[derive(Serialize, JsonSchema)]
struct Ports {
    protocol: &'static str,
    /// all, none, or runs such as 1-79, 81-65535
    allowed: String,
    denied: String,
    unknown: String,
}

#[derive(Serialize, JsonSchema)]
struct Addresses {
    family: &'static str,
    /// The first ten ranges
    allowed: Vec<String>,
    denied: Vec<String>,
    unknown: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Because {
    direction: &'static str,
    /// The policy, where one decides
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    does: &'static str,
    /// Which rule, from 0
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<usize>,
    says: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

fn run(desk: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let ask: Input = parse(arguments)?;
    let (source, loaded) = desk.loaded(ask.source.as_deref())?;
    let cluster = Cluster::new(loaded.cluster(ask.cluster.as_deref())?);
    let protocol = match ask.protocol.as_deref().map(str::to_ascii_uppercase) {
        None => None,
        Some(word) => {
            Some(Protocol::of(&word).ok_or_else(|| format!("protocol: '{word}' is none of TCP, UDP and SCTP"))?)
        }
    };
    let namespace = ask.namespace.as_deref().unwrap_or("default");
    let view = cluster.policies();
    let finder = Finder::new(view, &cluster);
    let from = finder.source(&ask.from, namespace).map_err(|error| error.to_string())?;
    let (to, port) = split_port(&ask.to);
    let to = finder.destination(to, port, protocol, namespace).map_err(|error| error.to_string())?;
    let request = Request {
        method: ask.method,
        path: ask.path,
        host: ask.host,
        headers: std::collections::BTreeMap::new(),
        principal: ask.principal,
        sni: None,
    };
    let mut rows = Answers::new(view, finder).carrying(request).rows(from, to, protocol, false);
    let mut reasons: Vec<&mut engine::Because> = rows.iter_mut().flat_map(|row| &mut row.because).collect();
    Answers::locate(&mut reasons, loaded.intake.as_ref());
    // What is denied or cannot be told is what is looked for.
    rows.sort_by_key(|row| ["denied", "unknown", "partly"].iter().position(|word| *word == row.answer).unwrap_or(3));
    let output = Output { source: source.id.clone(), rows: rows.iter().map(row).collect(), truncated: None };
    Answer::new(&output, &["rows"], &loaded)
}

fn row(row: &engine::Row) -> Row {
    let ports = row.ports.iter().map(|ports| Ports {
        protocol: ports.protocol,
        allowed: ports.allowed.clone(),
        denied: ports.denied.clone(),
        unknown: ports.unknown.clone(),
    });
    let addresses = row.addresses.iter().map(|addresses| Addresses {
        family: addresses.family,
        allowed: few(&addresses.allowed),
        denied: few(&addresses.denied),
        unknown: few(&addresses.unknown),
    });
    Row {
        from: row.from.clone(),
        from_all: few(&row.from_all),
        from_total: row.from_all.len(),
        to: row.to.clone(),
        to_all: few(&row.to_all),
        to_total: row.to_all.len(),
        protocol: row.protocol,
        port: row.port,
        answer: row.answer,
        ingress: row.ingress,
        egress: row.egress,
        ports: ports.collect(),
        addresses: addresses.collect(),
        because: reasons(&row.because),
        near: reasons(&row.near),
        assumptions: row.assumptions.iter().take(FEW).map(AssumptionRow::from).collect(),
    }
}

fn reasons(all: &[engine::Because]) -> Vec<Because> {
    let reasons = all.iter().take(FEW).map(|because| Because {
        direction: because.direction,
        policy: because.policy.clone(),
        does: because.says,
        rule: because.rule,
        says: because.text.clone(),
        place: because.location.as_ref().map(ToString::to_string),
        quoted: Vec::new(),
    });
    reasons.collect()
}
