//! `gateway/proxy-doubtful`: no pod that carries the Gateway's traffic was seen ready, and that proves nothing.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ProxyContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/proxy-doubtful",
    segment: SegmentName::Controller,
    title: "Proxy pods of the Gateway were seen, and none of them is ready",
    explanation: "That does not prove that nobody takes the traffic: not all pods of the cluster were read, or they may \
                  listen on their node although they are not ready, or they are seconds old.",
    example: "A dump of some namespaces, with one proxy pod in CrashLoopBackOff.",
    sources: &["GEP-1762: in cluster Gateway deployments"],
});

/// Where the proof is not complete.
pub(super) fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    let Some(gap) = &cx.doubt else { return };
    let gateway = cx.gateway.gateway();
    let message = format!("no ready proxy pod of Gateway {} ({}) was seen", gateway.metadata.name, cx.name);
    segment.add(
        DOC.finding(gap, cx.pod.object(), message)
            .relates(gateway.object(), "is served by it")
            .next("Find out why the proxy is not ready.", command::describe(&cx.pod.object())),
    );
}
