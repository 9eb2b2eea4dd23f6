//! `route/policy-refused`: a policy that is attached to the route was refused by its controller.

use kubereach_reports::report::SegmentName;

use crate::checks::gateway::policy_refused::finding;
use crate::evaluate::gateway_api::context::PolicyContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/policy-refused",
    segment: SegmentName::Rule,
    title: "A policy that is attached to the route was refused",
    explanation: "An object targets this route (targetRef, targetRefs or targetSelectors), and its controller refuses \
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
