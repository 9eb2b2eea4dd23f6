//! `measurement/unconfirmed-failure`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Inconclusive, Text};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "measurement/unconfirmed-failure",
    segment: SegmentName::Address,
    title: "Traffic failed, and nothing corroborates it",
    explanation: "A real request failed, but there was no second attempt, or nothing else was answered from the \
                  same place that would show the place itself to work, or the kind of failure has causes that are \
                  nobody's fault. It is neither a wall nor an all-clear; the causes that fit are listed. A second \
                  run with the plan's controls settles it.",
    example: "One timeout from a Pod whose run answered nothing else.",
    sources: &["docs/semantics/measurement.md#a-failure-counts-only-when-it-is-corroborated"],
});
