//! `gateway/paths-not-listed`: not every listener is listed.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListingContext;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "gateway/paths-not-listed",
    segment: SegmentName::Listener,
    title: "Not every listener is listed",
    explanation: "The Gateway has more listeners than a report lists. All were judged; of each state at least one is \
                  listed, the worst first.",
    example: "A Gateway with ListenerSets of more than 500 listeners.",
    sources: &["docs/semantics/honesty.md#every-judged-path-is-counted-whatever-is-listed"],
});

/// How many are not listed.
pub(super) fn finding(cx: &ListingContext) -> Option<Finding> {
    let ListingContext { object, left_out: more } = cx;
    if *more == 0 {
        return None;
    }
    let message = format!("{more} more listeners of {} {} are judged but not listed", object.kind, object.name);
    Some(DOC.finding(object.clone(), message))
}
