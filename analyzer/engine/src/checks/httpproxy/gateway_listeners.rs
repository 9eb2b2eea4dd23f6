//! `httpproxy/gateway-listeners`

use kubereach_reports::report::SegmentName;

use crate::evaluate::door::contour::ProxyContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "httpproxy/gateway-listeners",
    segment: SegmentName::Controller,
    title: "Contour may have no listener for HTTPProxies",
    explanation: "A Contour that serves a Gateway puts HTTPProxies on the one HTTP listener of it, and on none where \
                  it has none or several (ListenerError). Whether Contour serves the Gateway that was read is not \
                  shown.",
    example: "A Gateway of Contour's class with the listeners http-1 and http-2",
    sources: &["Contour: internal/dag/accessors.go (GetSingleListener)"],
});

/// For every HTTPProxy beside such a Gateway.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    let Some(gap) = cx.gateway.filter(|_| !cx.said().is_true()) else { return };
    let message = "a Gateway that Contour may serve has other than one HTTP listener";
    let finding = DOC.finding(gap, cx.proxy.object(), message);
    segment.add(finding.next("Look at the listeners.", "kubectl get gateways -A -o yaml"));
}
