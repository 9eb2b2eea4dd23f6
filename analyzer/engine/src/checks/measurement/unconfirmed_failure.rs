//! `measurement/unconfirmed-failure`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{fits, measured, on_path, part, sentence};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text, command};
use kubereach_model::snapshot::Gap;

/// Its catalogue entry.
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

/// Traffic failed, and nothing corroborates it.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::Unconfirmed(told) = cx.remark else { return None };
    let gap = Gap::investigate(
        "whether a measured failure is the target's",
        "there was no second attempt, nothing else was answered from the same place, or real callers take another path",
    );
    let message = format!("traffic failed {}{}, and nothing corroborates it", on_path(cx.path), part(told));
    let entry = cx.entry();
    let finding = DOC
        .finding(&gap, entry.clone(), message)
        .cause(format!("{}{}", sentence(&measured(told, cx.taken_at)), fits(told)))
        .next("Measure again with the controls of a new plan.", command::describe(&entry));
    Some(finding)
}
