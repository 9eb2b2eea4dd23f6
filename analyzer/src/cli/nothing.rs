//! Was there anything to judge at all?

use kubereach_engine::evaluate::door;
use kubereach_reports::report::{CoverageState, Report};

/// Why nothing could be judged: no subject was found, and where subjects would be nothing was read. Manifests without
/// a subject are no such case: they were read, and declare none.
pub(super) fn why(report: &Report) -> Option<String> {
    if !report.subjects.is_empty() {
        return None;
    }
    let manifests = report.snapshot.inputs.iter().all(|input| input.layout == "plain");
    let mut refused = Vec::new();
    let mut unread = Vec::new();
    let mut read = false;
    for kind in door::kinds().map(|kind| kind.name) {
        let rows = || report.snapshot.coverage.iter().filter(|row| row.kind == kind);
        let has = |state: CoverageState| rows().any(|row| row.state == state);
        if has(CoverageState::Complete) || has(CoverageState::Partial) {
            read = true;
        } else if has(CoverageState::Forbidden) {
            refused.push(kind);
        } else if has(CoverageState::NotCollected) {
            unread.push(kind);
        }
    }
    if !refused.is_empty() {
        return Some(format!("nothing could be judged: the API server refused {}", refused.join(", ")));
    }
    let nothing = !read && !unread.is_empty() && !manifests;
    nothing.then(|| "nothing could be judged: no kind that leads traffic was collected".to_owned())
}
