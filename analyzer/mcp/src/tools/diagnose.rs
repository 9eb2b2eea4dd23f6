//! `diagnose`: one subject, with everything that its verdict rests on.

use std::sync::Arc;

use kubereach_engine::Filter;
use kubereach_engine::asked;
use kubereach_engine::evaluate::door::{self, Kind};
use kubereach_model::snapshot::{GroupKind, Snapshot};
use kubereach_reports::report::{ConfigVerdict, CoverageState, Subject, Traffic, UnknownClass, Verdict};
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Desk, Does, Entry, kind_of, parse};
use crate::fit::Truncated;
use crate::schema;
use crate::source::{Loaded, Source};
use crate::view::{self, AssumptionRow, BrokenAt, CauseRow, FindingRow, Index, Next, NotChecked, PathRow};

pub(crate) const TOOL: Entry = Entry {
    name: "diagnose",
    title: "Why traffic does or does not reach one subject",
    about: "One Service, Ingress, route or Gateway: its verdict, one sentence, where it breaks, what to do next, the findings with \
            their proofs, what was not checked, and every path hop by hop (address, controller, listener, rule, reference, service, \
            endpoints, port, policy, tls) with the evidence of each hop. Where it was not read it says so (verdict unknown): \
            forbidden is never missing.",
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
    /// Service, Ingress, HTTPRoute, GRPCRoute, Gateway, …; plural and short names as well
    kind: String,
    /// Namespace; default if not given
    namespace: Option<String>,
    name: String,
    /// Only where the source holds several clusters
    cluster: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Found {
    Yes,
    /// It was read that there is none
    Absent,
    /// It cannot be told: it was not read
    Unknown,
}

#[derive(Serialize, JsonSchema)]
struct Output {
    source: String,
    found: Found,
    kind: String,
    namespace: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<String>,
    /// Absent where there is no such object
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    /// What the configuration shows
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<ConfigVerdict>,
    /// What was measured
    #[serde(skip_serializing_if = "Option::is_none")]
    traffic: Option<Traffic>,
    says: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_class: Option<UnknownClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_at: Option<BrokenAt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Next>,
    /// The test that would settle what is open
    #[serde(skip_serializing_if = "Option::is_none")]
    next_test: Option<Next>,
    /// Words of the cluster: untrusted
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quoted: Vec<String>,
    /// Root causes that explain its verdict
    causes: Vec<CauseRow>,
    /// Worst first
    findings: Vec<FindingRow>,
    not_checked: Vec<NotChecked>,
    /// What was not read and could only stand in the way
    assumptions: Vec<AssumptionRow>,
    /// Worst first
    paths: Vec<PathRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

const LISTS: &[&str] = &["causes", "findings", "not_checked", "assumptions", "paths"];

fn run(desk: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let ask: Input = parse(arguments)?;
    let (source, loaded) = desk.loaded(ask.source.as_deref())?;
    let kind = kind_of(&ask.kind)?;
    let namespace = if kind.is_namespaced() { ask.namespace.as_deref().unwrap_or("default") } else { "" };
    let word = kind.word();
    let is = |subject: &&Subject| {
        door::names(&word, &subject.kind, subject.group.as_deref())
            && subject.namespace == namespace
            && subject.name == ask.name
            && (ask.cluster.is_none() || subject.cluster == ask.cluster)
    };
    let output = match loaded.report.subjects.iter().find(is) {
        Some(subject) => of_subject(source, &loaded, subject),
        None => not_there(source, &loaded, kind, namespace, &ask),
    };
    Answer::new(&output, LISTS, &loaded)
}

fn of_subject(source: &Source, loaded: &Loaded, subject: &Subject) -> Output {
    let report = &loaded.report;
    let index = Index::new(report);
    let own: Vec<String> = subject.primary.iter().chain(&subject.findings).cloned().collect();
    let mut findings: Vec<FindingRow> = index.findings(&own).into_iter().map(|f| view::finding(f, false)).collect();
    findings.extend(index.findings(&subject.entry_problems).into_iter().map(|f| view::finding(f, true)));
    let is_it = |named: &kubereach_reports::report::CauseSubject| {
        named.kind == subject.kind
            && named.namespace == subject.namespace
            && named.name == subject.name
            && named.group == subject.group
    };
    let causes = report.causes.iter().filter(|cause| cause.cluster.is_none() || cause.cluster == subject.cluster);
    let causes = causes.filter(|cause| cause.subjects.iter().any(is_it));
    let mut paths: Vec<_> = subject.paths.iter().collect();
    // Worst first; those that carry nothing on purpose stand last.
    paths.sort_by_key(|path| (path.dormant, path.effective.unwrap_or(path.config)));
    Output {
        source: source.id.clone(),
        found: Found::Yes,
        kind: subject.kind.clone(),
        namespace: subject.namespace.clone(),
        name: subject.name.clone(),
        group: subject.group.clone(),
        cluster: subject.cluster.clone(),
        verdict: Some(subject.verdict),
        config: Some(subject.config),
        traffic: Some(subject.traffic),
        says: subject.headline.clone(),
        why: subject.reason.clone(),
        unknown_class: subject.unknown_class,
        broken_at: subject.broken_at.as_ref().map(|at| BrokenAt { segment: at.segment, object: at.object.clone() }),
        next: subject.next.as_ref().map(Next::from),
        next_test: subject.next_test.as_ref().map(Next::from),
        quoted: Vec::new(),
        causes: causes.map(|cause| index.cause(cause)).collect(),
        findings,
        not_checked: subject.not_checked.iter().chain(&subject.not_proved).map(NotChecked::from).collect(),
        assumptions: index.assumptions(&subject.assumptions).into_iter().map(AssumptionRow::from).collect(),
        paths: paths.into_iter().map(|path| index.path(path)).collect(),
        truncated: None,
    }
}

/// Nothing of that name: proved, or only not seen.
fn not_there(source: &Source, loaded: &Arc<Loaded>, kind: &Kind, namespace: &str, ask: &Input) -> Output {
    let filter = Filter {
        namespaces: vec![namespace.to_owned()],
        kinds: vec![kind.word().into_owned()],
        names: vec![ask.name.clone()],
    };
    let snapshots: Vec<&Snapshot> = loaded.intake.snapshots.iter().collect();
    let of_kind = GroupKind::known(kind.group, kind.name);
    let allowed = source.namespaces();
    let (found, says, why) = if !allowed.is_empty() && !allowed.iter().any(|one| one == namespace) {
        let says = format!("this server reports only namespaces {}; {namespace} is none of them", allowed.join(", "));
        (Found::Unknown, says, String::new())
    } else if let Some(gap) = snapshots.iter().find_map(|s| s.is_complete(&of_kind, Some(namespace)).err()) {
        let refused = gap.coverage == Some(CoverageState::Forbidden);
        let says = format!(
            "{} {namespace}/{} was not seen, and that proves nothing: {}{}",
            kind.name,
            ask.name,
            gap.what,
            if refused { " (forbidden)" } else { "" }
        );
        (Found::Unknown, says, gap.reason)
    } else {
        let near = asked::missing(&snapshots, &filter, "this source", true);
        let says = near.unwrap_or_else(|| format!("there is no {} {namespace}/{}", kind.name, ask.name));
        (Found::Absent, says, String::new())
    };
    Output {
        source: source.id.clone(),
        found,
        kind: kind.name.to_owned(),
        namespace: namespace.to_owned(),
        name: ask.name.clone(),
        group: None,
        cluster: None,
        verdict: (found == Found::Unknown).then_some(Verdict::Unknown),
        config: None,
        traffic: None,
        says,
        why,
        unknown_class: (found == Found::Unknown).then_some(UnknownClass::Investigate),
        broken_at: None,
        next: None,
        next_test: None,
        quoted: Vec::new(),
        causes: Vec::new(),
        findings: Vec::new(),
        not_checked: Vec::new(),
        assumptions: Vec::new(),
        paths: Vec::new(),
        truncated: None,
    }
}
