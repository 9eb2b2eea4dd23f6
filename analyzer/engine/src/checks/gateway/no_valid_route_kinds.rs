//! `gateway/no-valid-route-kinds`: none of the listed route kinds fits the protocol.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/no-valid-route-kinds",
    segment: SegmentName::Listener,
    title: "None of the listed route kinds fits the protocol",
    explanation: "allowedRoutes.kinds restricts the listener to kinds of route that its protocol cannot carry. No \
                  route can attach, so nothing is ever served there.",
    example: "listeners: [{protocol: TLS, allowedRoutes: {kinds: [{kind: HTTPRoute}]}}]",
    sources: &["Gateway API reference: AllowedRoutes.kinds"],
});

/// For a listener to which nothing can attach.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Some((invalid, true)) = cx.unfit_kinds() else { return };
    let listener = cx.listener;
    let names: Vec<&str> = invalid.iter().map(|k| k.kind.as_str()).take(3).collect();
    let names = command::cut(&names.join(", "));
    let proof =
        listener.owner.shows(format!("allowedRoutes.kinds lists only {names} for protocol {}", listener.spec.protocol));
    segment.add(
        DOC.finding(
            &proof,
            listener.owner.object(),
            format!(
                "no route can attach to {}: it allows only {names}, which {} cannot carry",
                listener.describe(),
                listener.spec.protocol
            ),
        )
        .cause("a listed kind must fit the listener's protocol")
        .next("Correct allowedRoutes.kinds.", command::describe(&listener.owner.object()))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "allowedRoutes", "kinds"]),
    );
}
