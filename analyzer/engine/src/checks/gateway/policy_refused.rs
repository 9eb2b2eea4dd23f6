//! `gateway/policy-refused`: a policy that is attached to a Gateway or one of its listeners was refused by its controller.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::PolicyContext;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Segment, Text, command, said};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/policy-refused",
    segment: SegmentName::Listener,
    title: "A policy that is attached to the Gateway or listener was refused",
    explanation: "An object targets this Gateway or listener (targetRef, targetRefs or targetSelectors), and its controller refuses \
                  it for the present generation. What that means is the implementation's affair: many go on without \
                  the policy, others fail closed (Envoy Gateway answers every request of what a refused SecurityPolicy \
                  targets with 500). The controller is quoted; whether traffic flows cannot be told.",
    example: "kind: SecurityPolicy\nstatus: {ancestors: [{conditions: [{type: Accepted, status: \"False\"}]}]}",
    sources: &["GEP-713: PolicyStatus.ancestors", "envoyproxy/gateway pull request 3869"],
});

/// For each, in the controller's words.
pub(super) fn check(cx: &PolicyContext<'_>, segment: &mut Segment) {
    segment.add(finding(&DOC, cx));
}

/// The finding of a page about a refused policy.
pub(in crate::checks) fn finding(page: &'static CheckDoc<Inconclusive>, cx: &PolicyContext<'_>) -> Finding {
    let policy = cx.refused.policy;
    let object = policy.object();
    let condition = cx.refused.condition;
    let words = said::quote(condition.message());
    let said = if words.is_empty() { said::reason(condition) } else { words.clone() };
    let gap = Gap::investigate(format!("what becomes of traffic under the refused {}", object.kind), words);
    let message = format!("the controller refuses {} {}: {said}", object.kind, object.name);
    let command = command::describe(&object);
    page.finding(&gap, object, message)
        .cause(format!("condition Accepted is False, reason {}", said::reason(condition)))
        .relates(cx.target.clone(), "it is attached to this")
        .next("Follow the controller's message.", command)
}
