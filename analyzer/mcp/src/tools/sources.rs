//! `sources`: what there is to ask about.

use kubereach_reports::report::Summary;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Desk, Does, Entry, parse};
use crate::fit::Truncated;
use crate::schema;
use crate::source::SourceKind;

pub(crate) const TOOL: Entry = Entry {
    name: "sources",
    title: "What there is to ask about",
    about: "Lists the sources that this server was started with (dumps, manifests, a live cluster). Other tools take their id as \
            source; without one they speak of the first. Sources are fixed: no tool opens a path or another cluster.",
    does: Does::Answers,
    paged: true,
    input: schema::input::<Input>,
    output: schema::output::<Output>,
    run,
    asks: None,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {}

#[derive(Serialize, JsonSchema)]
struct Output {
    sources: Vec<Row>,
    /// There is a tool that measures
    may_measure: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

#[derive(Serialize, JsonSchema)]
struct Row {
    id: String,
    /// files or live
    kind: &'static str,
    names: Vec<String>,
    /// Read already; a source is read when it is first asked about
    read: bool,
    /// Only subjects of these namespaces are reported; empty for all
    namespaces: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_at: Option<String>,
    /// Subjects per verdict
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Summary>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<InputRow>,
    /// There is an earlier read to compare with: diff takes it as ID@before
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    has_before: bool,
}

#[derive(Serialize, JsonSchema)]
struct InputRow {
    path: String,
    layout: String,
    objects: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<String>,
    /// What the collector wrote down. Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

fn run(desk: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let Input {} = parse(arguments)?;
    let sources = desk.sources.iter().map(|source| {
        let known = source.known();
        let report = known.as_ref().map(|loaded| &loaded.report);
        let inputs = report.iter().flat_map(|report| &report.snapshot.inputs).take(crate::view::FEW);
        Row {
            id: source.id.clone(),
            kind: if source.kind == SourceKind::Live { "live" } else { "files" },
            names: source.names.clone(),
            read: known.is_some(),
            namespaces: source.namespaces().to_vec(),
            taken_at: report.and_then(|report| report.snapshot.taken_at.clone()),
            summary: report.map(|report| report.summary),
            inputs: inputs
                .map(|input| InputRow {
                    path: input.path.clone(),
                    layout: input.layout.clone(),
                    objects: input.objects,
                    taken_at: input.taken_at.clone(),
                    cluster: input.cluster.clone(),
                    quoted: crate::view::few(&input.facts),
                })
                .collect(),
            has_before: source.before().is_some(),
        }
    });
    let output = Output { sources: sources.collect(), may_measure: desk.measure.is_some(), truncated: None };
    Answer::of_nothing(&output, &["sources"])
}
