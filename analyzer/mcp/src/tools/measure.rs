//! `measure`: from a dry run to real traffic, with a person's yes between them.

use std::sync::Arc;

use kubereach_reports::report::Summary;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Desk, Does, Entry, filter, parse};
use crate::fit::Truncated;
use crate::measuring::{Creates, Wanted};
use crate::schema;
use crate::source::SourceKind;
use crate::view::SubjectRow;

pub(crate) const TOOL: Entry = Entry {
    name: "measure",
    title: "Measure in the cluster",
    about: "Sends real requests from a pod in the live cluster, in two calls. Without a token nothing is created: the answer says what \
            would be (a Job and a ConfigMap), what is worth knowing, and gives a token for ten minutes. With the token the client asks \
            the person; after a yes the run starts, deletes what it created, and the answer has the verdicts with what was measured.",
    does: Does::Measures,
    paged: true,
    input: schema::input::<Input>,
    output: schema::output::<Output>,
    run,
    asks: Some(question),
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// From the answer of the first call: starts that very run, once. Other arguments are then left out
    token: Option<String>,
    /// Id of a live source; the first live one if not given
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
    /// Measure as the pods of this workload: deployment/NAME or NAMESPACE/KIND/NAME; from nobody's pod if not given
    from: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Output {
    source: String,
    /// planned: nothing was created. measured: it is over
    step: &'static str,
    /// Starts what is planned here
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    /// Objects of a run; all are deleted at its end
    creates: Vec<Creates>,
    /// Dials, with the controls
    #[serde(skip_serializing_if = "Option::is_none")]
    targets: Option<usize>,
    /// Why nothing can be measured
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocked: Vec<String>,
    /// Worth knowing
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// What could not be deleted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_behind: Vec<String>,
    /// Something was measured at all
    #[serde(skip_serializing_if = "Option::is_none")]
    measured: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Summary>,
    subjects: Vec<SubjectRow>,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

const LISTS: &[&str] = &["creates", "subjects"];

/// What a person is asked before a token is used.
fn question(desk: &Desk<'_>, arguments: &JsonObject) -> Result<Option<String>, String> {
    let ask: Input = parse(arguments.clone())?;
    ask.token.map(|token| desk.waitings.question(&token)).transpose()
}

fn run(desk: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let ask: Input = parse(arguments)?;
    match ask.token {
        Some(token) => measure(desk, &token),
        None => plan(desk, ask),
    }
}

fn plan(desk: &Desk<'_>, ask: Input) -> Result<Answer, String> {
    let measure = desk.measure.ok_or("this server was started without --allow-run: it measures nothing")?;
    let live = desk.sources.iter().find(|source| source.kind == SourceKind::Live);
    let source = match (ask.source.as_deref(), live) {
        (None, Some(live)) => live,
        (id, _) => desk.source(id)?,
    };
    if source.kind != SourceKind::Live {
        return Err(format!("source {} is files: only in a live cluster can be measured", source.id));
    }
    let loaded = source.load(&desk.watched)?;
    let filter = filter(ask.namespaces, &ask.kinds, ask.names)?;
    let wanted = Wanted { namespaces: filter.namespaces, kinds: filter.kinds, names: filter.names, from: ask.from };
    let ready = measure.prepare(&loaded.intake, &wanted)?;
    let preview = ready.preview();
    let token = if preview.creates.is_empty() {
        None
    } else {
        Some(desk.waitings.keep(&source.id, Arc::clone(&loaded), ready)?)
    };
    let output = Output {
        source: source.id.clone(),
        step: "planned",
        token,
        context: Some(preview.context),
        server: Some(preview.server),
        creates: preview.creates,
        targets: Some(preview.targets),
        blocked: preview.blocked,
        notes: preview.notes,
        left_behind: Vec::new(),
        measured: None,
        summary: None,
        subjects: Vec::new(),
        quoted: Vec::new(),
        truncated: None,
    };
    Answer::new(&output, LISTS, &loaded)
}

fn measure(desk: &Desk<'_>, token: &str) -> Result<Answer, String> {
    let waiting = desk.waitings.take(token)?;
    let source = desk.source(Some(&waiting.source))?;
    let preview = waiting.ready.preview();
    let intake = &waiting.loaded.intake;
    let measured = waiting.ready.run(intake, desk.says, desk.stop.clone())?;
    let filter = &source.options().filter;
    let subjects = measured.report.subjects.iter();
    let subjects = subjects.filter(|s| filter.takes(&s.kind, s.group.as_deref(), &s.namespace, &s.name));
    let output = Output {
        source: source.id.clone(),
        step: "measured",
        token: None,
        context: None,
        server: None,
        creates: preview.creates,
        targets: Some(preview.targets),
        blocked: Vec::new(),
        notes: measured.remarks.clone(),
        left_behind: measured.left.clone(),
        measured: Some(measured.measured),
        summary: Some(measured.report.summary),
        subjects: subjects.map(SubjectRow::from).collect(),
        quoted: Vec::new(),
        truncated: None,
    };
    let loaded = source.keep(Arc::clone(intake), measured.report);
    Answer::new(&output, LISTS, &loaded)
}
