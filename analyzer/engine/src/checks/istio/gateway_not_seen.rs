//! `istio/gateway-not-seen`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::GatewayContext;
use kubereach_model::evidence::{Assumes, CheckDoc, Obstacle, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::{Pod, Resource as _};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "istio/gateway-not-seen",
    segment: SegmentName::Controller,
    title: "No pod that the Gateway selects was seen",
    explanation: "A Gateway configures the pods that its selector finds, in any namespace. None was found. They may \
                  not have been collected, or the selector may be wrong, so nothing is condemned. In manifests the \
                  pods are the cluster's, and are assumed to run.",
    example: "spec.selector: {istio: ingress}   # the pods have the label istio: ingressgateway",
    sources: &["Istio: Gateway.selector", "Istio: IST0101 ReferencedResourceNotFound"],
});

/// Adds it where no pod was found.
pub fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    let selects = cx.gateway.spec.as_ref().is_ok_and(|spec| !spec.selector.is_empty());
    if !cx.tier.pods.is_empty() || !cx.tier.workloads.is_empty() || !selects {
        return;
    }
    let reason = match cx.cluster.snapshot.is_complete(Pod::KIND, None) {
        Ok(()) => "no pod of the cluster has the labels of its selector".to_owned(),
        Err(gap) => gap.sentence(),
    };
    let gap = Gap::investigate("whether the pods of the gateway run is not shown", reason);
    let message = "no pod that the Gateway selects was seen";
    if let Some(obstacle) = Obstacle::of_cluster(cx.manifests(), "Pod", "the pods of the gateway", gap.clone()) {
        let assumption = DOC.assumption(obstacle, cx.object(), message).could("not run, so that nobody answers");
        return segment.assume(assumption.read_by(words::reading_pods()), cx.cluster.snapshot.strict);
    }
    let finding = DOC.finding(&gap, cx.object(), message).at(cx.gateway.found.get().origin, field!["spec", "selector"]);
    segment.add(finding.next("Compare the selector with the labels of the gateway's pods.", words::pods(cx)));
}
