//! `listener-set/conflicted`: a listener of the set yields to an earlier one.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::gateway::listener::Clash;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "listener-set/conflicted",
    segment: SegmentName::Listener,
    title: "A listener of the set yields to an earlier one",
    explanation: "Listeners of a Gateway come first, then those of ListenerSets from the oldest to the youngest. This \
                  listener shares port and host name, or a port with an incompatible protocol, with an earlier one and \
                  is not served.",
    example: "A ListenerSet with a TCP listener on a port where the Gateway has an HTTP listener.",
    sources: &["Gateway API reference: ListenerSetSpec.listeners"],
});

/// For a listener that yields to one of another object.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Some((conflict, other)) = cx.conflict() else { return };
    if !matches!(conflict.clash, Clash::Hostname | Clash::Protocol) || !cx.yields() || conflict.order_unknown {
        return;
    }
    let listener = cx.listener;
    let proof = listener.owner.shows(format!(
        "{} is {}, and {} is {}",
        listener.describe(),
        listener.serves(),
        other.describe(),
        other.serves()
    ));
    segment.add(
        DOC.finding(
            &proof,
            listener.owner.object(),
            format!("{} is not served: it collides with {}, which comes first", listener.describe(), other.describe()),
        )
        .cause("of two listeners that cannot be told apart the Gateway's own, then the older set's, is served")
        .next("Choose another port or host name.", command::describe(&listener.owner.object()))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index]),
    );
}
