//! `diff`: what became of every subject between two sources.

use std::sync::Arc;

use kubereach_engine::Filter;
use kubereach_engine::change::compare;
use kubereach_reports::report::{Became, ChangeCounts, ChangeKind, ProblemChange, Report, SubjectChange, Verdict};
use kubereach_reports::report::{Effect, ObjectRef, SegmentName};
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Desk, Does, Entry, filter, parse};
use crate::fit::Truncated;
use crate::schema;
use crate::source::Loaded;
use crate::view::FEW;

pub(crate) const TOOL: Entry = Entry {
    name: "diff",
    title: "What changed between two sources",
    about: "Compares the verdicts of two sources: which problems were introduced, which are fixed, which only came into sight or out \
            of it because more or less was read (not proved fixed). ID@before is what a live source was before its last refresh.",
    does: Does::Answers,
    paged: true,
    input: schema::input::<Input>,
    output: schema::output::<Output>,
    run,
    asks: None,
};

/// Stands behind the id of a source for what it was before.
const BEFORE: &str = "@before";

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Id of a source, or ID@before
    before: String,
    /// Id of a source
    after: String,
    /// Only subjects of these namespaces
    #[serde(default)]
    namespaces: Vec<String>,
    /// Only these kinds
    #[serde(default)]
    kinds: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Output {
    /// Id of the source
    before: String,
    /// Id of the source
    after: String,
    /// How many subjects became what
    counts: ChangeCounts,
    /// All but the unchanged: introduced first
    changes: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

/// One subject before and after
#[derive(Serialize, JsonSchema)]
pub(super) struct Row {
    kind: String,
    namespace: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    became: Became,
    /// Absent where it did not exist or was not read
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict_before: Option<Verdict>,
    /// Absent where it is gone or was not read
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict_after: Option<Verdict>,
    says: String,
    /// The first ten of each
    #[serde(skip_serializing_if = "Vec::is_empty")]
    introduced: Vec<Problem>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixed: Vec<Problem>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    newly_seen: Vec<Problem>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    no_longer_seen: Vec<Problem>,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Problem {
    effect: Effect,
    segment: SegmentName,
    code: String,
    object: ObjectRef,
    says: String,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

fn run(desk: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let ask: Input = parse(arguments)?;
    if ask.before == ask.after {
        return Err("before and after are the same source".to_owned());
    }
    let filter = filter(ask.namespaces, &ask.kinds, Vec::new())?;
    let (before, after) = (side(desk, &ask.before)?, side(desk, &ask.after)?);
    let (counts, changes) = changes(&before.report, &after.report, &filter);
    let output = Output { before: ask.before, after: ask.after, counts, changes, truncated: None };
    Answer::new(&output, &["changes"], &after)
}

fn side(desk: &Desk<'_>, id: &str) -> Result<Arc<Loaded>, String> {
    match id.strip_suffix(BEFORE) {
        Some(own) => {
            let source = desk.source(Some(own))?;
            source
                .before()
                .ok_or_else(|| format!("source {own} was read once: there is nothing before it; call refresh first"))
        }
        None => Ok(desk.loaded(Some(id))?.1),
    }
}

/// What became of the subjects that a filter wants; the counts are of all.
pub(super) fn changes(before: &Report, after: &Report, filter: &Filter) -> (ChangeCounts, Vec<Row>) {
    let change = compare(before, after, ChangeKind::Diff);
    let wanted = |s: &&SubjectChange| filter.takes(&s.kind, s.group.as_deref(), &s.namespace, &s.name);
    let rows = change.subjects.iter().filter(wanted).map(|subject| Row {
        kind: subject.kind.clone(),
        namespace: subject.namespace.clone(),
        name: subject.name.clone(),
        group: subject.group.clone(),
        became: subject.became,
        verdict_before: subject.before,
        verdict_after: subject.after,
        says: subject.headline.clone(),
        introduced: problems(&subject.introduced),
        fixed: problems(&subject.fixed),
        newly_seen: problems(&subject.newly_seen),
        no_longer_seen: problems(&subject.no_longer_seen),
        quoted: Vec::new(),
    });
    (change.counts, rows.collect())
}

fn problems(all: &[ProblemChange]) -> Vec<Problem> {
    let rows = all.iter().take(FEW).map(|problem| Problem {
        effect: problem.effect,
        segment: problem.segment,
        code: problem.code.clone(),
        object: problem.object.clone(),
        says: problem.message.clone(),
        quoted: Vec::new(),
    });
    rows.collect()
}
