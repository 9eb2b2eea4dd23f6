//! `listener-set/conflict-order-unseen`: two `ListenerSets` collide; which one is older is not known.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::gateway::listener::Clash;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "listener-set/conflict-order-unseen",
    segment: SegmentName::Listener,
    title: "Two ListenerSets collide; which one is older is not known",
    explanation: "Of two ListenerSets with colliding listeners the older one is served. The creation times are not in \
                  the input (manifests have none).",
    example: "Two ListenerSet manifests with the same port and host name.",
    sources: &["Gateway API reference: ListenerSetSpec.listeners"],
});

/// For a listener that conflicts with one of another object, where the older is not known.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Some((conflict, other)) = cx.conflict() else { return };
    if !matches!(conflict.clash, Clash::Hostname | Clash::Protocol) || !cx.yields() || !conflict.order_unknown {
        return;
    }
    let listener = cx.listener;
    let gap = Gap::investigate("which of the two sets is older is not known", "the input shows no creation times");
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!("{} collides with {}; only the older of the two is served", listener.describe(), other.describe()),
        )
        .next("Choose another port or host name.", command::describe(&listener.owner.object()))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index]),
    );
}
