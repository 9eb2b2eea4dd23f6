//! `istio/gateway-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::{Binding, BoundContext};
use kubereach_model::evidence::{Assumes, CheckDoc, Obstacle, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "istio/gateway-unseen",
    segment: SegmentName::Listener,
    title: "The gateway of a VirtualService was not read",
    explanation: "A VirtualService is served at the gateways that it names. One of them was not read, and the Gateways \
                  of its namespace were not read completely. In manifests it is assumed to be in the cluster.",
    example: "gateways: [infra/edge]   # a dump of namespace shop",
    sources: &["Istio: VirtualService.gateways"],
});

/// Adds it for a name that may have a Gateway.
pub fn check(cx: &BoundContext<'_, '_>, segment: &mut Segment) {
    let Binding::Unseen(gap) = cx.binding else { return };
    let message = format!("the gateway '{}' was not read", words::brief(cx.named));
    if let Some(obstacle) = Obstacle::of_cluster(cx.of.manifests(), "Gateway", "the gateways of the mesh", gap.clone())
    {
        let assumption = DOC.assumption(obstacle, cx.of.object(), message).could("be missing, so that nobody answers");
        segment.evaluated("a gateway of the cluster");
        return segment.assume(assumption.read_by(words::reading("gateways")), cx.of.cluster.snapshot.strict);
    }
    let finding = DOC.finding(gap, cx.of.object(), message);
    let finding = finding.at(cx.of.service.found.get().origin, field!["spec", "gateways", cx.index]);
    segment.add(
        finding.next("Read the Gateways of its namespace as well.", "kubectl get gateways.networking.istio.io -A"),
    );
}
