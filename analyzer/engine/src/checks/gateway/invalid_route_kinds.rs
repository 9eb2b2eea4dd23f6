//! `gateway/invalid-route-kinds`: some listed route kinds do not fit the protocol.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/invalid-route-kinds",
    segment: SegmentName::Listener,
    title: "Some listed route kinds do not fit the protocol",
    explanation: "allowedRoutes.kinds lists a kind that the protocol cannot carry, beside others that it can. The \
                  controller reports it; some go on serving the valid kinds, others do not serve the listener.",
    example: "\
listeners: [{protocol: TLS, allowedRoutes: {kinds: [{kind: TLSRoute}, {kind: HTTPRoute}]}}]",
    sources: &["Gateway API reference: AllowedRoutes.kinds"],
});

/// For a listener with some kinds that do not fit, unless a controller resolved them.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Some((invalid, false)) = cx.unfit_kinds() else { return };
    let listener = cx.listener;
    let names: Vec<&str> = invalid.iter().map(|k| k.kind.as_str()).take(3).collect();
    let gap = Gap::investigate(
        "whether the controller serves the listener all the same is not known",
        "implementations differ",
    );
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!(
                "{} allows routes of kind {}, which {} cannot carry",
                listener.describe(),
                command::cut(&names.join(", ")),
                listener.spec.protocol
            ),
        )
        .cause("a listed kind must fit the listener's protocol")
        .next("Remove the kind from allowedRoutes.kinds.", command::describe(&listener.owner.object()))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "allowedRoutes", "kinds"]),
    );
}
