//! Which requests get another answer after a change.

use kubereach_reports::report::{Change, ChangeKind};
use kubereach_reports::secrets::mask;

use crate::evaluate::Cluster;
use crate::request::Requests;

/// Rows that are told.
const MOST: usize = 500;

/// Asks both states. Between two snapshots an answer that cannot be told on one side is a change of sight, and not of
/// the cluster.
pub(super) fn name(before: &Cluster<'_>, after: &Cluster<'_>, told: &mut Change) {
    let (old, new) = (Requests::new(before), Requests::new(after));
    let mut rows = old.changes(&new, told.kind == ChangeKind::OnTopOf);
    told.requests_left_out = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    for line in rows.iter_mut().flat_map(|row| [&mut row.before.line, &mut row.after.line]) {
        if let Some(masked) = mask(line) {
            *line = masked;
        }
    }
    told.requests = rows;
}
