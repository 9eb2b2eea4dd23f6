//! `overview`: what is wrong, causes first.

use std::sync::Arc;

use kubereach_reports::report::{Summary, Verdict};
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Desk, Does, Entry, filter, parse};
use crate::fit::Truncated;
use crate::schema;
use crate::source::{Loaded, Source};
use crate::view::{AssumptionRow, CauseRow, Index, SubjectRow};

pub(crate) const TOOL: Entry = Entry {
    name: "overview",
    title: "What is wrong, causes first",
    about: "Start here. What stands in the way of traffic in a source: root causes first (one object that explains many verdicts), \
            then the subjects (Services, Ingresses, routes, Gateways) with their verdict in one sentence, worst first, then what was \
            not read. Verdicts: broken (proved: no traffic passes), degraded, unknown (cannot be told; why says what is missing), \
            config-ok (nothing wrong in what was read; not tested), healthy (verified by real traffic).",
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
    /// Only these kinds: Service, Ingress, HTTPRoute, Gateway, …
    #[serde(default)]
    kinds: Vec<String>,
    /// Only these verdicts
    #[serde(default)]
    verdicts: Vec<Verdict>,
}

#[derive(Serialize, JsonSchema)]
struct Output {
    source: String,
    /// When the snapshot was taken
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_at: Option<String>,
    /// Subjects per verdict, of the whole source
    summary: Summary,
    /// Parts of the input that could not be read: coverage lists them
    problems_total: usize,
    causes: Vec<CauseRow>,
    subjects: Vec<SubjectRow>,
    /// What was not read and could only stand in the way
    assumptions: Vec<AssumptionRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

fn run(desk: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let ask: Input = parse(arguments)?;
    let (source, loaded) = desk.loaded(ask.source.as_deref())?;
    answer(source, &loaded, ask)
}

fn answer(source: &Source, loaded: &Arc<Loaded>, ask: Input) -> Result<Answer, String> {
    let report = &loaded.report;
    let filter = filter(ask.namespaces, &ask.kinds, Vec::new())?;
    let is_wanted = |verdict: Verdict| ask.verdicts.is_empty() || ask.verdicts.contains(&verdict);
    let index = Index::new(report);
    let causes = report.causes.iter().filter(|cause| {
        cause.subjects.iter().any(|subject| {
            is_wanted(subject.verdict)
                && filter.takes(&subject.kind, subject.group.as_deref(), &subject.namespace, &subject.name)
        })
    });
    let subjects: Vec<_> = report
        .subjects
        .iter()
        .filter(|s| is_wanted(s.verdict) && filter.takes(&s.kind, s.group.as_deref(), &s.namespace, &s.name))
        .collect();
    let rests_on = |id: &String| subjects.iter().any(|subject| subject.assumptions.contains(id));
    let assumptions = report.assumptions.iter().filter(|one| rests_on(&one.id));
    let output = Output {
        source: source.id.clone(),
        taken_at: report.snapshot.taken_at.clone(),
        summary: report.summary,
        problems_total: report.snapshot.problems.len(),
        causes: causes.map(|cause| index.cause(cause)).collect(),
        assumptions: assumptions.map(AssumptionRow::from).collect(),
        subjects: subjects.into_iter().map(SubjectRow::from).collect(),
        truncated: None,
    };
    Answer::new(&output, &["causes", "subjects", "assumptions"], loaded)
}
