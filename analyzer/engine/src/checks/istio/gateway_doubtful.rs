//! `istio/gateway-doubtful`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::GatewayContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::{Pod, Resource as _};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "istio/gateway-doubtful",
    segment: SegmentName::Controller,
    title: "Pods of the gateway were seen and none of them is ready",
    explanation: "The selector finds pods and none of them is ready, but that does not prove that nobody takes the \
                  traffic: not all pods of the cluster were read, their status was not collected, or they listen on \
                  their nodes.",
    example: "One pod of the gateway, not ready, in a dump of one namespace",
    sources: &["Istio: Gateway.selector"],
});

/// Adds it where no pod is ready and nothing is proven.
pub fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    let pods = &cx.tier.pods;
    let Some(pod) = pods.first().filter(|_| cx.tier.ready() == 0) else { return };
    let complete = cx.cluster.snapshot.is_complete(Pod::KIND, None);
    let proven =
        pods.iter().all(|pod| pod.is_ready() == Some(false)) && complete.is_ok() && !cx.tier.may_listen_on_node();
    if proven || cx.manifests().is_some() {
        return;
    }
    let reason = complete
        .err()
        .map_or_else(|| "their status is not known, or they listen on their nodes".to_owned(), |gap| gap.sentence());
    let gap = Gap::investigate("whether the gateway takes traffic is not shown", reason);
    let finding =
        DOC.finding(&gap, pod.object(), "no ready pod of the gateway was seen").relates(cx.object(), "selects it");
    segment.add(finding.next("Find out why the gateway is not ready.", words::pods(cx)));
}
