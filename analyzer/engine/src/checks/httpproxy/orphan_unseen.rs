//! `httpproxy/orphan-unseen`

use kubereach_reports::report::SegmentName;

use crate::evaluate::door::contour::ProxyContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "httpproxy/orphan-unseen",
    segment: SegmentName::Rule,
    title: "Whether a root includes the HTTPProxy was not seen",
    explanation: "An HTTPProxy without a virtualhost is served only where a root includes it. None that was read does, \
                  and not all were read.",
    example: "A child in a manifest whose root is kept elsewhere.",
    sources: &["Contour: internal/dag/httpproxy_processor.go"],
});

/// For one that nobody includes who was read.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    let (None, Err(gap)) = (cx.chain, cx.complete) else { return };
    let message = "no root that was read includes this HTTPProxy";
    let finding = DOC.finding(gap, cx.proxy.object(), message);
    segment.add(finding.next("Look for a root that includes it.", super::LIST));
}
