//! When the gate trips, whatever the format.

use kubereach_reports::report::{Change, ChangeKind, Effect, Report};

use super::args::FailOn;

/// Does this report trip the gate? Where a change was judged only what it brings counts, unless `existing`.
pub(super) fn trips(report: &Report, fail_on: FailOn, existing: bool) -> bool {
    let any = || report.subjects.iter().any(|s| fail_on.trips(s.verdict));
    match &report.change {
        None => any(),
        Some(change) => brings(report, change, fail_on) || (existing && any()),
    }
}

/// A subject that is as bad as the gate says and has a problem the change brings, or a finding about the
/// change itself that weighs as much.
fn brings(report: &Report, change: &Change, fail_on: FailOn) -> bool {
    let subject = change.subjects.iter().any(|s| {
        // On top of one and the same snapshot, what could not be seen to be broken before and is broken
        // after was at least not kept whole by the change.
        let brought = !s.introduced.is_empty()
            || s.became == kubereach_reports::report::Became::Introduced
            || (change.kind == ChangeKind::OnTopOf && !s.newly_seen.is_empty());
        brought && s.after.is_some_and(|verdict| fail_on.trips(verdict))
    });
    let finding = report.findings.iter().filter(|f| change.findings.contains(&f.id)).any(|f| match f.effect {
        Effect::Blocks => fail_on != FailOn::Never,
        Effect::Narrows => matches!(fail_on, FailOn::Degraded | FailOn::Unknown),
        Effect::Clouds => fail_on == FailOn::Unknown,
        Effect::Notes => false,
    });
    subject || finding
}
