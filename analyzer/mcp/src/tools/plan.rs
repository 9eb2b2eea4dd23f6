//! `plan`: what could be measured.

use kubereach_engine::plan::MOST;
use kubereach_engine::plan_snapshot;
use kubereach_prober::plan::Target;
use kubereach_prober::words::Purpose;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Desk, Does, Entry, filter, parse};
use crate::fit::Truncated;
use crate::schema;

pub(crate) const TOOL: Entry = Entry {
    name: "plan",
    title: "What could be measured, and what it would settle",
    about: "The dials that would settle what the configuration leaves open: address, port, protocol, host, from where, and which \
            unknown each settles; then what cannot be measured and why. Nothing is sent.",
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
    /// Only subjects of these namespaces
    #[serde(default)]
    namespaces: Vec<String>,
    /// Only these kinds
    #[serde(default)]
    kinds: Vec<String>,
    /// Only these names
    #[serde(default)]
    names: Vec<String>,
    /// Only where the source holds several clusters
    cluster: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Output {
    source: String,
    /// Dials with the controls
    targets: Vec<Row>,
    left_out: Vec<LeftOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

#[derive(Serialize, JsonSchema)]
struct Row {
    /// The path it speaks for
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    dial: String,
    protocol: &'static str,
    /// Address or name
    to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// The stretch that a pass proves
    proves: String,
    /// A control: it shows what an answer of nobody looks like
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    control: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    settles: String,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct LeftOut {
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    dial: String,
    why: String,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

fn run(desk: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let ask: Input = parse(arguments)?;
    let filter = filter(ask.namespaces, &ask.kinds, ask.names)?;
    let (source, loaded) = desk.loaded(ask.source.as_deref())?;
    let plan = plan_snapshot(loaded.cluster(ask.cluster.as_deref())?, &filter, Some(MOST));
    let output = Output {
        source: source.id.clone(),
        targets: plan.targets.iter().map(row).collect(),
        left_out: plan
            .left_out
            .into_iter()
            .map(|left| LeftOut { id: left.id, dial: left.dial, why: left.why, quoted: Vec::new() })
            .collect(),
        truncated: None,
    };
    Answer::new(&output, &["targets", "left_out"], &loaded)
}

fn row(target: &Target) -> Row {
    let address = target.address.map(|address| address.to_string());
    Row {
        id: target.id.clone(),
        dial: target.dial.clone(),
        protocol: target.protocol.word(),
        to: address.or_else(|| target.name.clone()).unwrap_or_default(),
        port: target.port,
        host: target.host.clone(),
        path: target.path.clone(),
        proves: format!("{}..{}", target.span.from, target.span.to),
        control: target.purpose == Purpose::Control,
        settles: target.settles.clone(),
        quoted: Vec::new(),
    }
}
