//! `gateway/listener-protocol-conflict`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
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

/// For a listener that clashes with `other`.
pub fn finding(door: &Door<'_>, other: &Door<'_>) -> Finding {
    let proof = door.owner.shows(format!(
        "{} is {}, {} is {}",
        door.describe(),
        door.serves(),
        other.describe(),
        other.serves()
    ));
    DOC.finding(
        &proof,
        door.owner.object(),
        format!(
            "{} ({}) and {} ({}) cannot share a port, so neither is served",
            door.describe(),
            door.listener.protocol,
            other.describe(),
            other.listener.protocol
        ),
    )
    .cause("raw TCP or UDP leaves nothing by which a request could be told apart from the other listener's")
    .next("move one of them to another port", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "protocol"])
}
