//! `httpproxy/orphaned`

use kubereach_reports::report::SegmentName;

use crate::evaluate::door::contour::ProxyContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "httpproxy/orphaned",
    segment: SegmentName::Rule,
    title: "No root includes the HTTPProxy",
    explanation: "An HTTPProxy without a virtualhost is served only where a root includes it, directly or through \
                  others. None does, or only through includes or roots that Contour drops: it is orphaned and not \
                  served.",
    example: "An HTTPProxy with routes only, and no other that names it under includes.",
    sources: &["Contour: internal/dag/httpproxy_processor.go"],
});

/// For one that nobody includes.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    let (None, Ok(absence)) = (cx.chain, cx.complete) else { return };
    let finding = DOC
        .finding(&absence.proof(), cx.proxy.object(), "no root includes this HTTPProxy (Orphaned)")
        .cause("It has no host of its own, so that no request reaches it.")
        .at(cx.proxy.origin, field!["spec"]);
    segment.add(finding.next("Include it from a root, or give it a virtualhost.", super::LIST));
}
