//! Holds what was accepted against the findings of a report.

use jiff::civil::Date;
use kubereach_reports::report::{
    Finding, Gate, GivenSuppression, Problem, Report, SuppressedBy, Suppression, SuppressionState,
};

use super::annotations::Annotation;
use super::baseline::Baseline;
use super::change::{Brought, change_weighs};
use super::checks::Ungated;
use super::verdict::{Findings, effective};
use super::{Honour, Ignore};
use kubereach_intake::Unread;

/// What a run accepts, and when its gate trips.
#[derive(Debug, Clone)]
pub struct Rules {
    /// `broken`, `degraded`, `unknown` or `never`.
    pub fail_on: String,
    /// Where a change was judged: does what was there before count too?
    pub existing: bool,
    /// The configuration file in effect.
    pub config: Option<String>,
    /// Its `[[ignore]]` tables.
    pub ignores: Vec<Ignore>,
    /// Checks that never trip the gate.
    pub ungated: Vec<Ungated>,
    /// Whose annotations count.
    pub honour: Honour,
    /// Accepted findings of an earlier run.
    pub baseline: Option<Baseline>,
    /// What day it is.
    pub today: Date,
    /// The report is of a part of the input only, so that a suppression without a match proves nothing.
    pub partial: bool,
    /// Objects of manifests that could not be read do not trip the gate.
    pub allow_unreadable: bool,
}

impl Rules {
    /// Nothing is accepted.
    pub fn plain(fail_on: &str, existing: bool) -> Self {
        Self {
            fail_on: fail_on.to_owned(),
            existing,
            config: None,
            ignores: Vec::new(),
            ungated: Vec::new(),
            honour: Honour::None,
            baseline: None,
            today: Date::MIN,
            partial: true,
            allow_unreadable: false,
        }
    }
}

/// Marks the suppressed findings and the excused subjects, and writes down what the gate did.
/// No verdict, path or count of the report changes. What could not be read of manifests did not pass.
pub fn apply(report: &mut Report, rules: &Rules, annotations: &[Annotation], unread: &Unread) {
    let mut given = ignores(report, rules);
    given.extend(annotated(report, rules, annotations));
    given.extend(baselined(report, rules));
    if rules.partial {
        given.retain(|one| one.state != SuppressionState::Unused);
    }
    given.extend(ungated(report, rules));
    given.sort();
    let findings = Findings::without(&report.findings, &rules.ungated);
    let brought = (!rules.existing).then(|| report.change.as_ref().map(Brought::of)).flatten();
    let (mut failing, mut excused) = (0, 0);
    for subject in &mut report.subjects {
        let word = effective(subject, &findings);
        let counts = |accepted: bool| brought.as_ref().is_none_or(|b| b.counts(subject, &findings, accepted));
        let trips = word.is_some_and(|word| Gate::trips(&rules.fail_on, word)) && counts(true);
        let would = Gate::trips(&rules.fail_on, subject.verdict) && counts(false);
        failing += usize::from(trips);
        excused += usize::from(would && !trips);
        subject.excused = word != Some(subject.verdict) && !trips;
    }
    let by_itself =
        report.change.as_ref().is_some_and(|change| change_weighs(change, report, &findings, &rules.fail_on));
    let mut not_passed = Vec::new();
    if !rules.allow_unreadable && rules.fail_on != "never" {
        not_passed.clone_from(&unread.objects);
        not_passed.extend(refused(&report.findings));
    }
    report.gate = Some(Gate {
        fail_on: rules.fail_on.clone(),
        tripped: failing > 0 || by_itself || !not_passed.is_empty(),
        unread: not_passed,
        unjudged: unread.objects.len() + unread.templates,
        failing,
        excused,
        suppressed: report.findings.iter().filter(|f| f.suppressed.is_some()).count(),
        config: rules.config.clone(),
        suppressions: given,
    });
}

/// Objects that the API server would refuse, and of which no verdict says it.
fn refused(findings: &[Finding]) -> impl Iterator<Item = Problem> {
    const CODES: [&str; 2] = ["manifest/refused", "manifest/update-refused"];
    let refused = findings.iter().filter(|f| CODES.contains(&f.code.as_str()) && f.suppressed.is_none());
    refused.map(|finding| {
        let at = finding.location.as_ref();
        Problem {
            path: at.map(|at| at.path.clone()).unwrap_or_default(),
            line: at.map(|at| at.line),
            column: at.map(|at| at.column),
            message: format!("{}; the API server would refuse it", finding.message),
        }
    })
}

/// Marks the findings that match; the first that accepts a finding is the one that is named.
fn mark(findings: &mut [Finding], matches: impl Fn(&Finding) -> bool, by: Option<&Suppression>) -> usize {
    let mut count = 0;
    for finding in findings.iter_mut().filter(|finding| matches(finding)) {
        count += 1;
        if let Some(by) = by {
            finding.suppressed.get_or_insert_with(|| by.clone());
        }
    }
    count
}

fn ignores(report: &mut Report, rules: &Rules) -> Vec<GivenSuppression> {
    let mut given = Vec::with_capacity(rules.ignores.len());
    for ignore in &rules.ignores {
        let expires = ignore.expires.map(|date| date.to_string());
        let expired = ignore.has_expired(rules.today);
        let by = Suppression {
            by: SuppressedBy::Config,
            reason: ignore.reason.clone(),
            place: ignore.place.clone(),
            expires: expires.clone(),
        };
        let findings = mark(&mut report.findings, |f| ignore.matches(f), (!expired).then_some(&by));
        given.push(GivenSuppression {
            state: state(expired, SuppressionState::Expired, findings, assumed(report, &ignore.code)),
            by: SuppressedBy::Config,
            place: ignore.place.clone(),
            code: ignore.code.clone(),
            object: ignore.object.clone(),
            reason: ignore.reason.clone(),
            expires,
            findings,
        });
    }
    given
}

/// Checks that never trip the gate: a standing decision, so that one without findings is no complaint.
fn ungated(report: &Report, rules: &Rules) -> Vec<GivenSuppression> {
    let row = |ungated: &Ungated| GivenSuppression {
        state: SuppressionState::Ungated,
        by: SuppressedBy::Config,
        place: ungated.place.clone(),
        code: ungated.code.clone(),
        object: "**".to_owned(),
        reason: "gate = false".to_owned(),
        expires: None,
        findings: report.findings.iter().filter(|f| f.code == ungated.code).count(),
    };
    rules.ungated.iter().map(row).collect()
}

/// Does the report say this as an assumption?
fn assumed(report: &Report, code: &str) -> bool {
    report.assumptions.iter().any(|assumption| assumption.code == code)
}

/// Out of force is said before unused: it is the reason why it does nothing.
const fn state(out_of_force: bool, why: SuppressionState, findings: usize, assumed: bool) -> SuppressionState {
    match (out_of_force, findings) {
        (true, _) => why,
        (false, 0) if assumed => SuppressionState::Assumed,
        (false, 0) => SuppressionState::Unused,
        (false, _) => SuppressionState::Used,
    }
}

fn annotated(report: &mut Report, rules: &Rules, annotations: &[Annotation]) -> Vec<GivenSuppression> {
    let mut given = Vec::with_capacity(annotations.len());
    for annotation in annotations {
        let honoured = match rules.honour {
            Honour::Manifests => annotation.manifest,
            Honour::All => true,
            Honour::None => false,
        };
        // A suppression without a reason is none.
        let counts = honoured && !annotation.reason.is_empty();
        let place = format!("annotation of {}", annotation.object);
        let by = Suppression {
            by: SuppressedBy::Annotation,
            reason: annotation.reason.clone(),
            place: place.clone(),
            expires: None,
        };
        let findings = mark(&mut report.findings, |f| annotation.matches(f), counts.then_some(&by));
        let reason = match (honoured, counts) {
            (true, false) => "no reason is given, so it is not applied".to_owned(),
            _ => annotation.reason.clone(),
        };
        given.push(GivenSuppression {
            state: state(!counts, SuppressionState::NotApplied, findings, assumed(report, &annotation.code)),
            by: SuppressedBy::Annotation,
            place,
            code: annotation.code.clone(),
            object: annotation.object.to_string(),
            reason,
            expires: None,
            findings,
        });
    }
    given
}

fn baselined(report: &mut Report, rules: &Rules) -> Vec<GivenSuppression> {
    let Some(baseline) = &rules.baseline else { return Vec::new() };
    const REASON: &str = "was there when the baseline was written";
    let row = |state, code: &str, object: &str, reason: &str, findings| GivenSuppression {
        state,
        by: SuppressedBy::Baseline,
        place: baseline.path.clone(),
        code: code.to_owned(),
        object: object.to_owned(),
        reason: reason.to_owned(),
        expires: None,
        findings,
    };
    let mut given: Vec<GivenSuppression> = baseline
        .stale(&report.findings)
        .into_iter()
        .map(|entry| {
            let state = state(false, SuppressionState::Unused, 0, assumed(report, &entry.code));
            row(state, &entry.code, &entry.object, &entry.message, 0)
        })
        .collect();
    let by = Suppression {
        by: SuppressedBy::Baseline,
        reason: REASON.to_owned(),
        place: baseline.path.clone(),
        expires: None,
    };
    let findings = mark(&mut report.findings, |f| baseline.holds(f), Some(&by));
    if findings > 0 {
        given.push(row(SuppressionState::Used, "*", "**", REASON, findings));
    }
    given
}
