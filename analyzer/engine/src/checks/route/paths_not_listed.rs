//! `route/paths-not-listed`: not every path is listed.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListingContext;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/paths-not-listed",
    segment: SegmentName::Rule,
    title: "Not every path is listed",
    explanation: "The route has more combinations of listener, host name, match and backend than a report lists. All \
                  were judged; of each state at least one is listed, the worst first.",
    example: "An HTTPRoute with 64 listeners, 16 host names and 16 rules.",
    sources: &["docs/semantics/honesty.md#every-judged-path-is-counted-whatever-is-listed"],
});

/// How many are not listed.
pub(super) fn finding(cx: &ListingContext) -> Option<Finding> {
    let ListingContext { object, left_out: more } = cx;
    if *more == 0 {
        return None;
    }
    let message = format!("{more} more paths of {} {} are judged but not listed", object.kind, object.name);
    Some(DOC.finding(object.clone(), message))
}
