//! `pod/evicted-leftovers`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/evicted-leftovers",
    segment: SegmentName::Endpoints,
    title: "Failed pods were left behind",
    explanation: "Evicted and failed pods stay in the list until somebody removes them. They receive no \
         traffic and are not counted.",
    example: "Pods in phase Failed with reason Evicted beside running ones.",
    sources: &["core/v1 Pod status.reason"],
});

/// Failed pods beside others.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let failed = &cx.view.selected.failed;
    let first = failed.first()?;
    if cx.view.selected.live.is_empty() {
        return None;
    }
    let evicted =
        failed.iter().filter(|p| p.status.as_ref().and_then(|s| s.reason.as_deref()) == Some("Evicted")).count();
    let message =
        format!("{} failed pods of it were left behind ({evicted} evicted); they are not counted", failed.len());
    Some(DOC.finding(first.object(), message))
}
