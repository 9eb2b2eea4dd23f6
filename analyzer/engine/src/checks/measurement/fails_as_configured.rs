//! `measurement/fails-as-configured`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{measured, on_path, part};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/fails-as-configured",
    segment: SegmentName::Address,
    title: "Traffic fails as the configuration says",
    explanation: "The snapshot shows this path as blocked, and a real request failed on it. The measurement agrees \
                  with the proof; it adds nothing to it and takes nothing away.",
    example: "A Service whose selector matches no Pod; its ClusterIP refuses connections.",
    sources: &["docs/design.md#the-one-table"],
});

/// Traffic fails where the configuration says so.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::FailsAsConfigured(told) = cx.remark else { return None };
    let message = format!("traffic fails {}{}, as the configuration says", on_path(cx.path), part(told));
    Some(DOC.finding(cx.entry(), message).cause(measured(told, cx.taken_at)))
}
