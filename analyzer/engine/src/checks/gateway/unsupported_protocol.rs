//! `gateway/unsupported-protocol`: a protocol the Gateway API does not define.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use crate::resolve::gateway::kinds::Kinds;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/unsupported-protocol",
    segment: SegmentName::Listener,
    title: "A protocol the Gateway API does not define",
    explanation: "HTTP, HTTPS, TLS, TCP and UDP are defined. Implementations may add others under their own domain \
                  name. A controller that does not know the protocol does not serve the listener.",
    example: "listeners: [{name: odd, port: 8085, protocol: INVALID}]",
    sources: &["Gateway API reference: ProtocolType"],
});

/// For a listener of such a protocol, unless its controller accepts it. The tunnel of a mesh has a check of its own.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let listener = cx.listener;
    let unknown = matches!(listener.kinds, Kinds::ThirdParty) && listener.spec.protocol != "HBONE";
    if !unknown || cx.is_accepted() {
        return;
    }
    let protocol = command::cut(&listener.spec.protocol);
    let gap = Gap::investigate(
        format!("whether the controller knows the protocol {protocol} is not known"),
        "the Gateway API does not define it",
    );
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!("{} uses the protocol {protocol}, which is not HTTP, HTTPS, TLS, TCP or UDP", listener.describe()),
        )
        .cause("a controller that does not know a protocol does not serve its listener")
        .next(
            "Correct the protocol, or look whether the controller accepts the listener.",
            command::describe(&listener.owner.object()),
        )
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "protocol"]),
    );
}
