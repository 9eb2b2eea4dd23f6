//! `endpoints/redacted`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "endpoints/redacted",
    segment: SegmentName::Endpoints,
    title: "Addresses were masked by the collector",
    explanation: "Addresses in a dump may be private and are often replaced. The collector masked addresses. A masked address counts as an address; what it was is not \
         known.",
    example: "addresses: [x-ipv4-0000000001-x]",
    sources: &["must-gather-clean, Troubleshoot redactors"],
});

/// Some address is masked.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let masked = cx.behind.endpoints.iter().filter(|e| e.redacted).count();
    (masked > 0).then(|| DOC.finding(cx.object(), format!("{masked} of its addresses were masked by the collector")))
}
