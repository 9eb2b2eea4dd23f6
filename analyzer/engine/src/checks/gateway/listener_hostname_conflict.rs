//! `gateway/listener-hostname-conflict`: two listeners have the same port, protocol and host name.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::gateway::listener::Clash;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
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

/// For a listener that another of the same owner has port, protocol and host name in common with.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Some((conflict, other)) = cx.conflict() else { return };
    if conflict.clash != Clash::Hostname || cx.yields() {
        return;
    }
    let listener = cx.listener;
    let proof = listener.owner.shows(format!(
        "{} and {} both serve {}",
        listener.describe(),
        other.describe(),
        listener.serves()
    ));
    segment.add(
        DOC.finding(
            &proof,
            listener.owner.object(),
            format!(
                "{} and {} ask for the same port, protocol and host name, so neither is served",
                listener.describe(),
                other.describe()
            ),
        )
        .cause("a request could not be told apart, and the specification forbids choosing one of the two")
        .next("Give one of them another host name or port, or remove it.", command::describe(&listener.owner.object()))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "hostname"]),
    );
}
