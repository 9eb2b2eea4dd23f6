//! `gateway/listener-hostname-conflict`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/listener-hostname-conflict",
    segment: SegmentName::Listener,
    title: "Two listeners have the same port, protocol and host name",
    explanation: "A request must belong to exactly one listener. Listeners of one Gateway that share port, protocol \
                  and host name cannot be told apart; the specification forbids picking a winner, so none of them is \
                  served. Of listeners in ListenerSets the later one yields, which is listener-set/conflicted.",
    example: "\
listeners:
- {name: a, port: 80, protocol: HTTP, hostname: shop.example}
- {name: b, port: 80, protocol: HTTP, hostname: shop.example}",
    sources: &["Gateway API reference: GatewaySpec.listeners, \"Distinct Listeners\""],
});

/// For a listener that clashes with `other`.
pub fn finding(door: &Door<'_>, other: &Door<'_>) -> Finding {
    let proof = door.owner.shows(format!("{} and {} both serve {}", door.describe(), other.describe(), door.serves()));
    DOC.finding(
        &proof,
        door.owner.object(),
        format!(
            "{} and {} ask for the same port, protocol and host name, so neither is served",
            door.describe(),
            other.describe()
        ),
    )
    .cause("a request could not be told apart, and the specification forbids choosing one of the two")
    .next("give one of them another host name or port, or remove it", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "hostname"])
}
