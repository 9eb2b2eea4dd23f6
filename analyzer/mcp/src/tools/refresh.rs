//! `refresh`: the live cluster, read again.

use kubereach_engine::Filter;
use kubereach_reports::report::{ChangeCounts, Summary};
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::diff::{Row, changes};
use super::{Answer, Desk, Does, Entry, parse};
use crate::fit::Truncated;
use crate::schema;
use crate::source::SourceKind;

pub(crate) const TOOL: Entry = Entry {
    name: "refresh",
    title: "Read the live cluster again",
    about: "Reads a live source anew (lists and gets only; nothing is changed) and says what became of its subjects since. Cursors of \
            before end. Use it after somebody changed something, not before every question.",
    does: Does::Reads,
    paged: true,
    input: schema::input::<Input>,
    output: schema::output::<Output>,
    run,
    asks: None,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Id of a live source; the first live one if not given
    source: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Output {
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_at: Option<String>,
    /// Subjects per verdict
    summary: Summary,
    /// How many subjects became what since the read before; absent at the first read
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<ChangeCounts>,
    /// All but the unchanged: introduced first
    changes: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

fn run(desk: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let ask: Input = parse(arguments)?;
    let live = desk.sources.iter().find(|source| source.kind == SourceKind::Live);
    let source = match (ask.source.as_deref(), live) {
        (None, Some(live)) => live,
        (id, _) => desk.source(id)?,
    };
    if source.kind != SourceKind::Live {
        return Err(format!("source {} is files: they are read once; only a live source can be read again", source.id));
    }
    let before = source.known();
    let loaded = source.refresh(&desk.watched)?;
    let told = before.map(|before| changes(&before.report, &loaded.report, &Filter::default()));
    let (counts, changes) = told.map_or((None, Vec::new()), |(counts, rows)| (Some(counts), rows));
    let output = Output {
        source: source.id.clone(),
        taken_at: loaded.report.snapshot.taken_at.clone(),
        summary: loaded.report.summary,
        counts,
        changes,
        truncated: None,
    };
    Answer::new(&output, &["changes"], &loaded)
}
