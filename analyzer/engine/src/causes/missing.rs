//! What is said of something that was not read.

use kubereach_reports::report::{Assumption, CoverageState, Finding, NextStep, Report, SegmentName};

use super::build::Gathered;
use super::culprit::Want;
use super::pods::Known;
use super::words::{Told, sentence};
use kubereach_model::evidence::command::arg;
use kubereach_model::snapshot::{GroupKind, kinds};

/// Findings about policies that were read and close the way, unless one that was not read opens it.
const CLOSED_UNLESS: &str = "policy/may-be-opened";

/// The words of something that was not read.
pub(super) fn told(want: &Want, gathered: &Gathered<'_>, known: Option<&Known<'_, '_>>, report: &Report) -> Told {
    let rows: Vec<&Assumption> =
        report.assumptions.iter().filter(|row| gathered.assumptions.contains(row.id.as_str())).collect();
    let findings = gathered.ordered();
    let words = words(want, &rows);
    let closed = !findings.is_empty() && findings.iter().all(|finding| finding.code == CLOSED_UNLESS);
    let headline = if closed {
        format!("Network policies close these pods, unless {words} that were not read open them")
    } else if let Some(row) = rows.first().filter(|_| findings.is_empty()) {
        sentence(&row.text).trim_end_matches('.').to_owned()
    } else {
        format!("{} {}", capital(&words), fate(want, known))
    };
    let reason = rows.iter().map(|row| row.reason.as_str()).find(|reason| !reason.is_empty());
    let basis = findings.iter().map(|finding| finding.basis.as_str()).find(|basis| !basis.is_empty());
    let evidence = reason.or(basis).map(sentence).unwrap_or_default();
    Told { headline, evidence, next: Some(next(want, &words, gathered, &rows, &findings, report)) }
}

/// In the plural: `NetworkPolicies`, `policies of Calico`, `TLS Secrets`.
fn words(want: &Want, rows: &[&Assumption]) -> String {
    let assumed = rows.first().and_then(|row| row.text.split_once(" were ").or_else(|| row.text.split_once(" could ")));
    match (want, assumed) {
        (_, Some((words, _))) => words.to_owned(),
        (Want::Kind(kind, _), None) => plural(kind),
        (Want::PoliciesOf(group), None) => format!("policies of {group}"),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters.as_str().chars()).collect()
}

/// What became of it.
fn fate(want: &Want, known: Option<&Known<'_, '_>>) -> &'static str {
    let Want::Kind(kind, group) = want else { return "were not read" };
    let full = kinds::by_resource(kind, group.as_deref()).map_or_else(
        || GroupKind { group: group.clone().unwrap_or_default().into(), kind: kind.clone().into() },
        kinds::Kind::group_kind,
    );
    match known.map(|known| known.coverage(&full)) {
        Some(CoverageState::Forbidden) => "could not be read (permission refused)",
        Some(CoverageState::Partial) => "were read only in part",
        _ => "were not read",
    }
}

/// Reads what is missing into a file that can be given beside the others.
fn next(
    want: &Want,
    words: &str,
    gathered: &Gathered<'_>,
    rows: &[&Assumption],
    findings: &[&Finding],
    report: &Report,
) -> NextStep {
    if !rows.is_empty() && findings.is_empty() && rows.iter().all(|row| row.command.is_empty()) {
        let action = "Judge the manifests on top of a snapshot of the cluster that they are for (--on-top-of).";
        return NextStep { action: action.to_owned(), command: None };
    }
    let policies = rows.iter().map(|row| row.segment).chain(findings.iter().map(|finding| finding.segment));
    let may_be_none = policies.into_iter().any(|segment| segment == SegmentName::Policy);
    let kinds: Vec<&str> = gathered.kinds.iter().map(String::as_str).collect();
    let none = if may_be_none && !kinds.is_empty() {
        format!("; if there are none, add --assume-complete={}", kinds.join(","))
    } else {
        String::new()
    };
    let action = format!("Read the {words} as well and give both files to kubereach{none}.");
    let named = rows.iter().map(|row| row.command.as_str()).find(|command| !command.is_empty());
    let command = named.map(str::to_owned).or_else(|| read(want, gathered, report));
    NextStep { action, command }
}

fn read(want: &Want, gathered: &Gathered<'_>, report: &Report) -> Option<String> {
    let Want::Kind(kind, group) = want else { return None };
    let known = kinds::by_resource(kind, group.as_deref())?;
    let resource = if known.group.is_empty() { known.plural.to_owned() } else { known.full_name() };
    let subjects = gathered.subjects.keys().filter_map(|index| report.subjects.get(*index));
    let mut namespaces: Vec<&str> = subjects.map(|subject| subject.namespace.as_str()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let scope = match namespaces.as_slice() {
        _ if !known.namespaced => String::new(),
        [one] => format!(" -n {}", arg(one)),
        _ => " -A".to_owned(),
    };
    Some(format!("kubectl get {resource}{scope} -o yaml > {}.yaml", known.plural))
}

/// `NetworkPolicies`, `Services`, `IngressClasses`, `Endpoints`.
fn plural(kind: &str) -> String {
    let before_y = kind.strip_suffix('y').filter(|rest| !rest.ends_with(['a', 'e', 'i', 'o', 'u']));
    match before_y {
        Some(rest) => format!("{rest}ies"),
        None if kind == "Endpoints" => kind.to_owned(),
        None if kind.ends_with(['s', 'x']) || kind.ends_with("ch") => format!("{kind}es"),
        None => format!("{kind}s"),
    }
}
