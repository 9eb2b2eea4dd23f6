//! `gateway/listener-mixed-protocols`: listeners on one port mix HTTP with HTTPS or TLS.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::gateway::listener::Clash;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/listener-mixed-protocols",
    segment: SegmentName::Listener,
    title: "Listeners on one port mix HTTP with HTTPS or TLS",
    explanation: "The specification leaves it to implementations whether plain HTTP can share a port with HTTPS or \
                  TLS, and whether HTTPS and TLS listeners for the same host name can. Most refuse it as a protocol \
                  conflict; some tell the connections apart.",
    example: "\
listeners:
- {name: web, port: 80, protocol: HTTP}
- {name: secure, port: 80, protocol: HTTPS, tls: {...}}",
    sources: &["Gateway API reference: GatewaySpec.listeners, \"Compatible Listeners\""],
});

/// For a listener that shares its port with another protocol, unless its controller accepts it.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Some((conflict, other)) = cx.conflict() else { return };
    if conflict.clash != Clash::Mixed || cx.is_accepted() {
        return;
    }
    let listener = cx.listener;
    let gap = Gap::investigate(
        "whether the controller can serve both protocols on one port is not known",
        "the specification leaves it to implementations",
    );
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!(
                "{} ({}) shares its port with {} ({}), which many controllers refuse",
                listener.describe(),
                listener.spec.protocol,
                other.describe(),
                other.spec.protocol
            ),
        )
        .next(
            "Move one of them to another port, or look whether the controller reports a conflict.",
            command::describe(&listener.owner.object()),
        )
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "protocol"]),
    );
}
