//! `istio/gateway-not-ready`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::GatewayContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::snapshot::model::{Pod, Resource as _};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/gateway-not-ready",
    segment: SegmentName::Controller,
    title: "No pod of the gateway is ready",
    explanation: "A Gateway configures the pods that its selector finds, and they carry the traffic. The pods of the \
                  whole cluster were read, and none that it selects is ready. Not raised where they listen on their \
                  nodes.",
    example: "istio-ingressgateway-7f5c 0/1 CrashLoopBackOff",
    sources: &["Istio: Gateway.selector"],
});

/// Adds it where the proof is complete.
pub fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    let pods = &cx.tier.pods;
    let Some(pod) = pods.first().filter(|_| pods.iter().all(|pod| pod.is_ready() == Some(false))) else { return };
    if cx.tier.may_listen_on_node() || cx.cluster.snapshot.is_complete(Pod::KIND, None).is_err() {
        return;
    }
    let message = match pods.len() {
        1 => "the only pod of the gateway is not ready".to_owned(),
        count => format!("none of the {count} pods of the gateway is ready"),
    };
    let proof = pod.shows(match pods.len() {
        1 => "not ready, and the selector finds no other".to_owned(),
        count => format!("not ready, and the selector finds {count} pods"),
    });
    let finding = DOC.finding(&proof, pod.object(), message).relates(cx.object(), "selects it");
    segment.add(finding.next("Find out why the gateway is not ready.", words::pods(cx)));
}
