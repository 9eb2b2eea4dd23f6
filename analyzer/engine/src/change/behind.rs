//! Which edit is behind an introduced problem: what the checks of `checks/change` find, added to the comparison and the
//! report.

use kubereach_reports::report::{self, Change, Report};

use super::Applied;
use crate::checks;
use crate::evaluate::change;
use kubereach_model::evidence::{FieldPath, Finding, Locate};
use kubereach_model::snapshot::Snapshot;

/// Names the causes in the comparison and adds their findings to the report.
pub(super) fn name(
    before: &Snapshot,
    applied: &Applied,
    change: &mut Change,
    report: &mut Report,
    positions: &dyn Locate,
) {
    let checks = &checks::change::TABLE;
    let context = change::Change::new(before, &applied.after, &applied.edits, report);
    let mut found: Vec<(Option<usize>, Finding)> = Vec::new();
    for (index, subject) in change.subjects.iter().enumerate() {
        let new = !subject.introduced.is_empty() || !subject.newly_seen.is_empty();
        if new {
            for finding in checks.subject.iter().flat_map(|check| check(&context, subject)) {
                found.push((Some(index), finding));
            }
        }
    }
    found.extend(checks.whole.iter().flat_map(|check| check(&context)).map(|finding| (None, finding)));
    let requests: Vec<(u32, FieldPath)> =
        found.iter().map(|(_, f)| f.field.clone().unwrap_or((u32::MAX, FieldPath::new()))).collect();
    let places = positions.places(&requests);
    let mut rows: Vec<report::Finding> = Vec::new();
    for ((subject, finding), place) in found.into_iter().zip(places) {
        let row = crate::report::row(finding.id(), finding, place);
        if let Some(subject) = subject.and_then(|index| change.subjects.get_mut(index))
            && !subject.causes.contains(&row.id)
        {
            subject.causes.push(row.id.clone());
        }
        if !rows.iter().any(|r| r.id == row.id) {
            rows.push(row);
        }
    }
    rows.sort_by(|a, b| (a.effect, &a.code, &a.object, &a.id).cmp(&(b.effect, &b.code, &b.object, &b.id)));
    change.findings = rows.iter().map(|r| r.id.clone()).collect();
    report.findings.extend(rows);
    report.findings.sort_by(|a, b| (a.effect, &a.code, &a.object, &a.id).cmp(&(b.effect, &b.code, &b.object, &b.id)));
}
