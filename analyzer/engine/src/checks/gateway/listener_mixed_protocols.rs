//! `gateway/listener-mixed-protocols`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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

/// For a listener that shares its port with `other`.
pub fn finding(door: &Door<'_>, other: &Door<'_>) -> Finding {
    let gap = Gap::investigate(
        "whether the controller can serve both protocols on one port is not known",
        "the specification leaves it to implementations",
    );
    DOC.finding(
        &gap,
        door.owner.object(),
        format!(
            "{} ({}) shares its port with {} ({}), which many controllers refuse",
            door.describe(),
            door.listener.protocol,
            other.describe(),
            other.listener.protocol
        ),
    )
    .next(
        "move one of them to another port, or look whether the controller reports a conflict",
        command::describe(&door.owner.object()),
    )
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "protocol"])
}
