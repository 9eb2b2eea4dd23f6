//! `gateway/unsupported-protocol`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/unsupported-protocol",
    segment: SegmentName::Listener,
    title: "A protocol the Gateway API does not define",
    explanation: "HTTP, HTTPS, TLS, TCP and UDP are defined. Implementations may add others under their own domain \
                  name. A controller that does not know the protocol does not serve the listener.",
    example: "listeners: [{name: odd, port: 8085, protocol: INVALID}]",
    sources: &["Gateway API reference: ProtocolType"],
});

/// For a listener of such a protocol.
pub fn finding(door: &Door<'_>) -> Finding {
    let protocol = command::cut(&door.listener.protocol);
    let gap = Gap::investigate(
        format!("whether the controller knows the protocol {protocol} is not known"),
        "the Gateway API does not define it",
    );
    DOC.finding(
        &gap,
        door.owner.object(),
        format!("{} uses the protocol {protocol}, which is not HTTP, HTTPS, TLS, TCP or UDP", door.describe()),
    )
    .cause("a controller that does not know a protocol does not serve its listener")
    .next(
        "correct the protocol, or look whether the controller accepts the listener",
        command::describe(&door.owner.object()),
    )
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "protocol"])
}
