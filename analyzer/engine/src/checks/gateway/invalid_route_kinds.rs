//! `gateway/invalid-route-kinds`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::AllowedKind;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/invalid-route-kinds",
    segment: SegmentName::Listener,
    title: "Some listed route kinds do not fit the protocol",
    explanation: "allowedRoutes.kinds lists a kind that the protocol cannot carry, beside others that it can. The \
                  controller reports it; some go on serving the valid kinds, others do not serve the listener.",
    example: "\
listeners: [{protocol: TLS, allowedRoutes: {kinds: [{kind: TLSRoute}, {kind: HTTPRoute}]}}]",
    sources: &["Gateway API reference: AllowedRoutes.kinds"],
});

/// For a listener with some kinds that do not fit.
pub fn finding(door: &Door<'_>, invalid: &[&AllowedKind]) -> Finding {
    let names: Vec<&str> = invalid.iter().map(|k| k.kind.as_str()).take(3).collect();
    let gap = Gap::investigate(
        "whether the controller serves the listener all the same is not known",
        "implementations differ",
    );
    DOC.finding(
        &gap,
        door.owner.object(),
        format!(
            "{} allows routes of kind {}, which {} cannot carry",
            door.describe(),
            command::cut(&names.join(", ")),
            door.listener.protocol
        ),
    )
    .cause("a listed kind must fit the listener's protocol")
    .next("remove the kind from allowedRoutes.kinds", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "allowedRoutes", "kinds"])
}
