//! `gateway/listener-port-contested`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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

/// For the first of several; `other` is a later one.
pub fn finding(door: &Door<'_>, other: &Door<'_>) -> Finding {
    let gap = Gap::investigate(
        "whether the controller serves the first of several is not known",
        "the specification serves none of them, some controllers do",
    );
    DOC.finding(
        &gap,
        door.owner.object(),
        format!(
            "{} and {} both need port {} to themselves",
            door.describe(),
            other.describe(),
            door.listener.port.known().copied().unwrap_or_default()
        ),
    )
    .next("move one of them to another port", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "port"])
}
