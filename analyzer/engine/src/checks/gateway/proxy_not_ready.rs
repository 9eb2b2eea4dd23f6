//! `gateway/proxy-not-ready`: no pod that carries the Gateway's traffic is ready.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ProxyContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/proxy-not-ready",
    segment: SegmentName::Controller,
    title: "No pod that carries the Gateway's traffic is ready",
    explanation: "The pods of the Gateway's proxy were found (by the label gateway-name of GEP-1762, by the labels of the \
                  implementation, or, where all Gateways share them, as its proxy), the pods of the whole cluster were \
                  read, and none of those found is ready: whoever asks gets no answer, whatever the condition Programmed \
                  says. Where they may listen on their node, are seconds old, or not all pods were read, \
                  proxy-doubtful is raised instead.",
    example: "envoy-shop-edge-7d9c 0/1 ImagePullBackOff",
    sources: &["GEP-1762: in cluster Gateway deployments", "core/v1 PodStatus conditions Ready"],
});

/// Where the proof is complete.
pub(super) fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    if cx.doubt.is_some() {
        return;
    }
    let gateway = cx.gateway.gateway();
    let name = &gateway.metadata.name;
    let message = match cx.count {
        1 => format!("the only proxy pod of Gateway {name} ({}) is not ready", cx.name),
        n => format!("none of the {n} proxy pods of Gateway {name} ({}) is ready", cx.name),
    };
    let proof = cx.pod.shows("not ready, like every other proxy pod of the Gateway");
    segment.add(
        DOC.finding(&proof, cx.pod.object(), message)
            .cause("the proxy takes the requests for the Gateway; without a ready pod nobody does")
            .relates(gateway.object(), "is served by it")
            .next("Find out why the proxy is not ready.", command::describe(&cx.pod.object())),
    );
}
