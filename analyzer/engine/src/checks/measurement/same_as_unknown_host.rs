//! `measurement/same-as-unknown-host`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{measured, on_path};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/same-as-unknown-host",
    segment: SegmentName::Address,
    title: "The entry answers an unknown host alike",
    explanation: "A request for a host that nobody declared got the very same answer at the same address: same \
                  status, same body. The answer is therefore the entry's own, or that of a catch-all rule, and \
                  shows nothing of the rule and the backend that were meant.",
    example: "Both shop.example and a random host are answered 200 with the provider's parking page.",
    sources: &["RFC 9110 section 7.4"],
});

/// The entry gives an unknown host the very same answer.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::SameAsUnknownHost(told) = cx.remark else { return None };
    let message =
        format!("{}, an unknown host gets the very same answer, so it proves the entry only", on_path(cx.path));
    Some(DOC.finding(cx.entry(), message).cause(measured(told, cx.taken_at)))
}
