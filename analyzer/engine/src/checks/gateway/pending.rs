//! `gateway/pending`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::model::Gateway;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/pending",
    segment: SegmentName::Controller,
    title: "No controller has taken the Gateway yet",
    explanation: "The Gateway carries the conditions an API server writes at creation (Unknown, Pending, waiting for \
                  controller), or conditions without a decision. Either it is very young or no controller watches its \
                  class. The configuration alone cannot tell which.",
    example: "status.conditions: [{type: Accepted, status: Unknown, reason: Pending}]",
    sources: &["Gateway API reference: GatewayStatus.conditions"],
});

/// For a Gateway nobody has decided about.
pub fn finding(gateway: Found<'_, Gateway>) -> Finding {
    let gap = Gap::investigate(
        "no controller has said anything about the Gateway",
        "its conditions are still waiting for a controller",
    );
    DOC.finding(&gap, gateway.object(), format!("no controller has taken up Gateway {} yet", gateway.metadata.name))
        .cause("the controller of its class is not running, does not watch this namespace, or has not come round to it")
        .next(
            "look at the Gateway's conditions and at the controller of its class",
            command::describe(&gateway.object()),
        )
}
