//! `httpproxy/envoy-not-ready`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use crate::resolve::proxy_pods::TrafficSource;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "httpproxy/envoy-not-ready",
    segment: SegmentName::Controller,
    title: "No pod of Envoy is ready",
    explanation: "Contour configures Envoy, whose pods carry the traffic. They were found by their labels and image, \
                  the pods of the whole cluster were read, and none is ready: nobody takes requests. Not raised for \
                  pods that listen on their node, which may do so although they are not ready.",
    example: "envoy-x7k2p 1/2 CrashLoopBackOff",
    sources: &["Contour: examples/contour (DaemonSet envoy)"],
});

/// For the pods that carry the traffic.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    let complete = cx.state.seen.as_ref().is_some_and(|seen| seen.complete.is_ok());
    let Some(TrafficSource::Pods(pods)) = cx.state.proxy.as_ref().map(|proxy| &proxy.source) else { return };
    if !complete || !pods.iter().all(crate::checks::door::is_unready_and_off_the_node) {
        return;
    }
    let Some(pod) = pods.first() else { return };
    let finding = DOC
        .finding(&pod.shows("not ready, like every pod of Envoy"), pod.object(), "no pod of Envoy is ready")
        .cause("Envoy takes the requests that Contour tells it about. Without a ready pod nobody takes them.")
        .relates(cx.proxy.object(), "served by it");
    segment.add(finding.next("Find out why Envoy is not ready.", words::kubectl("describe pod", &pod.object())));
}
