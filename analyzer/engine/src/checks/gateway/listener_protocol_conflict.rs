//! `gateway/listener-protocol-conflict`: listeners on one port have protocols that cannot share it.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::gateway::listener::Clash;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/listener-protocol-conflict",
    segment: SegmentName::Listener,
    title: "Listeners on one port have protocols that cannot share it",
    explanation: "TCP and UDP listeners need a port to themselves, and a TCP listener cannot share one with HTTP, \
                  HTTPS or TLS. The specification demands that none of the listeners on such a port is served.",
    example: "\
listeners:
- {name: web, port: 80, protocol: HTTP}
- {name: raw, port: 80, protocol: TCP}",
    sources: &["Gateway API reference: GatewaySpec.listeners, \"Distinct Listeners\""],
});

/// For a listener that cannot share its port with another of the same owner.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Some((conflict, other)) = cx.conflict() else { return };
    if conflict.clash != Clash::Protocol || cx.yields() {
        return;
    }
    let listener = cx.listener;
    let proof = listener.owner.shows(format!(
        "{} is {}, {} is {}",
        listener.describe(),
        listener.serves(),
        other.describe(),
        other.serves()
    ));
    segment.add(
        DOC.finding(
            &proof,
            listener.owner.object(),
            format!(
                "{} ({}) and {} ({}) cannot share a port, so neither is served",
                listener.describe(),
                listener.spec.protocol,
                other.describe(),
                other.spec.protocol
            ),
        )
        .cause("raw TCP or UDP leaves nothing by which a request could be told apart from the other listener's")
        .next("Move one of them to another port.", command::describe(&listener.owner.object()))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "protocol"]),
    );
}
