//! `measurement/other-identity`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{measured, on_path};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/other-identity",
    segment: SegmentName::Address,
    title: "The caller that failed may be refused for who it is",
    explanation: "The measuring Pod failed, and network policies that were read refuse it by its labels or \
                  namespace, or it cannot be told whether they do. Real callers may be let in, so the failure \
                  changes nothing. Measure again from a Pod with a caller's labels and namespace.",
    example: "A policy admits app=web only; the prober carries no label and times out.",
    sources: &["networking.k8s.io/v1 NetworkPolicySpec.ingress"],
});

/// A caller failed whom network policy may refuse where it lets the real ones in.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::OtherIdentity(told, why) = cx.remark else { return None };
    let message = format!("{} failed {}, which says nothing of other callers: {why}", told.source, on_path(cx.path));
    Some(DOC.finding(cx.entry(), message).cause(measured(told, cx.taken_at)))
}
