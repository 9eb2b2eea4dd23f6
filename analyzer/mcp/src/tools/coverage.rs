//! `coverage`: what was read, and what was not.

use kubereach_reports::report::CoverageState;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Desk, Does, Entry, parse};
use crate::fit::Truncated;
use crate::schema;
use crate::view::AssumptionRow;

pub(crate) const TOOL: Entry = Entry {
    name: "coverage",
    title: "What was read, and what was not",
    about: "How much of each kind was read, per namespace, with the reason: complete, partial, forbidden (the identity may not read \
            it: that is not the same as absent), not-collected, not-served (the API does not exist there). What is missing stands \
            first, then the assumptions that rest on it with the command that reads it, kinds that are not evaluated, and parts of \
            the input that could not be read.",
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
    /// Only these kinds of object, as Kubernetes spells them
    #[serde(default)]
    kinds: Vec<String>,
    /// Only these namespaces, and what is of the whole cluster
    #[serde(default)]
    namespaces: Vec<String>,
    /// Only these states
    #[serde(default)]
    states: Vec<CoverageState>,
}

#[derive(Serialize, JsonSchema)]
struct Output {
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_at: Option<String>,
    /// What is missing first
    coverage: Vec<Row>,
    assumptions: Vec<AssumptionRow>,
    not_evaluated: Vec<NotEvaluated>,
    problems: Vec<Problem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

#[derive(Serialize, JsonSchema)]
struct Row {
    kind: String,
    /// Absent for the whole cluster
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    state: CoverageState,
    why: String,
    /// Objects that were read
    objects: usize,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct NotEvaluated {
    kind: String,
    objects: usize,
    means: String,
}

#[derive(Serialize, JsonSchema)]
struct Problem {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    says: String,
    /// Words of the input: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
}

fn run(desk: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let ask: Input = parse(arguments)?;
    let (source, loaded) = desk.loaded(ask.source.as_deref())?;
    let snapshot = &loaded.report.snapshot;
    let is_kind = |kind: &str| ask.kinds.is_empty() || ask.kinds.iter().any(|asked| asked.eq_ignore_ascii_case(kind));
    let is_namespace = |namespace: Option<&str>| {
        ask.namespaces.is_empty() || namespace.is_none_or(|one| ask.namespaces.iter().any(|asked| asked == one))
    };
    let mut rows: Vec<_> = snapshot
        .coverage
        .iter()
        .filter(|row| is_kind(&row.kind) && is_namespace(row.namespace.as_deref()))
        .filter(|row| ask.states.is_empty() || ask.states.contains(&row.state))
        .collect();
    rows.sort_by_key(|row| match row.state {
        CoverageState::Forbidden => 0,
        CoverageState::NotCollected => 1,
        CoverageState::Partial => 2,
        CoverageState::Complete => 3,
        CoverageState::NotServed => 4,
    });
    let output = Output {
        source: source.id.clone(),
        taken_at: snapshot.taken_at.clone(),
        coverage: rows
            .into_iter()
            .map(|row| Row {
                kind: row.kind.clone(),
                namespace: row.namespace.clone(),
                state: row.state,
                why: row.reason.clone(),
                objects: row.objects,
                quoted: Vec::new(),
            })
            .collect(),
        assumptions: loaded
            .report
            .assumptions
            .iter()
            .filter(|one| is_kind(&one.kind))
            .map(AssumptionRow::from)
            .collect(),
        not_evaluated: snapshot
            .not_evaluated
            .iter()
            .map(|one| NotEvaluated { kind: one.kind.clone(), objects: one.objects, means: one.meaning.clone() })
            .collect(),
        problems: snapshot
            .problems
            .iter()
            .map(|one| Problem {
                path: one.path.clone(),
                line: one.line,
                says: one.message.clone(),
                quoted: Vec::new(),
            })
            .collect(),
        truncated: None,
    };
    // A short page still names what is missing; the problems of a large input can be many.
    Answer::new(&output, &["coverage", "assumptions", "not_evaluated", "problems"], &loaded)
}
