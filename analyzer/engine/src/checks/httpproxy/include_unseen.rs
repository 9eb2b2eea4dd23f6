//! `httpproxy/include-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use crate::resolve::contour::{Basis, Problem};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "httpproxy/include-unseen",
    segment: SegmentName::Reference,
    title: "An included HTTPProxy was not seen",
    explanation: "The include names an HTTPProxy that is not in the input, and not all were read. Whether it exists, and \
                  where the requests of this include go, cannot be told.",
    example: "includes: [{name: blog, namespace: marketing}] in a dump of one namespace",
    sources: &["Contour: internal/dag/httpproxy_processor.go"],
});

/// For one include.
pub fn check(cx: &ProxyContext<'_, '_>, problem: &Problem, segment: &mut Segment) {
    let Basis::Unknown(gap) = &problem.basis else { return };
    if cx.said().is_true() {
        return;
    }
    let message = words::brief(&problem.what);
    let finding = DOC.finding(gap, cx.proxy.object(), message).at(cx.proxy.origin, problem.field.iter().cloned());
    segment.add(finding.next("Add it to the input.", super::LIST));
}
