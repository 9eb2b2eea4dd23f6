//! Where a change was judged, only what it brings trips the gate.

use std::collections::HashMap;

use kubereach_reports::report::{Became, Change, ChangeKind, Effect, ProblemChange, Report, Subject, SubjectChange};

use super::verdict::Findings;

/// What the change brings to each subject.
pub(super) struct Brought {
    kind: ChangeKind,
    subjects: HashMap<[String; 4], SubjectChange>,
}

fn key(kind: &str, namespace: &str, name: &str, cluster: Option<&str>) -> [String; 4] {
    [kind, namespace, name, cluster.unwrap_or_default()].map(str::to_owned)
}

impl Brought {
    pub(super) fn of(change: &Change) -> Self {
        let subjects =
            change.subjects.iter().map(|s| (key(&s.kind, &s.namespace, &s.name, s.cluster.as_deref()), s.clone()));
        Self { kind: change.kind, subjects: subjects.collect() }
    }

    /// Does the change bring this subject a problem? With `accepted`, one that nobody accepted.
    ///
    /// On top of one and the same snapshot, what could not be seen to be broken before and is broken after
    /// was at least not kept whole by the change.
    pub(super) fn counts(&self, subject: &Subject, findings: &Findings<'_>, accepted: bool) -> bool {
        let name = key(&subject.kind, &subject.namespace, &subject.name, subject.cluster.as_deref());
        let Some(change) = self.subjects.get(&name) else { return false };
        let seen: &[ProblemChange] = if self.kind == ChangeKind::OnTopOf { &change.newly_seen } else { &[] };
        let mut problems = change.introduced.iter().chain(seen).peekable();
        if problems.peek().is_none() {
            return change.became == Became::Introduced;
        }
        let open = |p: &ProblemChange| !p.finding.as_deref().is_some_and(|id| findings.is_suppressed(id));
        problems.any(|problem| !accepted || open(problem))
    }
}

/// A finding about the change itself that weighs as much as the gate says, and that nobody accepted.
pub(super) fn change_weighs(change: &Change, report: &Report, findings: &Findings<'_>, fail_on: &str) -> bool {
    let of_change =
        report.findings.iter().filter(|f| !findings.is_suppressed(&f.id) && change.findings.contains(&f.id));
    of_change.into_iter().any(|finding| match finding.effect {
        Effect::Blocks => fail_on != "never",
        Effect::Narrows => matches!(fail_on, "degraded" | "unknown"),
        Effect::Inconclusive => fail_on == "unknown",
        Effect::Notes => false,
    })
}
