//! `measurement/stale`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{measured, on_path};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/stale",
    segment: SegmentName::Address,
    title: "The measurement is older than the snapshot",
    explanation: "The measurement was made before an object of this path was created, or well before the snapshot \
                  was taken. What it saw may be gone, so it changes nothing. Measure again.",
    example: "Measured on Monday, Service created anew on Tuesday, dump taken on Wednesday.",
    sources: &["docs/semantics/measurement.md#stale-measurements-change-nothing"],
});

/// The measurement is older than what the snapshot shows.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::Stale(told, why) = cx.remark else { return None };
    let message = format!("what was measured {} is not counted: {why}", on_path(cx.path));
    Some(DOC.finding(cx.entry(), message).cause(measured(told, cx.taken_at)))
}
