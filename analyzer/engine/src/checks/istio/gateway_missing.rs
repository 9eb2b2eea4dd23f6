//! `istio/gateway-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::{Binding, BoundContext};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/gateway-missing",
    segment: SegmentName::Listener,
    title: "The gateway of a VirtualService does not exist",
    explanation: "A VirtualService is served at the gateways that it names: name means one of its own namespace, \
                  namespace/name any other. One of them does not exist, so nothing is served there. Raised only where \
                  the Gateways of the namespace were read completely.",
    example: "gateways: [edge]   # the Gateway is infra/edge",
    sources: &["Istio: VirtualService.gateways", "Istio: IST0101 ReferencedResourceNotFound"],
});

/// Adds it for a name without Gateway.
pub fn check(cx: &BoundContext<'_, '_>, segment: &mut Segment) {
    let Binding::Missing(absence) = cx.binding else { return };
    let message = format!("the gateway '{}' does not exist", words::brief(cx.named));
    let finding = DOC.finding(&absence.proof(), cx.of.object(), message);
    let finding = finding.at(cx.of.service.found.get().origin, field!["spec", "gateways", cx.index]);
    segment
        .add(finding.next("Create the Gateway, or correct the name.", "kubectl get gateways.networking.istio.io -A"));
}
