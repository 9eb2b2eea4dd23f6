//! `gateway/listener-port-contested`: several listeners need the same port to themselves.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::gateway::listener::Clash;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/listener-port-contested",
    segment: SegmentName::Listener,
    title: "Several listeners need the same port to themselves",
    explanation: "TCP and UDP listeners need a port to themselves. If several ask for one port, the specification \
                  serves none of them; some controllers serve the first all the same. The later ones are not served by \
                  anybody and are reported as gateway/listener-protocol-conflict.",
    example: "\
listeners:
- {name: a, port: 53, protocol: UDP}
- {name: b, port: 53, protocol: UDP}",
    sources: &["Gateway API reference: GatewaySpec.listeners, \"Distinct Listeners\""],
});

/// For the first of several that need the port, unless its controller accepts it.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Some((conflict, other)) = cx.conflict() else { return };
    if conflict.clash != Clash::Contested || cx.is_accepted() {
        return;
    }
    let listener = cx.listener;
    let gap = Gap::investigate(
        "whether the controller serves the first of several is not known",
        "the specification serves none of them, some controllers do",
    );
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!(
                "{} and {} both need port {} to themselves",
                listener.describe(),
                other.describe(),
                listener.spec.port.known().copied().unwrap_or_default()
            ),
        )
        .next("Move one of them to another port.", command::describe(&listener.owner.object()))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "port"]),
    );
}
