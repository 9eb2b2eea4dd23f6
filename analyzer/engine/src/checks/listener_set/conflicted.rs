//! `listener-set/conflicted`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "listener-set/conflicted",
    segment: SegmentName::Listener,
    title: "A listener of the set yields to an earlier one",
    explanation: "Listeners of a Gateway come first, then those of ListenerSets from the oldest to the youngest. This \
                  listener shares port and host name, or a port with an incompatible protocol, with an earlier one and \
                  is not served.",
    example: "A ListenerSet with a TCP listener on a port where the Gateway has an HTTP listener.",
    sources: &["Gateway API reference: ListenerSetSpec.listeners"],
});

/// For a listener that yields to `other`.
pub fn finding(door: &Door<'_>, other: &Door<'_>) -> Finding {
    let proof = door.owner.shows(format!(
        "{} is {}, and {} is {}",
        door.describe(),
        door.serves(),
        other.describe(),
        other.serves()
    ));
    DOC.finding(
        &proof,
        door.owner.object(),
        format!("{} is not served: it collides with {}, which comes first", door.describe(), other.describe()),
    )
    .cause("of two listeners that cannot be told apart the Gateway's own, then the older set's, is served")
    .next("choose another port or host name", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index])
}
