//! `door/proxy-doubtful`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use crate::evaluate::door::openshift::RouteContext;
use crate::resolve::proxy_pods::TrafficSource;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::model::Pod;
use kubereach_model::snapshot::{Found, Gap};
use kubereach_reports::report::ObjectRef;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "door/proxy-doubtful",
    segment: SegmentName::Controller,
    title: "No ready pod of the proxy was seen",
    explanation: "Pods of the proxy that carries the traffic of the door were found and none of them is ready, and it \
                  is not proven that nobody takes requests: not all pods were read, or they listen on the network of \
                  their node, where they may do so although they are not ready.",
    example: "envoy-x7k2p 1/2 CrashLoopBackOff with hostPort 443",
    sources: &[
        "openshift/cluster-ingress-operator: pkg/operator/controller/ingress/deployment.go",
        "Contour: examples/contour (DaemonSet envoy)",
    ],
});

/// For a router.
pub fn router(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let (Some(router), Some(seen)) = (cx.router, &cx.state.seen) else { return };
    // Where none of all routers is ready another check says so.
    if seen.ready == 0 {
        return;
    }
    let label = crate::checks::openshift::ROUTER;
    let own = seen.pods.iter().filter(|pod| pod.metadata.label(label) == Some(router.router_name.as_str()));
    let own: Vec<_> = own.copied().collect();
    doubt(&own, seen.complete.as_ref().err(), cx.route.object(), segment);
}

/// For Envoy.
pub fn envoy(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    let Some(TrafficSource::Pods(pods)) = cx.state.proxy.as_ref().map(|proxy| &proxy.source) else { return };
    let gap = cx.state.seen.as_ref().and_then(|seen| seen.complete.as_ref().err());
    doubt(pods, gap, cx.proxy.object(), segment);
}

fn doubt(pods: &[Found<'_, Pod>], gap: Option<&Gap>, door: ObjectRef, segment: &mut Segment) {
    let proven = gap.is_none() && pods.iter().all(super::is_unready_and_off_the_node);
    let Some(pod) = pods.first().filter(|_| !proven) else { return };
    if pods.iter().any(|pod| pod.is_ready() == Some(true)) {
        return;
    }
    let reason = gap.map_or_else(|| "its pods may listen on their nodes".to_owned(), Gap::sentence);
    let gap = Gap::investigate("whether the proxy takes requests is not shown", reason);
    let finding = DOC.finding(&gap, pod.object(), "no ready pod of the proxy was seen").relates(door, "served by it");
    segment.add(finding.next("Find out why it is not ready.", words::kubectl("describe pod", &pod.object())));
}
