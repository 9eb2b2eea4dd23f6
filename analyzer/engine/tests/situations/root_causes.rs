//! Root causes: what a situation says of them, and what holds for those of every report.

use std::collections::BTreeSet;

use kubereach_reports::report::{Cause, Report, Summary, Verdict};
use serde::Deserialize;

/// One root cause; a situation that names any names all of them, in order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedCause {
    /// `Kind/namespace/name`; none where something was not read.
    object: Option<String>,
    /// The kinds that were not read.
    missing: Option<String>,
    headline: String,
    /// Words of what shows it.
    #[serde(default)]
    evidence: String,
    /// How many subjects have which verdict.
    subjects: Summarized,
    hosts: Option<usize>,
    /// Words of the next command.
    command: Option<String>,
    /// What the subjects would be with nothing in the way.
    otherwise: Option<Summarized>,
}

#[derive(Deserialize, Default, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Summarized {
    healthy: usize,
    config_ok: usize,
    degraded: usize,
    broken: usize,
    unknown: usize,
}

impl From<&Summary> for Summarized {
    fn from(s: &Summary) -> Self {
        Self { healthy: s.healthy, config_ok: s.config_ok, degraded: s.degraded, broken: s.broken, unknown: s.unknown }
    }
}

/// Holds the causes against those that are expected.
pub(crate) fn compare(wanted: &[WantedCause], report: &Report, errors: &mut Vec<String>) {
    if wanted.is_empty() {
        return;
    }
    let got: Vec<&String> = report.causes.iter().map(|cause| &cause.headline).collect();
    if got.len() != wanted.len() {
        errors.push(format!("causes: {} are expected, there are {got:?}", wanted.len()));
    }
    for (wanted, cause) in wanted.iter().zip(&report.causes) {
        one(wanted, cause, errors);
    }
}

fn one(wanted: &WantedCause, cause: &Cause, errors: &mut Vec<String>) {
    let name = &cause.headline;
    let mut differ = |what: &str, got: &dyn std::fmt::Debug, expected: &dyn std::fmt::Debug| {
        let (got, expected) = (format!("{got:?}"), format!("{expected:?}"));
        if got != expected {
            errors.push(format!("cause '{name}': {what} is {got}, expected {expected}"));
        }
    };
    differ("headline", &cause.headline, &wanted.headline);
    differ("object", &cause.object.as_ref().map(ToString::to_string), &wanted.object);
    differ("missing", &cause.missing, &wanted.missing);
    let mut summary = Summary::default();
    for subject in &cause.subjects {
        summary.count(subject.verdict);
    }
    differ("subjects", &Summarized::from(&summary), &wanted.subjects);
    if let Some(hosts) = wanted.hosts {
        differ("hosts", &cause.hosts.len(), &hosts);
    }
    if wanted.otherwise.is_some() {
        differ("otherwise", &cause.otherwise.as_ref().map(Summarized::from), &wanted.otherwise);
    }
    if !cause.evidence.contains(&wanted.evidence) {
        errors.push(format!("cause '{name}': the evidence lacks '{}': {}", wanted.evidence, cause.evidence));
    }
    let command = cause.next.as_ref().and_then(|next| next.command.as_deref()).unwrap_or_default();
    if !wanted.command.as_deref().is_none_or(|words| command.contains(words)) {
        errors.push(format!("cause '{name}': the command is '{command}'"));
    }
}

/// What holds for the causes of every report.
pub(crate) fn laws(report: &Report, errors: &mut Vec<String>) {
    let findings: BTreeSet<&str> = report.findings.iter().map(|f| f.id.as_str()).collect();
    let assumptions: BTreeSet<&str> = report.assumptions.iter().map(|a| a.id.as_str()).collect();
    let mut ids = BTreeSet::new();
    let mut explained = BTreeSet::new();
    for cause in &report.causes {
        let name = &cause.headline;
        if !ids.insert(&cause.id) {
            errors.push(format!("cause '{name}': its id is not its own"));
        }
        if cause.subjects.is_empty() {
            errors.push(format!("cause '{name}': explains nothing"));
        }
        if cause.object.is_some() == cause.missing.is_some() {
            errors.push(format!("cause '{name}': either an object is to blame, or something was not read"));
        }
        if name.is_empty() || name.ends_with(['.', '!', ':', ' ']) {
            errors.push(format!("cause '{name}': the headline is no clause"));
        }
        if cause.subjects.iter().map(|subject| subject.verdict).min() != Some(cause.verdict) {
            errors.push(format!("cause '{name}': is {}, which is not the worst of its subjects", cause.verdict));
        }
        for id in cause.findings.iter().filter(|id| !findings.contains(id.as_str())) {
            errors.push(format!("cause '{name}': names the finding {id}, which is not in the report"));
        }
        for id in cause.assumptions.iter().filter(|id| !assumptions.contains(id.as_str())) {
            errors.push(format!("cause '{name}': names the assumption {id}, which is not in the report"));
        }
        let distinct: BTreeSet<&String> = cause.findings.iter().collect();
        if distinct.len() != cause.findings.len() {
            errors.push(format!("cause '{name}': names a finding twice"));
        }
        for subject in &cause.subjects {
            explained.insert((&cause.cluster, &subject.kind, &subject.namespace, &subject.name, &subject.group));
        }
    }
    let known: BTreeSet<_> =
        report.subjects.iter().map(|s| (&s.cluster, &s.kind, &s.namespace, &s.name, &s.group)).collect();
    for stranger in explained.difference(&known) {
        errors.push(format!("{stranger:?} has a cause and is no subject of the report"));
    }
    for subject in &report.subjects {
        let key = (&subject.cluster, &subject.kind, &subject.namespace, &subject.name, &subject.group);
        let ill = matches!(subject.verdict, Verdict::Broken | Verdict::Degraded | Verdict::Unknown);
        if ill && !explained.contains(&key) {
            errors.push(format!("{key:?} is {} and has no cause: {}", subject.verdict, subject.headline));
        }
        let rests = subject.verdict == Verdict::ConfigOk && !subject.assumptions.is_empty();
        if explained.contains(&key) && !ill && !rests {
            errors.push(format!("{key:?} is {} and has a cause", subject.verdict));
        }
    }
}
