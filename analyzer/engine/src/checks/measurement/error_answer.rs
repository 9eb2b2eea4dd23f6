//! `measurement/error-answer`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{fits, on_path, part, proof};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text, command};

/// Its catalogue entry.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "measurement/error-answer",
    segment: SegmentName::Address,
    title: "Something answers that cannot do its part",
    explanation: "The path is there and something answered on it, and what it answered is a failure of its own: an \
                  intermediary that could not reach its backend (502, 504, a proxy's own 503), a certificate that \
                  verifying clients refuse, another protocol than the one declared, or silence after an accepted \
                  connection. Clients suffer; that nobody gets through is not shown. An application's own 4xx or \
                  5xx never raises it.",
    example: "ingress-nginx answers 504 for a host whose Pods do not reply in time.",
    sources: &["RFC 9110 section 15.6", "RFC 5280 section 6"],
});

/// Something answered that could not do its part.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::Suffers(told) = cx.remark else { return None };
    let message = format!("traffic suffers {}{}: {}", on_path(cx.path), part(told), told.evidence);
    let finding = DOC
        .finding(&proof(told), cx.entry(), message)
        .cause(fits(told).trim_start().to_owned())
        .next("Look at what stands behind it.", command::describe(&cx.backend_or_entry()));
    Some(finding)
}
