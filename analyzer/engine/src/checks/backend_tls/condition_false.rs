//! `backend-tls/condition-false`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::model::{BackendTlsPolicy, Condition};
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "backend-tls/condition-false",
    segment: SegmentName::Tls,
    title: "The controller does not apply the BackendTLSPolicy",
    explanation: "A current condition of the policy says False although nothing in the configuration that was read \
                  explains it. The controller is quoted.",
    example: "\
status.ancestors[0].conditions: [{type: Accepted, status: \"False\", reason: TargetNotFound}]",
    sources: &["Gateway API reference: PolicyStatus"],
});

/// In the controller's words.
pub fn finding(policy: Found<'_, BackendTlsPolicy>, condition: &Condition) -> Finding {
    let words = command::cut(condition.message());
    let gap =
        Gap::investigate(format!("the controller reports {}=False for the policy", condition.kind), words.clone());
    DOC.finding(
        &gap,
        policy.object(),
        format!("the controller does not apply BackendTLSPolicy {}: {words}", policy.metadata.name),
    )
    .cause(format!("condition {} is False, reason {}", condition.kind, condition.reason()))
    .next("follow the controller's message", command::describe(&policy.object()))
}
