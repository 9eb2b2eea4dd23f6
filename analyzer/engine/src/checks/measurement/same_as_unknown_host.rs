//! `measurement/same-as-unknown-host`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
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
