//! `measurement/error-answer`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Narrows, Text};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "measurement/error-answer",
    segment: SegmentName::Address,
    title: "Something answers that cannot do its part",
    explanation: "The way is there and something answered on it, and what it answered is a failure of its own: an \
                  intermediary that could not reach its backend (502, 504, a proxy's own 503), a certificate that \
                  verifying clients refuse, another protocol than the one declared, or silence after an accepted \
                  connection. Clients suffer; that nobody gets through is not shown. An application's own 4xx or \
                  5xx never raises it.",
    example: "ingress-nginx answers 504 for a host whose Pods do not reply in time.",
    sources: &["RFC 9110 section 15.6", "RFC 5280 section 6"],
});
