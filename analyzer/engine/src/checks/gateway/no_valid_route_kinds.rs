//! `gateway/no-valid-route-kinds`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::AllowedKind;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/no-valid-route-kinds",
    segment: SegmentName::Listener,
    title: "None of the listed route kinds fits the protocol",
    explanation: "allowedRoutes.kinds restricts the listener to kinds of route that its protocol cannot carry. No \
                  route can attach, so nothing is ever served there.",
    example: "listeners: [{protocol: TLS, allowedRoutes: {kinds: [{kind: HTTPRoute}]}}]",
    sources: &["Gateway API reference: AllowedRoutes.kinds"],
});

/// For a listener to which nothing can attach.
pub fn finding(door: &Door<'_>, invalid: &[&AllowedKind]) -> Finding {
    let names: Vec<&str> = invalid.iter().map(|k| k.kind.as_str()).take(3).collect();
    let names = command::cut(&names.join(", "));
    let proof =
        door.owner.shows(format!("allowedRoutes.kinds lists only {names} for protocol {}", door.listener.protocol));
    DOC.finding(
        &proof,
        door.owner.object(),
        format!(
            "no route can attach to {}: it allows only {names}, which {} cannot carry",
            door.describe(),
            door.listener.protocol
        ),
    )
    .cause("a listed kind must fit the listener's protocol")
    .next("correct allowedRoutes.kinds", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "allowedRoutes", "kinds"])
}
