//! `gateway/no-listeners-valid`: the Gateway has no listener.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::GatewayContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/no-listeners-valid",
    segment: SegmentName::Listener,
    title: "The Gateway has no listener",
    explanation: "A Gateway without listeners, and without ListenerSets attached to it, listens nowhere: it has no port to which a client could connect, so every request through it fails until a listener is declared or attached.",
    example: "spec: {gatewayClassName: public, listeners: []}",
    sources: &["Gateway API reference: GatewaySpec.listeners"],
});

/// For a Gateway that certainly has no listener.
pub(super) fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    if !cx.has_no_listener() {
        return;
    }
    let gateway = cx.gateway();
    let proof = gateway.shows("spec.listeners is empty and no ListenerSet stands on it");
    segment.add(
        DOC.finding(
            &proof,
            gateway.object(),
            format!("Gateway {} declares no listener, so it accepts no traffic", gateway.metadata.name),
        )
        .next("Add a listener.", command::get(&gateway.object(), "-o yaml"))
        .at(gateway.origin, field!["spec", "listeners"]),
    );
}
