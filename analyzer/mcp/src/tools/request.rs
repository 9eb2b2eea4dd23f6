//! `request`: what happens to a request.

use std::collections::BTreeMap;

use kubereach_engine::evaluate::Cluster;
use kubereach_engine::request::{self as engine, BackendRow, Call, Ended, Hop, Query, RedirectRow, Requests, Word};
use kubereach_reports::report::ObjectRef;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Answer, Desk, Does, Entry, parse};
use crate::fit::Truncated;
use crate::schema;
use crate::view::{AssumptionRow, few};

pub(crate) const TOOL: Entry = Entry {
    name: "request",
    title: "What happens to a request",
    about: "Follows one request through the configuration; nothing is sent. Which door takes it, which route and rule win and why \
            others lose (explain), redirects followed, backends with their shares, and what the client gets: backend (an application \
            answers), redirect, response (the door answers by itself, with which status), refused, or unknown with the reason.",
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
    /// What a client asks for: <https://shop.example/cart>. Also grpc, tls, tcp and udp; a published address, a Service's
    /// name (cart.shop.svc:8080) or a `ClusterIP` as the host
    url: String,
    /// GET if not given
    method: Option<String>,
    /// By name
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// For a gRPC call: SERVICE/METHOD
    grpc: Option<String>,
    /// Who asks: NAMESPACE/POD, NAMESPACE/deployment/NAME, an address, or external (if not given)
    from: Option<String>,
    /// Only this door: NAMESPACE/KIND/NAME
    to: Option<String>,
    /// Do not follow redirects
    #[serde(default)]
    no_follow: bool,
    /// Also name the rules that lose, and why
    #[serde(default)]
    explain: bool,
    /// Only where the source holds several clusters
    cluster: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Output {
    source: String,
    /// answered, loop, or too-many (redirects)
    ended: &'static str,
    /// The requests of a redirect loop
    #[serde(rename = "loop", skip_serializing_if = "Vec::is_empty")]
    members: Vec<String>,
    /// One for each request that was followed and each door that may take it
    hops: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

#[derive(Serialize, JsonSchema)]
struct Row {
    request: String,
    /// backend, redirect, response, refused or unknown
    answer: &'static str,
    /// Statuses that the door may answer; an application's own are not known
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status: Vec<u16>,
    /// The object that takes it
    #[serde(skip_serializing_if = "Option::is_none")]
    door: Option<String>,
    /// The object whose rule wins
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<String>,
    /// Which rule, from 0
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<usize>,
    /// The verdict on the route's object
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    /// The first ten
    #[serde(skip_serializing_if = "Vec::is_empty")]
    backends: Vec<Backend>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_to: Option<String>,
    /// Why
    because: Vec<Because>,
    /// What is changed on the way
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<String>,
    /// Rules that lose; the first ten
    #[serde(skip_serializing_if = "Vec::is_empty")]
    considered: Vec<Loser>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assumptions: Vec<AssumptionRow>,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Backend {
    kind: String,
    namespace: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<String>,
    /// Its share is this part of all weights
    weight: i64,
    /// The way to it: open, narrowed, blocked or unknown
    config: &'static str,
    /// Ready pods behind it, the first of them
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pods: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Because {
    says: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<ObjectRef>,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Loser {
    route: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<usize>,
    #[serde(rename = "match")]
    matches: String,
    why: String,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

fn run(desk: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let ask: Input = parse(arguments)?;
    let (source, loaded) = desk.loaded(ask.source.as_deref())?;
    let cluster = Cluster::new(loaded.cluster(ask.cluster.as_deref())?);
    let requests = Requests::new(&cluster);
    let grpc = ask.grpc.as_deref().map(|call| match call.split_once('/') {
        Some((service, method)) if !service.is_empty() && !method.is_empty() => {
            Ok(Call { service: Some(service.to_owned()), method: Some(method.to_owned()) })
        }
        _ => Err(format!("grpc: '{call}' is not SERVICE/METHOD")),
    });
    let headers = ask.headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), Value::String(value)));
    let query = Query {
        url: Some(ask.url),
        method: ask.method,
        headers: Some(headers.collect()),
        grpc: grpc.transpose()?,
        from: ask.from,
        to: ask.to,
        ..Query::default()
    };
    let journey = requests.journey(&query, !ask.no_follow)?;
    let (ended, members) = match journey.ended {
        Ended::Answered => ("answered", Vec::new()),
        Ended::Loop { members } => ("loop", members),
        Ended::TooMany => ("too-many", Vec::new()),
    };
    let hops = journey.hops.iter().flat_map(|hop| hop.answers.iter().map(|answer| row(hop, answer, ask.explain)));
    let output =
        Output { source: source.id.clone(), ended, members: few(&members), hops: hops.collect(), truncated: None };
    Answer::new(&output, &["hops"], &loaded)
}

fn row(hop: &Hop, answer: &engine::Answer, explain: bool) -> Row {
    let considered = answer.considered.iter().filter(|_| explain).take(crate::view::FEW);
    Row {
        request: hop.request.clone(),
        answer: answer.answer.word(),
        status: answer.status.clone(),
        door: answer.door.clone(),
        route: answer.route.clone(),
        rule: answer.rule,
        verdict: answer.verdict,
        backends: answer.backends.iter().take(crate::view::FEW).map(backend).collect(),
        redirect_to: answer.redirect.as_ref().filter(|_| answer.answer == Word::Redirect).map(RedirectRow::location),
        because: answer
            .because
            .iter()
            .filter(|because| !because.text.is_empty())
            .take(crate::view::FEW)
            .map(|because| Because {
                says: because.text.clone(),
                segment: because.segment,
                code: because.code,
                object: because.object.clone(),
                quoted: Vec::new(),
            })
            .collect(),
        changes: few(&answer.changes),
        considered: considered
            .map(|loser| Loser {
                route: loser.route.clone(),
                rule: loser.rule,
                matches: loser.matches.clone(),
                why: loser.why.clone(),
                quoted: Vec::new(),
            })
            .collect(),
        assumptions: answer.assumptions.iter().take(crate::view::FEW).map(AssumptionRow::from).collect(),
        quoted: Vec::new(),
    }
}

fn backend(row: &BackendRow) -> Backend {
    Backend {
        kind: row.kind.clone(),
        namespace: row.namespace.clone(),
        name: row.name.clone(),
        port: row.port.as_ref().map(|port| port.as_str().map_or_else(|| port.to_string(), ToOwned::to_owned)),
        weight: row.weight,
        config: row.config,
        pods: few(&row.pods),
    }
}
