//! `listener-set/conflict-order-unseen`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "listener-set/conflict-order-unseen",
    segment: SegmentName::Listener,
    title: "Two ListenerSets collide; which one is older is not known",
    explanation: "Of two ListenerSets with colliding listeners the older one is served. The creation times are not in \
                  the input (manifests have none).",
    example: "Two ListenerSet manifests with the same port and host name.",
    sources: &["Gateway API reference: ListenerSetSpec.listeners"],
});

/// For a listener that collides with `other`.
pub fn finding(door: &Door<'_>, other: &Door<'_>) -> Finding {
    let gap = Gap::investigate("which of the two sets is older is not known", "the input shows no creation times");
    DOC.finding(
        &gap,
        door.owner.object(),
        format!("{} collides with {}; only the older of the two is served", door.describe(), other.describe()),
    )
    .next("choose another port or host name", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index])
}
