//! `measurement/stale`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/stale",
    segment: SegmentName::Address,
    title: "The measurement is older than the snapshot",
    explanation: "The measurement was made before an object of this way was created, or well before the snapshot \
                  was taken. What it saw may be gone, so it changes nothing. Measure again.",
    example: "Measured on Monday, Service created anew on Tuesday, dump taken on Wednesday.",
    sources: &["docs/semantics/measurement.md#stale-measurements-change-nothing"],
});
