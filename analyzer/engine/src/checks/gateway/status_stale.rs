//! `gateway/status-stale`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::Condition;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/status-stale",
    segment: SegmentName::Controller,
    title: "The status speaks of an older spec",
    explanation: "A condition whose observedGeneration is smaller than the generation was written for an earlier spec. \
                  The data plane may still serve that one. What it says is not used for the present spec.",
    example: "metadata.generation 5, condition Accepted with observedGeneration 3",
    sources: &["Kubernetes API conventions: observedGeneration", "Gateway API reference: GatewayStatus.conditions"],
});

/// For an object whose decisive conditions are stale.
pub fn finding(object: ObjectRef, condition: &Condition) -> Finding {
    let gap = Gap::investigate(
        format!("the {} condition speaks of an older version of the object", condition.kind),
        "observedGeneration is behind the generation",
    );
    let message =
        format!("what the controller says about {} {} was said before its latest change", object.kind, object.name);
    let command = command::describe(&object);
    DOC.finding(&gap, object, message)
        .cause("the controller has not processed the latest change; the earlier configuration may still be served")
        .next("look whether the controller runs and what it says now", command)
}
