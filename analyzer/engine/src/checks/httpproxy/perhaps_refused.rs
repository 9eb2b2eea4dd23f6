//! `httpproxy/perhaps-refused`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use crate::resolve::contour::Basis;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "httpproxy/perhaps-refused",
    segment: SegmentName::Rule,
    title: "Whether Contour serves the HTTPProxy is not known",
    explanation: "Something that Contour has to find (a delegation, an extension service, a setting of its \
                  configuration) was not read. Not raised where Contour says that the present spec is valid.",
    example: "tls: {secretName: certs/shop} and TLSCertificateDelegations that were not collected",
    sources: &["Contour: internal/dag/httpproxy_processor.go"],
});

/// For everything that may be wrong.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    if cx.said().is_true() {
        return;
    }
    for (proxy, problem) in cx.problems() {
        let Basis::Unknown(gap) = &problem.basis else { continue };
        let what = words::brief(&problem.what);
        let message = format!("Contour may drop {} ({}): {what}", super::whose(cx, &proxy), problem.reason);
        let finding = DOC.finding(gap, proxy.object(), message).at(proxy.origin, problem.field.iter().cloned());
        segment.add(finding.next("Look for it.", words::kubectl("describe httpproxy", &proxy.object())));
    }
}
