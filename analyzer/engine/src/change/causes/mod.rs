//! Which edit is behind an introduced problem: one file per cause, each a check with its page.
//!
//! A cause is named only where the comparison shows a problem that the change introduced and an edit of
//! the change explains it; it says what was before, what is after, and where the edit stands. What the
//! problem does to traffic is the problem's own finding; a cause only notes it, except where nothing else
//! says it: the last replica of an entry going to zero, and a policy that closes a port.

mod class_unserved;
mod context;
mod grant_lost;
mod host_conflict;
mod last_replica;
mod port_closed;
mod port_renamed;
mod selector_orphaned;

use kubereach_reports::report::{self, Change, Report, SubjectChange};

use super::Applied;
use context::Context;
use kubereach_model::evidence::Locate;
use kubereach_model::evidence::{CatalogueEntry, FieldPath, Finding};
use kubereach_model::snapshot::Snapshot;

/// Every page of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    selector_orphaned::DOC.entry(),
    port_renamed::DOC.entry(),
    grant_lost::DOC.entry(),
    last_replica::DOC.entry(),
    class_unserved::DOC.entry(),
    host_conflict::DOC.entry(),
    port_closed::DOC.entry(),
];

/// A cause that explains problems of one subject.
type Explain = fn(&Context<'_>, &SubjectChange) -> Vec<Finding>;

static EXPLAIN: [Explain; 6] = [
    selector_orphaned::explain,
    port_renamed::explain,
    grant_lost::explain,
    last_replica::explain,
    class_unserved::explain,
    host_conflict::explain,
];

/// Names the causes in the comparison and adds their findings to the report.
pub fn name(before: &Snapshot, applied: &Applied, change: &mut Change, report: &mut Report, positions: &dyn Locate) {
    let context = Context::new(before, applied, report);
    let mut found: Vec<(Option<usize>, Finding)> = Vec::new();
    for (index, subject) in change.subjects.iter().enumerate() {
        let new = !subject.introduced.is_empty() || !subject.newly_seen.is_empty();
        if new {
            for finding in EXPLAIN.iter().flat_map(|explain| explain(&context, subject)) {
                found.push((Some(index), finding));
            }
        }
    }
    found.extend(port_closed::find(&context).into_iter().map(|finding| (None, finding)));
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
