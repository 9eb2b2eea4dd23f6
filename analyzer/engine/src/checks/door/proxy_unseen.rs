//! `door/proxy-unseen`

use kubereach_reports::report::SegmentName;

use crate::resolve::ingress::state::IngressState;
use crate::resolve::proxy_pods::TrafficSource;
use kubereach_model::evidence::{Assumes, CheckDoc, MayBeInTheWay, Obstacle, Reading, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "door/proxy-unseen",
    segment: SegmentName::Controller,
    title: "The pods that carry the traffic were not read",
    explanation: "The pods of the proxy that serves the door (OpenShift's router, Contour's Envoy) are not in the \
                  input, and pods were not read completely. A router is part of OpenShift, as kube-proxy is, and an \
                  address that is published was written by a controller: that the pods are ready is assumed, and said.",
    example: "A Route with status Admitted in a dump without pods.",
    sources: &["openshift/cluster-ingress-operator: pkg/operator/controller/ingress/deployment.go"],
});

/// For a router.
pub fn router(state: &IngressState<'_>, segment: &mut Segment) {
    assume(state, "the pods of OpenShift's routers", segment);
}

/// For Envoy, where an address is published: without one another check doubts it.
pub fn envoy(state: &IngressState<'_>, segment: &mut Segment) {
    if state.is_published() {
        assume(state, "the pods of Envoy", segment);
    }
}

fn assume(state: &IngressState<'_>, words: &'static str, segment: &mut Segment) {
    let seen = matches!(state.proxy.as_ref().map(|proxy| &proxy.source), Some(TrafficSource::Pods(_)));
    let Some(Err(gap)) = state.seen.as_ref().map(|seen| &seen.complete) else { return };
    if seen || state.is_manifest() {
        return;
    }
    let obstacle = Obstacle::new(MayBeInTheWay::ProxyPods(words), gap.clone());
    let reading = Reading { resource: "pods".to_owned(), arguments: "-o yaml > pods.yaml".to_owned() };
    let message = format!("whether {words} are ready was not read");
    let assumption = DOC.assumption(obstacle, state.ingress.object(), message);
    segment.assume(assumption.could("leave nobody to take requests").read_by(reading), state.strict);
}
