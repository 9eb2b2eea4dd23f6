//! `gateway/no-listeners-valid`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Gateway;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/no-listeners-valid",
    segment: SegmentName::Listener,
    title: "The Gateway has no listener",
    explanation: "A Gateway without listeners, and without ListenerSets attached to it, listens nowhere: it has no port to which a client could connect, so every request through it fails until a listener is declared or attached.",
    example: "spec: {gatewayClassName: public, listeners: []}",
    sources: &["Gateway API reference: GatewaySpec.listeners"],
});

/// For a Gateway without any listener.
pub fn finding(gateway: Found<'_, Gateway>) -> Finding {
    let proof = gateway.shows("spec.listeners is empty and no ListenerSet stands on it");
    DOC.finding(
        &proof,
        gateway.object(),
        format!("Gateway {} declares no listener, so it accepts no traffic", gateway.metadata.name),
    )
    .next("add a listener", command::get(&gateway.object(), "-o yaml"))
    .at(gateway.origin, field!["spec", "listeners"])
}
